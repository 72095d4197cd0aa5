"""What the choices about prepaid terms have in common: how a term stands, and what is told."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from saleor_ext.flows import errors
from saleor_ext.flows.choices import ground
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models, outlook, states

GOING_ON = ground.GOING_ON
_OF_EVERY_CHOICE = frozenset(ground.Preview.__dataclass_fields__)


def choosing(*, membership_id: int) -> models.Membership:
    """This will return a membership that is in a prepaid term and goes on.

    Raises:
        ChoiceNotNow: it gives every month.
        and what `ground.membership_choosing` raises.
    """
    membership = ground.membership_choosing(membership_id=membership_id)
    if membership.tier.kind != states.TierKind.PREPAID:
        raise errors.ChoiceNotNow()
    return membership


def term_require(membership: models.Membership, *, today: date) -> outlook.TermOutlook:
    """This will return how the term stands.

    Raises:
        ChoiceNotNow: no donation for a term was received.
    """
    term = outlook.term_of(membership, today=today)
    if term is None:
        raise errors.ChoiceNotNow()
    return term


def box_of_month(tier: models.Tier, *, month: date) -> fulfilment_models.BoxPlan | None:
    """This will return what a tier gets in a month."""
    return fulfilment_selectors.box_for(tier=tier, month=month)


def details(preview: ground.Preview) -> Mapping[str, object]:
    """This will return what a preview told beyond what every choice tells, for the record."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(preview).items()
        if name not in _OF_EVERY_CHOICE and value is not None
    }

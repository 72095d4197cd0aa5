"""When a change of tier comes into force: an upgrade with its first donation, a downgrade on the
donation day of its first month.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from saleor_ext.common import apart
from saleor_ext.flows.limits.deciding import LOWERED_REASON
from saleor_ext.membership import choices, models, states


def tier_of_fixed_month_take(*, cycle: models.Cycle, now: datetime, actor: str) -> None:
    """This will put the tier of a month into force that was fixed for it before its donor chose to
    go back, and whose donation was just received: he has paid for that month. One that pays for
    a prepaid term does so in any case, else nobody could say what comes after the term.

    Not when a later month was paid before, nor when the month was lowered to the donor's yearly
    limit this time only. In the caller's transaction; `cycle` comes with its membership.
    """
    membership = cycle.membership
    is_other = membership.tier_id != cycle.tier_id
    is_chosen = membership.next_tier_id is not None or cycle.box_count > 1
    if not (is_other and is_chosen) or cycle.reason == LOWERED_REASON:
        return
    later = models.Cycle.objects.filter(
        membership_id=cycle.membership_id,
        n__gt=cycle.n,
        state=states.CycleState.CHARGED,
        kind=states.CycleKind.DONATION,
    )
    if not later.exists():
        choices.tier_take(
            membership_id=cycle.membership_id, tier_id=cycle.tier_id, now=now, actor=actor
        )


def downgrades_turn(*, as_of: date, now: datetime, actor: str) -> int:
    """This will put downgrades into force whose day has come, whatever became of their first month:
    what the higher tier opens was paid for until then. One membership's trouble does not stop the
    others.

    Returns:
        how many.

    Raises:
        Exception: what the first one met with that could not be changed; all others were.
    """
    going_on = states.MEMBERSHIP_PLANNED - {states.MembershipState.CANCELLING}
    due = models.Membership.objects.filter(
        state__in=sorted(going_on),
        tier__kind=states.TierKind.MONTHLY,
        next_tier__kind=states.TierKind.MONTHLY,
        next_tier__rank__lt=F("tier__rank"),
        cycles__n=F("next_tier_from_n"),
        cycles__charge_on__lte=as_of,
    )
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    return apart.each(
        ids,
        lambda pk: _downgrade(pk, now=now, actor=actor),
        name=lambda pk: f"downgrade of membership {pk}",
    )


@transaction.atomic
def _downgrade(membership_id: int, *, now: datetime, actor: str) -> bool:
    membership = models.Membership.objects.select_for_update().get(pk=membership_id)
    if membership.next_tier_id is None or membership.next_tier_from_n is None:
        return False  # somebody else was faster
    choices.tier_take(
        membership_id=membership_id, tier_id=membership.next_tier_id, now=now, actor=actor
    )
    return True

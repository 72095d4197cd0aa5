"""What happens to an account in the shop, followed here. Nothing is ever erased by it."""

from datetime import datetime

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.membership import models, selectors, services
from saleor_ext.saleor_connector import accounts

ACTOR = "shop"
DELETED = "account_deleted"
CLOSED = "account_closed"


def customer_follow(*, user_id: str, now: datetime) -> None:
    """This will look an account up and do what its present state asks for.

    A changed e-mail address is taken over. Whoever has no account any more, or a closed one, can
    neither see nor stop his donations: his memberships are parked until staff have decided.
    Messages of the shop come in any order, so the shop itself is asked.

    Raises:
        ShopUnavailable: the shop cannot be asked just now.
    """
    donor = selectors.donor_of_user(saleor_user_id=user_id)
    if donor is None:
        return
    user = accounts.user_get(user_id=user_id)
    if user is None:
        _park(donor, reason=DELETED, now=now)
        return
    services.donor_email_set(donor_id=donor.pk, email=user.email)
    if not user.is_active:
        _park(donor, reason=CLOSED, now=now)


def _park(donor: models.Donor, *, reason: str, now: datetime) -> None:
    for membership_id in selectors.memberships_to_park(donor_id=donor.pk):
        try:
            services.membership_park(
                membership_id=membership_id, now=now, actor=ACTOR, reason=reason
            )
        except InvalidTransition:
            continue  # it ended, or somebody parked it, in the meantime

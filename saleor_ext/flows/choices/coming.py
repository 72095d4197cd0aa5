"""What comes once something was chosen: the months that can still be changed, and the next
donation, which every choice tells beforehand and a mail repeats.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from saleor_ext.flows.choices import ground
from saleor_ext.membership import models, outlook, states

_Cycle = states.CycleState


def months_open(months: Sequence[outlook.Ahead], *, today: date) -> list[outlook.Ahead]:
    """This will list those months that come and can still be changed, nearest first."""
    return [
        month
        for month in months
        if month.state == _Cycle.PLANNED and month.dates.change_until >= today
    ]


def paused(membership: models.Membership, *, today: date) -> list[int]:
    """This will list the n of the months that a pause left out and its end would bring back."""
    rows = ground.months_changeable(membership_id=membership.pk, today=today)
    left_out = rows.filter(state=_Cycle.SKIPPED, reason=states.SKIP_BY_PAUSE)
    return list(left_out.values_list("n", flat=True))


def next_donation(
    months: Sequence[outlook.Ahead], *, membership: models.Membership, today: date
) -> outlook.Ahead | None:
    """This will return the first donation that is still to come, fixed or not; None without one.

    A donation that is owed was told when it was declined. While it is, no further month begins.

    Args:
        months: all months as they would be (`outlook.ahead`).
        membership: whose.
        today: the day in Japan.
    """
    is_owing = membership.state == states.MembershipState.PAST_DUE
    first_day = today + timedelta(days=int(is_owing))
    for month in months:
        is_waiting = month.amount_yen > 0 and month.state in states.CYCLE_OPEN
        is_late = month.state == _Cycle.PLANNED and month.dates.change_until < today
        if is_waiting and month.dates.charge_on >= first_day and not (is_owing and is_late):
            return month
    return None


def next_told(
    months: Sequence[outlook.Ahead], *, membership: models.Membership, today: date
) -> dict[str, Any]:
    """This will return what a preview tells of the next donation: see `next_donation`."""
    month = next_donation(months, membership=membership, today=today)
    return {
        "next_donation_on": month.dates.charge_on if month else None,
        "next_donation_yen": month.amount_yen if month else None,
    }

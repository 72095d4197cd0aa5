"""An alternate is found for a gift that was used up when a month was to be locked: while its
donation day has not come, the month that was left out for it comes back.

It becomes a planned month again and is locked as every month, and then its donor's standing wish
decides, or he is asked. Whoever wants such a month carried over has what he wants already. A month
that was locked before it was left out stays so: it is fixed once, its order is cancelled and its
copies are kept. Staff see such months, and speak with their donors.
"""

import logging
from collections import defaultdict
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.month import locking, shares
from saleor_ext.flows.orders import shop_stock
from saleor_ext.flows.swaps import deciding, fitting
from saleor_ext.fulfilment import models, selectors
from saleor_ext.membership import cycles, states
from saleor_ext.membership import models as membership_models

logger = logging.getLogger(__name__)

_Wish = states.SwapWish
_Found = dict[int, list[models.Alternate]]


def proposals_take_up(*, now: datetime, actor: str) -> int:
    """This will do at once what the next run would do with what was proposed: bring months back
    and lock them, and ask, or decide by standing wish, about every month with such a gift.

    Returns:
        how many months were taken up.

    Raises:
        Exception: what the first month met with that could not be taken up; all others were.
    """
    count, apart = 0, Apart()
    if _bring_back(apart, now=now, actor=actor):
        locking.cycles_lock_due(as_of=jptime.jst_date(now), now=now, actor=actor)
    with apart.one("asking about boxes"):
        count = deciding.swaps_open_due(now=now, actor=actor)
    apart.end()
    return count


def months_bring_back(*, now: datetime, actor: str) -> int:
    """This will plan the months anew whose box can come with what is proposed. Each comes back
    once at most, so that stock that comes and goes does not turn it round and round.

    Returns:
        how many came back. One month's trouble does not stop the others.

    Raises:
        Exception: what the first one met with that could not come back; all others did.
    """
    apart = Apart()
    count = _bring_back(apart, now=now, actor=actor)
    apart.end()
    return count


def _bring_back(apart: Apart, *, now: datetime, actor: str) -> int:
    found: _Found = defaultdict(list)
    for alternate in selectors.alternates_proposed():
        found[alternate.box_plan_id].append(alternate)
    if not found:
        return 0
    left_out = list(_left_out(today=jptime.jst_date(now)))
    if left_out:
        shop_stock.stock_refresh(now=now)
    boxes: shares.Boxes = {}
    count = 0
    for cycle in left_out:
        with apart.one(f"bringing back of month {cycle.pk}"):
            if _comes(cycle, found=found, boxes=boxes, now=now):
                count += _back_safely(cycle, now=now, actor=actor)
    return count


def _left_out(*, today: date) -> QuerySet[membership_models.Cycle]:
    """Months that were left out unlocked for want of a gift, and whose day has not come."""
    was_back = membership_models.CycleEvent.objects.filter(
        cycle_id=OuterRef("pk"), reason=deciding.BACK_REASON
    )
    return (
        _wanting(today=today)
        .filter(~Exists(was_back), snapshot__isnull=True)
        .select_related("membership__donor", "membership__recipient", "tier", "covered_by")
        .order_by("pk")
    )


def months_for_staff(*, today: date) -> QuerySet[membership_models.Cycle]:
    """This will select the months that the shop refused to make an order of for want of a gift,
    after they were locked: no proposal brings them back, and their day has not come.
    """
    decided = models.Swap.objects.filter(cycle_id=OuterRef("pk"))
    return (
        _wanting(today=today)
        .filter(~Exists(decided), snapshot__isnull=False)
        .select_related("membership", "tier")
        .order_by("charge_on", "pk")
    )


def _wanting(*, today: date) -> QuerySet[membership_models.Cycle]:
    """Months of their own that lack a gift, of donors who do not want them carried over."""
    return membership_models.Cycle.objects.filter(
        state=states.CycleState.SKIPPED,
        reason=deciding.REASON,
        kind=states.CycleKind.DONATION,
        box_count=1,
        n__gt=0,
        charge_on__gt=today,
        membership__state=states.MembershipState.ACTIVE,
        membership__swap_wish__in=[_Wish.ACCEPT, _Wish.ASK],
    )


def _comes(
    cycle: membership_models.Cycle, *, found: _Found, boxes: shares.Boxes, now: datetime
) -> bool:
    """Whether a proposal makes its box whole, and may come in it."""
    box = shares.box_of(cycle, boxes=boxes)
    if box is None or box.pk not in found:
        return False
    alternates = found[box.pk]
    replaced = {(alternate.box_plan_id, alternate.gift_id) for alternate in alternates}
    if shop_stock.is_sold_out(box=box, replaced=replaced, now=now):
        return False
    return fitting.lines_fit(
        cycle=cycle,
        lines=fitting.box_lines(box, alternates=alternates),
        planned_yen=shares.cost_yen(box),
        given_yen=0,
        today=jptime.jst_date(now),
    )


def _back_safely(cycle: membership_models.Cycle, *, now: datetime, actor: str) -> bool:
    try:
        cycles.cycle_replan(cycle_id=cycle.pk, now=now, actor=actor, reason=deciding.BACK_REASON)
    except Refusal as refusal:
        logger.info("month %s stays left out: %s", cycle.pk, refusal.code)
        return False
    return True

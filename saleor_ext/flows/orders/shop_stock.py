"""What the shop still has of each gift: mirrored, so that staff and the lock see it.

It is asked for, not heard of: messages about stock would need the permission to change the town's
whole catalogue, and those that are lost would never be missed.
"""

import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F

from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models, states
from saleor_ext.saleor_connector import catalogue
from saleor_ext.saleor_connector.errors import ShopError

logger = logging.getLogger(__name__)

FRESH = timedelta(minutes=30)
AHEAD = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A gift of which the months about to be locked need more than the shop still has."""

    gift: fulfilment_models.Gift
    needed: int
    free: int


def stock_sync(*, now: datetime) -> int:
    """This will ask the shop what may still be ordered of each gift.

    Returns:
        how many gifts were looked at.

    Raises:
        ShopError: the shop cannot be asked; what was known stays, and grows old.
    """
    ids = fulfilment_selectors.gift_variant_ids()
    if ids:
        fulfilment_services.stock_note(free=catalogue.stock_available(ids), now=now)
    return len(ids)


def stock_refresh(*, now: datetime) -> None:
    """This will do the same, but for callers who go on without a shop."""
    try:
        stock_sync(now=now)
    except ShopError as error:
        logger.info("stock not seen: %s", error)


def is_sold_out(
    *,
    box: fulfilment_models.BoxPlan | None,
    now: datetime,
    replaced: Collection[tuple[int, int]] = (),
) -> bool:
    """This will say whether the shop just told us that a gift of a box is used up.

    What was seen a while ago counts for nothing: then the order itself finds out. Neither do gifts
    that are `replaced`: named by box and gift.
    """
    if box is None:
        return False
    return any(
        item.gift.stock_free is not None
        and item.gift.stock_seen_at is not None
        and now - item.gift.stock_seen_at <= FRESH
        and item.gift.stock_free < item.quantity
        and (box.pk, item.gift_id) not in replaced
        for item in box.items.all()
    )


def shortages(*, today: date) -> list[Shortage]:
    """This will list the gifts that will run out when the coming month's boxes are locked, the
    boxes that members of a term chose included.
    """
    rows = models.Cycle.objects.filter(
        state=states.CycleState.PLANNED,
        change_until__gte=today,
        change_until__lt=today + AHEAD,
        membership__state__in=sorted(states.MEMBERSHIP_LIVE),
        membership__is_box_wanted=True,
    )
    chosen = Counter(
        dict(
            rows.filter(wished_box__isnull=False)
            .order_by()
            .values_list("wished_box")
            .annotate(times=Count("pk"))
        )
    )
    wanted = (
        rows.filter(wished_box__isnull=True)
        .order_by()
        .values("month", tier_of_box=F("tier__box_source_id"), tier_own=F("tier_id"))
        .annotate(times=Count("pk"))
    )
    boxes: Counter[tuple[int, date]] = Counter()
    for row in wanted:
        boxes[(row["tier_of_box"] or row["tier_own"], row["month"])] += row["times"]
    return _short(boxes, chosen=chosen)


def _short(boxes: Counter[tuple[int, date]], *, chosen: Counter[int]) -> list[Shortage]:
    needed: Counter[int] = Counter()
    gifts: dict[int, fulfilment_models.Gift] = {}
    own = fulfilment_selectors.boxes_in(
        tier_ids={tier_id for tier_id, _ in boxes}, months={month for _, month in boxes}
    )
    times = {plan: boxes[(plan.tier_id, plan.month)] for plan in own}
    if chosen:
        for plan in fulfilment_selectors.boxes().filter(pk__in=chosen):
            times[plan] = times.get(plan, 0) + chosen[plan.pk]
    for plan, count in times.items():
        for item in plan.items.all():
            needed[item.gift_id] += item.quantity * count
            gifts[item.gift_id] = item.gift
    return [
        Shortage(gift=gift, needed=needed[gift_id], free=gift.stock_free)
        for gift_id, gift in sorted(gifts.items())
        if gift.stock_free is not None and gift.stock_free < needed[gift_id]
    ]

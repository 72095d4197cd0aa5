"""Reading about producers, gifts, boxes and parcels."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Prefetch, Q, QuerySet

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.contracts.types import Yen
from saleor_ext.fulfilment import models, states

VALUE_ADDED_CATEGORY = 3
TEMPERATURE_STRICTNESS = (
    states.Temperature.AMBIENT,
    states.Temperature.CHILLED,
    states.Temperature.FROZEN,
)


class TierWithBoxes(Protocol):
    """What must be known of a tier to find its boxes."""

    @property
    def pk(self) -> int: ...

    @property
    def box_source_id(self) -> int | None: ...


@dataclass(frozen=True, kw_only=True)
class GiftLine:
    """A gift in a box and how many of it."""

    gift: models.Gift
    quantity: int


@dataclass(frozen=True, kw_only=True)
class ProducerLines:
    """What one producer sends for a box, and how cold that parcel must travel."""

    producer: models.Producer
    temperature: str
    lines: tuple[GiftLine, ...]


@dataclass(frozen=True, kw_only=True)
class BoxFacts:
    """What the rules need to know of a box. `cost_yen` includes consumption tax."""

    cost_yen: Yen
    has_alcohol: bool
    producers: tuple[ProducerLines, ...]
    gifts: tuple[models.Gift, ...]


def producers_all() -> QuerySet[models.Producer]:
    """This will list the producers in the town's order."""
    return models.Producer.objects.order_by("sort_order", "pk")


def producer_get(*, slug: str) -> models.Producer:
    """This will return a producer.

    Raises:
        NotFound: there is none by this slug.
    """
    producer = models.Producer.objects.filter(slug=slug).first()
    if producer is None:
        raise NotFound(what="producer")
    return producer


def producer_of_email(*, email: str) -> models.Producer | None:
    """This will return the producer who signs in with an e-mail address, if any."""
    return models.Producer.objects.filter(login_email__iexact=email).first()


def gifts_of(*, producer_id: int) -> QuerySet[models.Gift]:
    """This will list a producer's gifts by name."""
    return models.Gift.objects.filter(producer_id=producer_id).order_by("kana", "pk")


def gifts_all() -> QuerySet[models.Gift]:
    """This will list all gifts by name, with their producers."""
    return models.Gift.objects.select_related("producer", "value_added").order_by("kana", "pk")


def gift_variant_ids() -> list[str]:
    """This will list the shop's variants of all gifts that we found there."""
    rows = models.Gift.objects.exclude(saleor_variant_id="").order_by("pk")
    return list(rows.values_list("saleor_variant_id", flat=True))


def gift_get(*, slug: str) -> models.Gift:
    """This will return a gift with its producer.

    Raises:
        NotFound: there is none by this slug.
    """
    rows = models.Gift.objects.select_related("producer", "value_added")
    gift = rows.filter(slug=slug).first()
    if gift is None:
        raise NotFound(what="gift")
    return gift


def _items() -> QuerySet[models.BoxItem]:
    rows = models.BoxItem.objects.select_related("gift__producer", "gift__value_added")
    return rows.order_by("gift__producer__sort_order", "gift__producer_id", "gift__kana", "pk")


def boxes() -> QuerySet[models.BoxPlan]:
    """This will return all box plans with items, gifts and producers at hand."""
    return models.BoxPlan.objects.prefetch_related(Prefetch("items", _items()))


def box_tier_id(*, tier: TierWithBoxes) -> int:
    """This will return the id of the tier whose boxes a tier gets."""
    return tier.box_source_id or tier.pk


def box_for(*, tier: TierWithBoxes, month: date) -> models.BoxPlan | None:
    """This will return what a tier gets in the month of a date; None when nothing is planned."""
    return boxes().filter(tier_id=box_tier_id(tier=tier), month=jptime.month_start(month)).first()


def boxes_between(*, tier: TierWithBoxes, month_from: date, months: int) -> list[models.BoxPlan]:
    """This will list a tier's boxes of `months` months from the one of a date, by month."""
    first = jptime.month_start(month_from)
    rows = boxes().filter(
        tier_id=box_tier_id(tier=tier),
        month__gte=first,
        month__lt=jptime.month_add(first, months),
    )
    return list(rows.order_by("month"))


def boxes_of_all(*, month_from: date, months: int) -> QuerySet[models.BoxPlan]:
    """This will list the boxes of every tier that has its own, of some months, by month."""
    first = jptime.month_start(month_from)
    rows = boxes().filter(month__gte=first, month__lt=jptime.month_add(first, months))
    return rows.order_by("month", "pk")


def boxes_in(*, tier_ids: Collection[int], months: Collection[date]) -> QuerySet[models.BoxPlan]:
    """This will list the boxes of some tiers in some months."""
    return boxes().filter(tier_id__in=tier_ids, month__in=months)


def gift_is_listed(*, gift: models.Gift, day: date, over_permille: int) -> bool:
    """This will say whether a gift may be offered on a day as far as its public row goes.

    Only gifts of category 3 need one: public by the day, and of a share above the limit.

    Law: value_added_published
    """
    if gift.local_category != VALUE_ADDED_CATEGORY:
        return True
    row = getattr(gift, "value_added", None)
    if row is None or row.published_on is None or row.published_on > day:
        return False
    return bool(row.share_permille > over_permille)


def gifts_with_value_added() -> QuerySet[models.Gift]:
    """This will list the gifts of category 3 with their rows, by name."""
    gifts = models.Gift.objects.filter(local_category=VALUE_ADDED_CATEGORY)
    return gifts.select_related("value_added", "producer").order_by("name", "pk")


def box_facts(*, box: models.BoxPlan) -> BoxFacts:
    """This will add up a box: its procurement cost, alcohol in it, and who sends what.

    Uses the prefetched items when the box comes from `box_for` or `boxes_between`.
    """
    by_producer: dict[int, list[GiftLine]] = {}
    cost_yen, has_alcohol = 0, False
    for item in box.items.all():
        cost_yen += item.gift.procurement_cost_yen * item.quantity
        has_alcohol = has_alcohol or item.gift.is_alcohol
        line = GiftLine(gift=item.gift, quantity=item.quantity)
        by_producer.setdefault(item.gift.producer_id, []).append(line)
    return BoxFacts(
        cost_yen=Yen(cost_yen),
        has_alcohol=has_alcohol,
        producers=tuple(_producer_lines(lines) for lines in by_producer.values()),
        gifts=tuple(item.gift for item in box.items.all()),
    )


def _producer_lines(lines: list[GiftLine]) -> ProducerLines:
    strictest = max(TEMPERATURE_STRICTNESS.index(_temperature(line)) for line in lines)
    return ProducerLines(
        producer=lines[0].gift.producer,
        temperature=TEMPERATURE_STRICTNESS[strictest].value,
        lines=tuple(lines),
    )


def _temperature(line: GiftLine) -> states.Temperature:
    return states.Temperature(line.gift.temperature)


def producer_ship_from(*, producer: models.Producer, list_on: date) -> date:
    """This will return the first day on which a producer can hand over what he reads on a list.

    `lead_days` of his own working days after `list_on`. `closed_weekdays` count from Monday = 0;
    `closed_dates` are YYYY-MM-DD, or MM-DD for every year.
    """
    return jptime.business_days_add(
        list_on,
        producer.lead_days,
        closed_weekdays=producer.closed_weekdays,
        closed_dates=_closed_dates(producer.closed_dates, list_on),
    )


def _closed_dates(texts: Collection[str], around: date) -> frozenset[date]:
    years = (around.year, around.year + 1)
    found = set()
    for text in texts:
        spelled = [text] if len(text) == len("2026-01-01") else [f"{year}-{text}" for year in years]
        found.update(_dates_that_exist(spelled))
    return frozenset(found)


def _dates_that_exist(texts: list[str]) -> list[date]:
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            if not text.endswith("-02-29"):
                raise
    return found


def _shipments() -> QuerySet[models.Shipment]:
    items = Prefetch("items", models.ShipmentItem.objects.select_related("gift").order_by("pk"))
    return models.Shipment.objects.select_related("producer", "cycle").prefetch_related(items)


def shipments_of_donor(*, donor_id: int) -> QuerySet[models.Shipment]:
    """This will list a donor's parcels, newest month first, with contents and producer.

    Those of a membership given away are the recipient's: where they are is not for the giver.
    """
    is_own = Q(cycle__membership__donor_id=donor_id, cycle__snapshot__recipient__isnull=True) | Q(
        cycle__snapshot__recipient_id=donor_id
    )
    return _shipments().filter(is_own).order_by("-ship_from", "-cycle_id", "pk")


def shipments_of_cycle(*, cycle_id: int) -> QuerySet[models.Shipment]:
    """This will list the parcels of one month of a membership."""
    return _shipments().filter(cycle_id=cycle_id).order_by("producer__sort_order", "pk")


def shipments_with_gifts(*, cycle_id: int) -> list[models.Shipment]:
    """This will list the parcels of one month with the gifts in them at hand."""
    rows = models.Shipment.objects.filter(cycle_id=cycle_id).select_related("producer")
    return list(rows.prefetch_related("items__gift").order_by("pk"))


def times_shipped(*, shipment_id: int) -> int:
    """This will count how often a parcel left: more than once when it was taken back."""
    return (
        models.ShipmentEvent.objects.filter(
            shipment_id=shipment_id, to_state=states.ShipmentState.SHIPPED
        )
        .exclude(from_state=states.ShipmentState.SHIPPED)
        .count()
    )


def shipments_of_cycles(*, cycle_ids: Collection[int]) -> QuerySet[models.Shipment]:
    """This will list the parcels of several months at once."""
    return _shipments().filter(cycle_id__in=cycle_ids).order_by("producer__sort_order", "pk")


def shipments_of_producer(
    *, producer_id: int, states: Collection[str] | None = None
) -> QuerySet[models.Shipment]:
    """This will list one producer's parcels by ship date, then temperature class."""
    rows = _shipments().filter(producer_id=producer_id)
    if states is not None:
        rows = rows.filter(state__in=sorted(states))
    return rows.order_by("ship_from", "temperature", "pk")


def shipment_of_producer(*, producer_id: int, key: str) -> models.Shipment:
    """This will return one of a producer's own parcels.

    Raises:
        NotFound: there is none by this key, or it is another producer's.
    """
    shipment = _shipments().filter(producer_id=producer_id, key=key).first()
    if shipment is None:
        raise NotFound(what="shipment")
    return shipment


def alternates_proposed(
    *, box_plan_ids: Collection[int] | None = None
) -> QuerySet[models.Alternate]:
    """This will list what is proposed for gifts that cannot be sent, nearest month first."""
    rows = models.Alternate.objects.select_related(
        "box_plan__tier", "gift__producer", "alternate__producer", "alternate__value_added"
    ).filter(state=states.AlternateState.PROPOSED)
    if box_plan_ids is not None:
        rows = rows.filter(box_plan_id__in=box_plan_ids)
    return rows.order_by("box_plan__month", "pk")


def swap_get(*, swap_id: int) -> models.Swap:
    """This will return a swap with its gifts and its month.

    Raises:
        NotFound: there is none.
    """
    swap = _swaps().filter(pk=swap_id).first()
    if swap is None:
        raise NotFound(what="swap")
    return swap


def swaps_asked(*, cycle_ids: Collection[int] | None = None) -> QuerySet[models.Swap]:
    """This will list the swaps that wait for their donors' word."""
    rows = _swaps().filter(state=states.SwapState.ASKED)
    if cycle_ids is not None:
        rows = rows.filter(cycle_id__in=cycle_ids)
    return rows.order_by("pk")


def swaps_accepted(*, cycle_id: int) -> list[models.Swap]:
    """This will list what was swapped in a month."""
    return list(_swaps().filter(cycle_id=cycle_id, state=states.SwapState.ACCEPTED).order_by("pk"))


def _swaps() -> QuerySet[models.Swap]:
    return models.Swap.objects.select_related(
        "alternate__gift__producer",
        "alternate__alternate__producer",
        "cycle__membership__donor",
        "cycle__membership__recipient",
        "cycle__tier",
        "cycle__snapshot",
    )


def month_lines(*, box_plan_id: int, cycle_id: int) -> list[GiftLine]:
    """This will list what a month's box holds: as planned, with what was swapped in it.

    Raises:
        NotFound: there is no such box.
    """
    return months_lines(box_plan_ids={cycle_id: box_plan_id})[cycle_id]


def months_lines(*, box_plan_ids: Mapping[int, int]) -> dict[int, list[GiftLine]]:
    """This will list the same for many months, by month.

    Args:
        box_plan_ids: the box of each month.

    Raises:
        NotFound: there is no such box.
    """
    found = boxes().in_bulk(set(box_plan_ids.values()))
    if len(found) < len(set(box_plan_ids.values())):
        raise NotFound(what="box_plan")
    as_planned = {pk: _lines_of(box) for pk, box in found.items()}
    swapped = _swapped_in(cycle_ids=box_plan_ids)
    return {
        cycle_id: _with_swaps(as_planned[box_plan_id], swapped.get(cycle_id))
        for cycle_id, box_plan_id in box_plan_ids.items()
    }


def _lines_of(box: models.BoxPlan) -> list[GiftLine]:
    return [GiftLine(gift=item.gift, quantity=item.quantity) for item in box.items.all()]


def _with_swaps(lines: list[GiftLine], swapped: Mapping[int, models.Gift] | None) -> list[GiftLine]:
    if not swapped:
        return lines
    return [
        GiftLine(gift=swapped.get(line.gift.pk, line.gift), quantity=line.quantity)
        for line in lines
    ]


def _swapped_in(*, cycle_ids: Collection[int]) -> dict[int, dict[int, models.Gift]]:
    """What comes instead of which gift, by month."""
    rows = models.Swap.objects.filter(
        cycle_id__in=list(cycle_ids), state=states.SwapState.ACCEPTED
    ).select_related("alternate__alternate__producer", "alternate__alternate__value_added")
    found: dict[int, dict[int, models.Gift]] = {}
    for swap in rows.order_by("pk"):
        found.setdefault(swap.cycle_id, {})[swap.alternate.gift_id] = swap.alternate.alternate
    return found


def lines_cost_yen(*, lines: Collection[GiftLine]) -> Yen:
    """This will add up what the town pays for some gifts, tax included."""
    return Yen(sum(line.gift.procurement_cost_yen * line.quantity for line in lines))


def lines_by_producer(*, lines: Collection[GiftLine]) -> tuple[ProducerLines, ...]:
    """This will sort gifts by who sends them, and how cold that parcel must travel."""
    found: dict[int, list[GiftLine]] = {}
    for line in lines:
        found.setdefault(line.gift.producer_id, []).append(line)
    return tuple(_producer_lines(part) for part in found.values())

"""The cost meter: what asking for donations costs, against what the rule in force leaves for it.

By designation period (October to September). A month's cost of a kind is what was paid, where staff
have written it down; otherwise what is expected: boxes as they were locked, the rest by the town's
rates. Months ahead are a forecast: donations as planned, and costs in proportion.

Which costs count, and what of the donations they are measured against, a town has to confirm.

Law: total_cost_50, total_cost_50_wide, usable_amount_525, usable_amount_55, usable_amount_60
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from saleor_ext.common import jptime
from saleor_ext.costs import models, selectors
from saleor_ext.costs.states import CostKind, RateBasis
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books.period import Period
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.law import register
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import states as membership_states

WHOLE = 1000
_Cycle = membership_states.CycleState


@dataclass(frozen=True, kw_only=True)
class CostPart:
    """The cost of one kind in one month. `is_paid`: written down as paid, not expected."""

    kind: CostKind
    amount_yen: int
    is_paid: bool


@dataclass(frozen=True, kw_only=True)
class CostMonth:
    """One month. `is_forecast`: it lies ahead, or is not over yet."""

    month: date
    donations_yen: int
    parts: tuple[CostPart, ...]
    is_forecast: bool

    @property
    def cost_yen(self) -> int:
        """All kinds together."""
        return sum(part.amount_yen for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class CostMeter:
    """A designation period: what was until now, and what it comes to at its end.

    Shares are thousandths of the donations, rounded up, None without donations.
    """

    period: Period
    rule: register.Rule | None
    limit_permille: int | None
    months: tuple[CostMonth, ...]
    so_far: "Totals"
    at_end: "Totals"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over months."""

    donations_yen: int
    cost_yen: int
    by_kind: Mapping[CostKind, int]

    @property
    def permille(self) -> int | None:
        """Costs in thousandths of the donations, rounded up so that no fraction is hidden."""
        return permille(self.cost_yen, self.donations_yen)


def permille(part_yen: int, whole_yen: int) -> int | None:
    """This will say how many thousandths a part is, rounded up; None of nothing."""
    return -(-part_yen * WHOLE // whole_yen) if whole_yen > 0 else None


def meter_read(*, period: Period, today: date) -> CostMeter:
    """This will measure a designation period as it stands on a day."""
    this_month = jptime.month_start(today)
    rule = register.rule_on(topic="total_cost", day=period.first)
    months = _months(period, this_month=this_month)
    over = [month for month in months if month.month < this_month]
    return CostMeter(
        period=period,
        rule=rule,
        limit_permille=rule.numbers["cost_permille"] if rule else None,
        months=tuple(months),
        so_far=_totals(over),
        at_end=_totals(months),
    )


def is_alarming(meter: CostMeter, *, warn_permille: int) -> bool:
    """This will say whether costs, until now or at the end, reach what the town is warned of."""
    bound = min(warn_permille, meter.limit_permille or WHOLE)
    shares = (meter.so_far.permille, meter.at_end.permille)
    return any(share is not None and share >= bound for share in shares)


def _totals(months: list[CostMonth]) -> Totals:
    by_kind: dict[CostKind, int] = dict.fromkeys(CostKind, 0)
    for month in months:
        for part in month.parts:
            by_kind[part.kind] += part.amount_yen
    return Totals(
        donations_yen=sum(month.donations_yen for month in months),
        cost_yen=sum(by_kind.values()),
        by_kind=by_kind,
    )


@dataclass(frozen=True, kw_only=True)
class _Read:
    """Everything the months are made of, read in a fixed number of questions."""

    given: Mapping[date, int]
    planned: Mapping[date, int]
    boxes: Mapping[date, int]
    parcels: Mapping[date, int]
    paid: Mapping[tuple[date, str], int]
    rates: list[models.CostRate]


def _months(period: Period, *, this_month: date) -> list[CostMonth]:
    found = _read(period)
    months: list[CostMonth] = []
    month = period.first
    while month <= period.last:
        if month < this_month:
            months.append(_past(month, found))
        else:
            months.append(_ahead(month, found, over=months))
        month = jptime.month_add(month, 1)
    return months


def _read(period: Period) -> _Read:
    return _Read(
        given=_given(period),
        planned=_planned(period),
        boxes=_boxes(period),
        parcels=_parcels(period),
        paid=selectors.paid_by_month(first=period.first, last=period.last),
        rates=selectors.rates_all(),
    )


def _past(month: date, found: _Read) -> CostMonth:
    donations_yen = found.given.get(month, 0)
    expected = _expected(
        month,
        found,
        donations_yen=donations_yen,
        boxes_yen=found.boxes.get(month, 0),
        parcels=found.parcels.get(month, 0),
    )
    return CostMonth(
        month=month,
        donations_yen=donations_yen,
        parts=_parts(month, found, expected=expected),
        is_forecast=False,
    )


def _ahead(month: date, found: _Read, *, over: list[CostMonth]) -> CostMonth:
    """What came in already, or what is planned if that is more; months beyond the plan are as the
    last one that is planned. Boxes and parcels keep their proportion to the donations so far.
    """
    planned = found.planned.get(month)
    if planned is None:
        planned = over[-1].donations_yen if over else 0
    donations_yen = max(found.given.get(month, 0), planned)
    given_yen = sum(found.given.values())
    boxes_yen = _in_proportion(sum(found.boxes.values()), donations_yen, given_yen)
    parcels = _in_proportion(sum(found.parcels.values()), donations_yen, given_yen)
    expected = _expected(
        month,
        found,
        donations_yen=donations_yen,
        boxes_yen=max(boxes_yen, found.boxes.get(month, 0)),
        parcels=max(parcels, found.parcels.get(month, 0)),
    )
    return CostMonth(
        month=month,
        donations_yen=donations_yen,
        parts=_parts(month, found, expected=expected),
        is_forecast=True,
    )


def _in_proportion(part: int, whole: int, of_whole: int) -> int:
    return -(-part * whole // of_whole) if of_whole > 0 else 0


def _expected(
    month: date, found: _Read, *, donations_yen: int, boxes_yen: int, parcels: int
) -> dict[CostKind, int]:
    expected = {CostKind.PROCUREMENT: boxes_yen}
    for kind in CostKind:
        rate = selectors.rate_on(rates=found.rates, kind=kind, day=month)
        if rate is not None:
            expected[kind] = _by_rate(rate, donations_yen=donations_yen, parcels=parcels)
    return expected


def _by_rate(rate: models.CostRate, *, donations_yen: int, parcels: int) -> int:
    match rate.basis:
        case RateBasis.PER_PARCEL:
            return rate.amount * parcels
        case RateBasis.PERMILLE:
            return -(-donations_yen * rate.amount // WHOLE)
        case _:
            return rate.amount


def _parts(month: date, found: _Read, *, expected: Mapping[CostKind, int]) -> tuple[CostPart, ...]:
    parts = []
    for kind in CostKind:
        paid = found.paid.get((month, kind))
        amount = expected.get(kind, 0) if paid is None else paid
        parts.append(CostPart(kind=kind, amount_yen=amount, is_paid=paid is not None))
    return tuple(parts)


def _given(period: Period) -> dict[date, int]:
    """What came in, less what went back, by the month of its day."""
    rows = donation_models.Donation.objects.filter(
        donated_on__gte=period.first, donated_on__lte=period.last
    )
    sums = rows.order_by().values_list(TruncMonth("donated_on")).annotate(given=Sum("amount_yen"))
    return dict(sums)


def _planned(period: Period) -> dict[date, int]:
    rows = membership_models.Cycle.objects.filter(
        charge_on__gte=period.first,
        charge_on__lte=period.last,
        kind=membership_states.CycleKind.DONATION,
        state__in=[_Cycle.PLANNED, _Cycle.LOCKED, _Cycle.CHARGED],
        membership__state__in=sorted(membership_states.MEMBERSHIP_CHARGEABLE),
    )
    sums = rows.order_by().values_list(TruncMonth("charge_on")).annotate(planned=Sum("amount_yen"))
    return dict(sums)


def paid_cycles(period: Period) -> QuerySet[membership_models.Cycle]:
    """This will select the months of a period whose boxes are paid for and were not taken back."""
    of_term = Q(
        kind=membership_states.CycleKind.PREPAID,
        state=_Cycle.LOCKED,
        covered_by__state=_Cycle.CHARGED,
    )
    return membership_models.Cycle.objects.filter(
        Q(state=_Cycle.CHARGED) | of_term,
        charge_on__gte=period.first,
        charge_on__lte=period.last,
        snapshot__isnull=False,
    )


def _boxes(period: Period) -> dict[date, int]:
    """What boxes cost as locked, with what changed since, by the month of their day."""
    rows = paid_cycles(period).order_by().values_list(TruncMonth("charge_on"))
    locked = rows.annotate(
        cost=Sum(F("snapshot__procurement_cost_yen") + F("snapshot__benefit_cost_yen"))
    )
    sums: dict[date, int] = defaultdict(int, dict(locked))
    revised = rows.filter(cost_revisions__isnull=False).annotate(
        more=Sum("cost_revisions__difference_yen")
    )
    for month, more in revised:
        sums[month] += more
    return sums


def _parcels(period: Period) -> dict[date, int]:
    gone = [
        fulfilment_states.ShipmentState.CANCELLED,
        fulfilment_states.ShipmentState.SUBSTITUTED,
    ]
    rows = fulfilment_models.Shipment.objects.filter(
        cycle__charge_on__gte=period.first, cycle__charge_on__lte=period.last
    ).exclude(state__in=gone)
    counts = rows.order_by().values_list(TruncMonth("cycle__charge_on"))
    return dict(counts.annotate(count=Count("pk")))


@dataclass(frozen=True, kw_only=True)
class TierCosts:
    """A tier in a period: donations, what its boxes cost, and their share in thousandths."""

    tier_name: str
    donations_yen: int
    boxes_yen: int

    @property
    def permille(self) -> int | None:
        """What boxes cost in thousandths of the donations."""
        return permille(self.boxes_yen, self.donations_yen)


def tiers_read(*, period: Period) -> list[TierCosts]:
    """This will say, for each tier, what came in and what its boxes cost, dearest share first."""
    given = dict(
        donation_models.Donation.objects.filter(
            donated_on__gte=period.first, donated_on__lte=period.last
        )
        .order_by()
        .values_list("tier_name")
        .annotate(given=Sum("amount_yen"))
    )
    boxes = dict(
        paid_cycles(period)
        .order_by()
        .values_list("tier__name")
        .annotate(cost=Sum(F("snapshot__procurement_cost_yen") + F("snapshot__benefit_cost_yen")))
    )
    made = [
        TierCosts(tier_name=name, donations_yen=given.get(name, 0), boxes_yen=boxes.get(name, 0))
        for name in given.keys() | boxes.keys()
    ]
    return sorted(made, key=lambda item: (-(item.permille or 0), item.tier_name))


@dataclass(frozen=True, kw_only=True)
class BoxCosts:
    """A box ahead: what it costs now against the part of the donation that stands for it."""

    tier_name: str
    month: date
    title: str
    cost_yen: int
    donation_yen: int

    @property
    def permille(self) -> int | None:
        """Its cost in thousandths of the donation."""
        return permille(self.cost_yen, self.donation_yen)


def boxes_read(*, period: Period, today: date) -> list[BoxCosts]:
    """This will list the boxes from this month on with what they cost today, benefits included."""
    rows = (
        fulfilment_models.BoxPlan.objects.filter(
            month__gte=jptime.month_start(max(today, period.first)), month__lte=period.last
        )
        .select_related("tier")
        .annotate(cost=Sum(F("items__gift__procurement_cost_yen") * F("items__quantity")))
        .order_by("month", "tier__sort_order", "tier_id")
    )
    return [
        BoxCosts(
            tier_name=box.tier.name,
            month=box.month,
            title=box.title,
            cost_yen=(box.cost or 0) + box.tier.benefit_cost_yen,
            donation_yen=box.tier.amount_yen // box.tier.box_count,
        )
        for box in rows
    ]

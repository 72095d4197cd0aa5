"""The cost meter as staff see it."""

from dataclasses import dataclass
from datetime import date

from saleor_ext.costs import models, selectors
from saleor_ext.costs.states import CostKind
from saleor_ext.dashboard import charts
from saleor_ext.flows.books import cost_meter
from saleor_ext.flows.books.period import DESIGNATION_FIRST_MONTH, Period, period_read
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.law import messages as law_messages
from saleor_ext.membership import selectors as membership_selectors

FIRST_DESIGNATION = 2019
ROWS_SHOWN = 30

CSV_HEADER = (
    "月", "見込み", "寄附額", *(str(kind.label) for kind in CostKind), "費用の合計", "割合(千分率)",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CostsPage:
    """What the page is given."""

    meter: cost_meter.CostMeter
    kinds: tuple[tuple[str, int], ...]
    rule_to_confirm: str
    warn_permille: int
    is_alarming: bool
    is_over: bool
    chart: charts.Chart
    periods: tuple[Period, ...]
    tiers: list[cost_meter.TierCosts]
    boxes: list[cost_meter.BoxCosts]
    entries: list[models.CostEntry]
    rates: list[models.CostRate]
    gift_costs: list[models.GiftCost]
    over: list[models.CostRevision]
    gifts: list[fulfilment_models.Gift]


def period_on(day: date) -> Period:
    """This will return the designation period (October to September) that a day lies in."""
    year = day.year if day.month >= DESIGNATION_FIRST_MONTH else day.year - 1
    return period_read(f"d{year}")


def costs_page(*, period: Period, today: date) -> CostsPage:
    """This will gather the meter of a period with everything it is made of."""
    meter = cost_meter.meter_read(period=period, today=today)
    town = membership_selectors.municipality_get()
    limit = meter.limit_permille
    to_confirm = ""
    if meter.rule is not None and not meter.rule.certainty.is_settled:
        to_confirm = law_messages.TO_CONFIRM
    return CostsPage(
        meter=meter,
        kinds=tuple((str(kind.label), yen) for kind, yen in meter.at_end.by_kind.items()),
        rule_to_confirm=to_confirm,
        warn_permille=town.cost_warn_permille,
        is_alarming=cost_meter.is_alarming(meter, warn_permille=town.cost_warn_permille),
        is_over=limit is not None and (meter.at_end.permille or 0) > limit,
        chart=chart_of(meter),
        periods=_periods(today),
        tiers=cost_meter.tiers_read(period=period),
        boxes=cost_meter.boxes_read(period=period, today=today),
        entries=list(selectors.entries_between(first=period.first, last=period.last)[:ROWS_SHOWN]),
        rates=selectors.rates_all()[:ROWS_SHOWN],
        gift_costs=list(selectors.gift_costs()[:ROWS_SHOWN]),
        over=list(selectors.revisions_over()[:ROWS_SHOWN]),
        gifts=list(fulfilment_models.Gift.objects.order_by("name", "pk")),
    )


def chart_of(meter: cost_meter.CostMeter) -> charts.Chart:
    """This will draw each month's costs by kind, with what the rule leaves for them."""
    limit = meter.limit_permille
    return charts.bars_draw(
        [
            charts.BarInput(
                label=f"{month.month.month}月",
                amounts=[part.amount_yen for part in month.parts],
                mark=None if limit is None else month.donations_yen * limit // cost_meter.WHOLE,
                is_forecast=month.is_forecast,
            )
            for month in meter.months
        ]
    )


def csv_rows(meter: cost_meter.CostMeter) -> list[list[object]]:
    """This will write the meter month by month, ending with what it comes to."""
    rows: list[list[object]] = [
        [
            f"{month.month:%Y-%m}",
            "見込み" if month.is_forecast else "",
            month.donations_yen,
            *(part.amount_yen for part in month.parts),
            month.cost_yen,
            cost_meter.permille(month.cost_yen, month.donations_yen),
        ]
        for month in meter.months
    ]
    end = meter.at_end
    rows.append(["合計", "", end.donations_yen, *end.by_kind.values(), end.cost_yen, end.permille])
    return rows


def _periods(today: date) -> tuple[Period, ...]:
    newest = period_on(today).first.year + 1
    return tuple(period_read(f"d{year}") for year in range(newest, newest - 4, -1))

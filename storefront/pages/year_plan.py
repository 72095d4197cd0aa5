"""A donor's calendar year in words: given, planned, and in which month the limit is reached."""

from dataclasses import dataclass
from datetime import date

from saleor_ext.common import jptime, money
from saleor_ext.flows.limits import forecast
from saleor_ext.flows.limits.deciding import Outcome
from saleor_ext.membership import states

WHEN_REACHED = {
    states.WhenReached.STOP: "上限をこえる月は、ご寄附とお届けを見送ります。",
    states.WhenReached.LOWER: (
        "上限をこえる月は、おさまるいちばん大きなプランの額に、その月だけ下げます。"
        "おさまるプランがない月は見送ります。"
    ),
    states.WhenReached.GO_ON: "上限をこえても、そのままご寄附をお受けします。",
}


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """A donation that is still to come."""

    month: date
    charge_on: date
    amount_yen: int
    total_yen: int
    note: str


@dataclass(frozen=True, kw_only=True)
class YearPlanView:
    """The year in words. `warning` is "" while the limit is not reached; `outlook` says what then
    happens, `back` when it is again as the donor wants it.
    """

    year: int
    paid_yen: int
    expected_yen: int
    limit_yen: int | None
    warning: str
    outlook: str
    back: str
    months: tuple[MonthLine, ...]


def year_plan_view(*, donor_id: int, year: int) -> YearPlanView:
    """This will put a donor's calendar year into words."""
    return plan_view(forecast.year_plan(donor_id=donor_id, year=year))


def plan_view(plan: forecast.YearPlan) -> YearPlanView:
    """This will put a plan that was read already into words."""
    return YearPlanView(
        year=plan.year,
        paid_yen=plan.paid_yen,
        expected_yen=plan.expected_yen,
        limit_yen=plan.limit.limit_yen if plan.limit else None,
        warning=_warning(plan),
        outlook=_outlook(plan),
        back=_back(plan),
        months=tuple(_line(month) for month in plan.months),
    )


def _warning(plan: forecast.YearPlan) -> str:
    first = plan.first_over
    if plan.limit is None or first is None:
        return ""
    return (
        f"このまま進むと、{first.month.month}月分"
        f"({jptime.words_short(first.charge_on)}のご寄附)で、"
        f"{plan.year}年の上限{money.words(plan.limit.limit_yen)}をこえます。"
    )


def _outlook(plan: forecast.YearPlan) -> str:
    first = plan.first_over
    if plan.limit is None or first is None:
        return ""
    if first.is_fixed:
        return "この月の内容はもう決まっているため、予定どおりお受けします。"
    return WHEN_REACHED[states.WhenReached(plan.limit.when_reached)]


def _back(plan: forecast.YearPlan) -> str:
    if plan.back_on is None:
        return ""
    return f"{jptime.words(plan.back_on)}のご寄附から、いつものプランの額に戻ります。"


def month_note(month: forecast.MonthPlan) -> str:
    """This will say what the limit does to a month; "" when nothing."""
    if month.outcome is Outcome.LEFT_OUT:
        return "1年の上限をこえるため、見送る予定です"
    if month.outcome is Outcome.LOWERED and month.tier is not None:
        return f"1年の上限におさまるよう、この月だけ{month.tier.name}の額に下げる予定です"
    if month.outcome is Outcome.OVER:
        return "この月で1年の上限をこえます"
    return ""


def _line(month: forecast.MonthPlan) -> MonthLine:
    return MonthLine(
        month=month.month,
        charge_on=month.charge_on,
        amount_yen=month.amount_yen,
        total_yen=month.total_yen,
        note=month_note(month),
    )

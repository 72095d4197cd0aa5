"""What is to be said of a donor's yearly limit before he joins or chooses something."""

from dataclasses import dataclass
from datetime import date

from saleor_ext.common import jptime
from saleor_ext.flows.limits import forecast
from saleor_ext.membership import calendar, models, selectors, states


@dataclass(frozen=True, kw_only=True)
class LimitWarning:
    """The plan would exceed a donor's limit. Amounts are whole yen, days Japanese days.

    total_yen: what the year would come to without the limit. first_over_on: the first donation
    beyond it. is_first_donation: that one is the donation with which he joins, which is given.
    """

    year: int
    limit_yen: int
    total_yen: int
    first_over_on: date
    when_reached: str
    is_first_donation: bool = False


def choice_warning(
    *, membership: models.Membership, as_if: forecast.AsIf | None, years: set[int]
) -> LimitWarning | None:
    """This will look at the years of a donor as if something had been chosen.

    Args:
        membership: about which it is chosen.
        as_if: what would be chosen, None where it changes no donation.
        years: the calendar years to look at; the first one that is exceeded is told.
    """
    limited = _years_limited(membership.donor_id, years=years)
    for year in limited:
        plan = forecast.year_plan(donor_id=membership.donor_id, year=year, as_if=as_if)
        found = _of_plan(plan)
        if found is not None:
            return found
    return None


def join_warning(*, donor_id: int, tier: models.Tier, today: date) -> LimitWarning | None:
    """This will say whether joining today would exceed a donor's limit of the year, be it with the
    first donation or with one of those that follow to 31 December.
    """
    if not _years_limited(donor_id, years={today.year}):
        return None
    joining = _joining(tier=tier, today=today)
    plan = forecast.year_plan(donor_id=donor_id, year=today.year, joining=joining)
    return _of_plan(plan)


def _years_limited(donor_id: int, *, years: set[int]) -> list[int]:
    """One query for the many donors who have no limit."""
    rows = models.YearLimit.objects.filter(donor_id=donor_id, year__in=years)
    return sorted(rows.values_list("year", flat=True))


def _of_plan(plan: forecast.YearPlan) -> LimitWarning | None:
    first = plan.first_over
    if plan.limit is None or first is None:
        return None
    return LimitWarning(
        year=plan.year,
        limit_yen=plan.limit.limit_yen,
        total_yen=plan.wanted_yen,
        first_over_on=first.charge_on,
        when_reached=plan.limit.when_reached,
        is_first_donation=first.is_joining,
    )


def _joining(*, tier: models.Tier, today: date) -> list[forecast.MonthAhead]:
    town = selectors.town_calendar(town=selectors.municipality_get())
    start = jptime.month_start(today)
    dates = [calendar.first_cycle_dates(joined_on=today, town=town)]
    if tier.kind == states.TierKind.MONTHLY:
        dates += [
            calendar.cycle_dates(start_month=start, n=n, anchor_day=today.day, town=town)
            for n in range(1, 13 - today.month)
        ]
    return [
        forecast.MonthAhead(
            membership_id=0,
            year=one.charge_on.year,
            cycle_id=None,
            month=one.month,
            charge_on=one.charge_on,
            tier=tier,
            amount_yen=tier.amount_yen,
            is_fixed=n == 0,
        )
        for n, one in enumerate(dates)
    ]

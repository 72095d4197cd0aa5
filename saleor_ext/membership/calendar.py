"""The four dates of a month of a membership. Pure arithmetic on Japanese days.

The date of month n is the anchor day in month (start + n), or that month's last day when it is
shorter. It is never derived from the previous date, so it cannot drift (docs/algorithms/dates.md).
"""

import functools
from dataclasses import dataclass
from datetime import date, timedelta

from saleor_ext.common import jptime


@dataclass(frozen=True, kw_only=True)
class TownCalendar:
    """The town's settings that decide dates. `closed_dates` are the office's own closing days;
    `term_extra_months` by how much boxes that move may make a prepaid term longer.
    """

    change_until_days_before: int
    list_lead_business_days: int
    ship_window_days: int
    closed_dates: frozenset[date] = frozenset()
    term_extra_months: int = 12


@dataclass(frozen=True, kw_only=True)
class CycleDates:
    """The dates shown to the donor before paying.

    change_until: the last day on which address, box or tier may be changed.
    charge_on: the day of the donation. list_on: producers receive the list.
    ship_from to ship_to: parcels leave between these days, both included.
    """

    month: date
    change_until: date
    charge_on: date
    list_on: date
    ship_from: date
    ship_to: date


def cycle_dates(*, start_month: date, n: int, anchor_day: int, town: TownCalendar) -> CycleDates:
    """This will return the dates of month n, n counting from 0 in `start_month`."""
    return _dates_in_month(jptime.month_add(start_month, n), anchor_day, town)


@functools.lru_cache(maxsize=4096)
def _dates_in_month(month: date, anchor_day: int, town: TownCalendar) -> CycleDates:
    charge_on = jptime.month_day(month, anchor_day)
    change_until = charge_on - timedelta(days=town.change_until_days_before)
    return _dates_after(charge_on=charge_on, change_until=change_until, town=town)


def first_cycle_dates(*, joined_on: date, town: TownCalendar) -> CycleDates:
    """This will return the dates of the month in which the donor joins: he gives on the day."""
    return _dates_after(charge_on=joined_on, change_until=joined_on, town=town)


def _dates_after(*, charge_on: date, change_until: date, town: TownCalendar) -> CycleDates:
    list_on = jptime.business_days_add(
        charge_on, town.list_lead_business_days, closed_dates=town.closed_dates
    )
    ship_from = jptime.business_days_add(list_on, 1, closed_dates=town.closed_dates)
    return CycleDates(
        month=jptime.month_start(charge_on),
        change_until=change_until,
        charge_on=charge_on,
        list_on=list_on,
        ship_from=ship_from,
        ship_to=ship_from + timedelta(days=town.ship_window_days),
    )

"""Japanese dates: JST days, month ends, business days and the words they are shown in.

Japan has no daylight saving time, so the only trap is the date line: between 00:00 and 08:59 JST
it is still yesterday in UTC.
"""

import calendar
import functools
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

JST = ZoneInfo("Asia/Tokyo")
WEEKDAYS = "月火水木金土日"
SATURDAY = 5
YEAR_END_CLOSED = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))


def jst_date(moment: datetime) -> date:
    """This will return the day in Japan on which an aware moment falls."""
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return moment.astimezone(JST).date()


def jst_moment(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """This will return the aware moment of a wall-clock time in Japan, in UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=JST).astimezone(UTC)


def jst_day_bounds(day: date) -> tuple[datetime, datetime]:
    """This will return the half-open interval of moments that make up a day in Japan."""
    return jst_moment(day), jst_moment(day + timedelta(days=1))


def month_start(day: date) -> date:
    """This will return the first day of a date's month."""
    return day.replace(day=1)


def month_add(first_of_month: date, months: int) -> date:
    """This will return the first day of the month `months` later."""
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def month_day(first_of_month: date, anchor_day: int) -> date:
    """This will return the anchor day in a month, or the month's last day when it is shorter."""
    last = calendar.monthrange(first_of_month.year, first_of_month.month)[1]
    return first_of_month.replace(day=min(anchor_day, last))


@functools.cache
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=year))


def is_business_day(
    day: date,
    *,
    closed_weekdays: Collection[int] = (5, 6),
    closed_dates: Collection[date] = (),
) -> bool:
    """This will say whether a town office or producer works on a day.

    Weekends, national holidays and 29 December to 3 January are closed (the closing days of
    public offices: 行政機関の休日に関する法律 第1条).
    """
    if day.weekday() in closed_weekdays or day in closed_dates:
        return False
    return (day.month, day.day) not in YEAR_END_CLOSED and day not in _holidays_of(day.year)


def business_days_add(
    day: date,
    count: int,
    *,
    closed_weekdays: Collection[int] = (5, 6),
    closed_dates: Collection[date] = (),
) -> date:
    """This will return the business day `count` business days after `day`.

    With `count` 0 it is `day` itself when open, else the next open day.

    Raises:
        ValueError: no open day within a year, so the calendar itself is wrong.
    """
    remaining, current = count, day
    for _ in range(366 + count * 7):
        is_open = is_business_day(
            current, closed_weekdays=closed_weekdays, closed_dates=closed_dates
        )
        if is_open and remaining <= 0:
            return current
        if is_open and current != day:
            remaining -= 1
            if remaining <= 0:
                return current
        current += timedelta(days=1)
    raise ValueError("no business day within a year")


def words(day: date) -> str:
    """This will write a date as people in Japan read it: 2026年11月23日(月)."""
    return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def words_short(day: date) -> str:
    """This will write a date without its year: 11月23日(月)."""
    return f"{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def age_on(birth_date: date, day: date) -> int:
    """This will return somebody's age in full years on a day.

    A person born on 29 February has his birthday on 28 February in other years, when the day
    before the anniversary ends (年齢計算ニ関スル法律); for a minimum age the later day is used.
    """
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)
_MEIJI_ZERO = 1867


def era_year(day: date) -> tuple[str, int]:
    """This will return the era of a day and its year in it: 2026-11-24 is 令和 8.

    Raises:
        ValueError: the day is before Japan's present calendar (1873).
    """
    for begun_on, name in _ERAS:
        if day >= begun_on:
            zero = _MEIJI_ZERO if name == "明治" else begun_on.year - 1
            return name, day.year - zero
    raise ValueError("before the present calendar")

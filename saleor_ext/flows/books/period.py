"""The stretch of time a paper is about: a day, a month, a calendar, fiscal or designation year."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from saleor_ext.common import jptime

FISCAL_FIRST_MONTH = 4
DESIGNATION_FIRST_MONTH = 10
_YEARS_FROM = {"": 1, "fy": FISCAL_FIRST_MONTH, "d": DESIGNATION_FIRST_MONTH}
_YEAR_WORDS = {
    "": "{year}年(1月から12月)",
    "fy": "{year}年度(4月から翌年3月)",
    "d": "{year}年10月からの指定期間",
}


class PeriodInvalid(ValueError):
    """This is no day, month or year that a paper can be about."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """Japanese days from `first` to `last`, both counted."""

    code: str
    name: str
    first: date
    last: date


def period_read(code: str) -> Period:
    """This will read a period: 2026-11-24, 2026-11, 2026, fy2026 (fiscal) or d2026 (designation).

    Raises:
        PeriodInvalid: it is none of these.
    """
    year = re.fullmatch(r"(fy|d)?(20[0-9]{2})", code)
    if year:
        return _year(code, kind=year.group(1) or "", number=int(year.group(2)))
    month = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", code)
    if month:
        return month_period(date(int(month.group(1)), int(month.group(2)), 1))
    if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", code):
        raise PeriodInvalid()
    try:
        day = date.fromisoformat(code)
    except ValueError as error:
        raise PeriodInvalid() from error
    return Period(code=code, name=jptime.words(day), first=day, last=day)


def month_period(month: date) -> Period:
    """This will return a month, given its first day."""
    return Period(
        code=f"{month:%Y-%m}",
        name=f"{month.year}年{month.month}月",
        first=month,
        last=jptime.month_add(month, 1) - timedelta(days=1),
    )


def periods_offered(*, today: date, first: date) -> list[Period]:
    """This will offer today, every month since `first`, and the years around them, newest first."""
    this_month = jptime.month_start(today)
    months, month = [], this_month
    while month >= jptime.month_start(first):
        months.append(month_period(month))
        month = jptime.month_add(month, -1)
    years = [
        _year(f"{kind}{number}", kind=kind, number=number)
        for kind in _YEARS_FROM
        for number in range(today.year, first.year - 2, -1)
    ]
    begun = [year for year in years if year.first <= today and year.last >= first]
    return [period_read(today.isoformat()), *months, *begun]


def _year(code: str, *, kind: str, number: int) -> Period:
    first = date(number, _YEARS_FROM[kind], 1)
    return Period(
        code=code,
        name=_YEAR_WORDS[kind].format(year=number),
        first=first,
        last=jptime.month_add(first, 12) - timedelta(days=1),
    )

"""The calendar of the plain model, written down again from the law and docs/algorithms/dates.md.

It imports nothing of the product: a mistake there must not be repeated here.
"""

import calendar
from datetime import UTC, date, datetime, timedelta

JAPAN = timedelta(hours=9)
CHANGE_DAYS = 7  # the demo town: so many days before the donation the month is locked
LEAD_DAYS = 1  # business days from donation to list
GIVE_UP_DAYS = 14
SHIP_DAYS = 7
RETRY_DAYS = (1, 3, 7)
RETRY_HOUR = 10
YEAR_END_MARGIN = timedelta(minutes=5)

# 国民の祝日に関する法律, with substitute holidays, for the years the proof lives in.
_HOLIDAYS = """
2026: 1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23
2027: 1-1 1-11 2-11 2-23 3-21 3-22 4-29 5-3 5-4 5-5 7-19 8-11 9-20 9-23 10-11 11-3 11-23
2028: 1-1 1-10 2-11 2-23 3-20 4-29 5-3 5-4 5-5 7-17 8-11 9-18 9-22 10-9 11-3 11-23
2029: 1-1 1-8 2-11 2-12 2-23 3-20 4-29 4-30 5-3 5-4 5-5 7-16 8-11 9-17 9-23 9-24 10-8 11-3 11-23
"""
HOLIDAYS = {
    date(int(year), *map(int, day.split("-")))
    for year, days in (line.split(":") for line in _HOLIDAYS.strip().splitlines())
    for day in days.split()
}
YEAR_END = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
SATURDAY = 5


def japanese_day(moment: datetime) -> date:
    """The day in Japan: nine hours ahead of UTC, the whole year."""
    return (moment.astimezone(UTC).replace(tzinfo=None) + JAPAN).date()


def donation_day(start: date, number: int, anchor: int) -> date:
    """The anchor day of the month `number` after `start`, or that month's last day."""
    months = start.month - 1 + number
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(anchor, calendar.monthrange(year, month)[1]))


def is_open(day: date) -> bool:
    """A business day of the town's office."""
    is_closed = day in HOLIDAYS or (day.month, day.day) in YEAR_END
    return day.weekday() < SATURDAY and not is_closed


def list_day(donated_on: date) -> date:
    """The first business day after the donation."""
    day = donated_on + timedelta(days=1)
    while not is_open(day):
        day += timedelta(days=1)
    return day


def last_parcel_day(donated_on: date) -> date:
    """Parcels leave from the business day after the list, for seven days."""
    return list_day(list_day(donated_on)) + timedelta(days=SHIP_DAYS)


def is_retry_time(day: date | None, moment: datetime) -> bool:
    """A retry of the day itself waits until ten in the morning; a missed one is late already."""
    if day is None:
        return False
    today = japanese_day(moment)
    hour = (moment.astimezone(UTC) + JAPAN).hour
    return day < today or (day == today and hour >= RETRY_HOUR)

"""Japanese days, months, business days and ages."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_ext.common import jptime

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2076, 12, 31))


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        jptime.jst_date(datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 31, 15, 0, tzinfo=UTC),
        datetime(2026, 3, 31, 8, 0, tzinfo=timezone(timedelta(hours=-7))),
        datetime(2026, 4, 1, 0, 0, tzinfo=jptime.JST),
    ],
)
def test_the_fiscal_year_begins_at_midnight_in_japan_wherever_the_clock_stands(moment):
    assert jptime.jst_date(moment) == date(2026, 4, 1)
    assert jptime.jst_date(moment - timedelta(seconds=1)) == date(2026, 3, 31)


@given(day=DAYS)
def test_a_day_in_japan_is_24_hours_and_holds_every_moment_of_it(day):
    begin, end = jptime.jst_day_bounds(day)

    assert end - begin == timedelta(hours=24)
    assert begin.utcoffset() == timedelta(0)
    assert jptime.jst_date(begin) == day
    assert jptime.jst_date(end - timedelta(microseconds=1)) == day
    assert jptime.jst_date(end) == day + timedelta(days=1)


def test_a_wall_clock_time_in_japan_is_nine_hours_ahead():
    assert jptime.jst_moment(date(2026, 11, 24), 10, 5) == datetime(2026, 11, 24, 1, 5, tzinfo=UTC)


@given(day=DAYS, months=st.integers(min_value=-600, max_value=600))
def test_going_some_months_and_coming_back_is_the_same_month(day, months):
    first = jptime.month_start(day)

    there = jptime.month_add(first, months)

    assert there.day == 1
    assert jptime.month_add(there, -months) == first
    assert (there.year - first.year) * 12 + there.month - first.month == months


def test_months_go_over_the_year_end():
    assert jptime.month_add(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert jptime.month_add(date(2027, 1, 1), -1) == date(2026, 12, 1)
    assert jptime.month_add(date(2026, 11, 1), 0) == date(2026, 11, 1)


@given(day=DAYS, anchor_day=st.integers(min_value=1, max_value=31))
def test_the_anchor_day_of_a_month_lies_in_that_month(day, anchor_day):
    found = jptime.month_day(jptime.month_start(day), anchor_day)

    assert jptime.month_start(found) == jptime.month_start(day)
    is_last = (found + timedelta(days=1)).day == 1
    assert found.day == anchor_day or (is_last and found.day < anchor_day)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 23), False),  # 勤労感謝の日, a Monday
        (date(2026, 11, 24), True),
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2026, 9, 22), False),  # 国民の休日 between two holidays
        (date(2027, 3, 22), False),  # 振替休日 for 21 March, a Sunday
    ],
)
def test_the_town_office_is_closed_on_weekends_holidays_and_at_the_year_end(day, is_open):
    assert jptime.is_business_day(day) is is_open


def test_a_producers_own_week_and_holidays_are_kept():
    # given: closed on Wednesdays, and on 26 November
    closed = {"closed_weekdays": (2,), "closed_dates": (date(2026, 11, 26),)}

    # then
    assert jptime.is_business_day(date(2026, 11, 21), **closed)  # Saturday
    assert not jptime.is_business_day(date(2026, 11, 25), **closed)
    assert jptime.business_days_add(date(2026, 11, 24), 1, **closed) == date(2026, 11, 27)


@given(day=DAYS, count=st.integers(min_value=1, max_value=30))
def test_exactly_so_many_business_days_lie_after_the_day(day, count):
    found = jptime.business_days_add(day, count)

    later = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert sum(jptime.is_business_day(each) for each in later) == count
    assert jptime.is_business_day(found)


@given(day=DAYS)
def test_no_business_day_later_is_the_day_itself_or_the_next_open_one(day):
    found = jptime.business_days_add(day, 0)

    assert jptime.is_business_day(found)
    assert not any(
        jptime.is_business_day(day + timedelta(days=n)) for n in range((found - day).days)
    )


def test_an_office_that_never_opens_is_an_error_and_not_an_endless_search():
    with pytest.raises(ValueError, match="no business day"):
        jptime.business_days_add(date(2026, 11, 24), 1, closed_weekdays=range(7))


def test_dates_are_written_with_their_weekday():
    assert jptime.words(date(2026, 11, 23)) == "2026年11月23日(月)"
    assert jptime.words_short(date(2026, 11, 1)) == "11月1日(日)"


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(2006, 11, 25), date(2026, 11, 24), 19),
        (date(2006, 11, 25), date(2026, 11, 25), 20),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_an_age_changes_on_the_birthday(birth_date, day, age):
    assert jptime.age_on(birth_date, day) == age


@pytest.mark.parametrize(
    ("day", "era"),
    [
        (date(2026, 11, 24), ("令和", 8)),
        (date(2019, 5, 1), ("令和", 1)),
        (date(2019, 4, 30), ("平成", 31)),
        (date(1989, 1, 7), ("昭和", 64)),
        (date(1926, 12, 25), ("昭和", 1)),
        (date(1926, 12, 24), ("大正", 15)),
        (date(1912, 7, 29), ("明治", 45)),
    ],
)
def test_a_day_belongs_to_its_era(day, era):
    assert jptime.era_year(day) == era


def test_before_the_present_calendar_there_is_no_era():
    with pytest.raises(ValueError, match="before the present calendar"):
        jptime.era_year(date(1872, 12, 31))

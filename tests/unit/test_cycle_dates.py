"""The four dates of every month, for every anchor day, over fifty years."""

import calendar as month_lengths
from datetime import UTC, date, datetime, timedelta

import pytest

from saleor_ext.common import jptime
from saleor_ext.membership import calendar
from saleor_ext.membership.calendar import CycleDates, TownCalendar

MONTHS = 600
START_MONTH = date(2026, 11, 1)
TOWN = TownCalendar(change_until_days_before=7, list_lead_business_days=1, ship_window_days=7)


def dates_of(anchor_day: int, *, town: TownCalendar = TOWN) -> list[CycleDates]:
    return [
        calendar.cycle_dates(start_month=START_MONTH, n=n, anchor_day=anchor_day, town=town)
        for n in range(MONTHS)
    ]


@pytest.mark.parametrize("anchor_day", range(1, 32))
def test_every_month_has_exactly_one_donation_on_the_anchor_day_or_the_months_last(anchor_day):
    # when
    found = dates_of(anchor_day)

    # then
    for n, dates in enumerate(found):
        year, month0 = divmod(START_MONTH.year * 12 + START_MONTH.month - 1 + n, 12)
        last_day = month_lengths.monthrange(year, month0 + 1)[1]
        assert dates.charge_on == date(year, month0 + 1, min(anchor_day, last_day))
        assert dates.month == date(year, month0 + 1, 1)
    assert len({dates.month for dates in found}) == MONTHS


@pytest.mark.parametrize("anchor_day", range(1, 32))
def test_the_four_dates_of_every_month_are_in_order_and_the_office_is_open(anchor_day):
    # when
    found = dates_of(anchor_day)

    # then
    for dates in found:
        assert dates.change_until == dates.charge_on - timedelta(days=7)
        assert dates.change_until < dates.charge_on < dates.list_on < dates.ship_from
        assert dates.ship_to == dates.ship_from + timedelta(days=7)
        assert jptime.is_business_day(dates.list_on)
        assert jptime.is_business_day(dates.ship_from)


@pytest.mark.parametrize("anchor_day", range(1, 32))
def test_no_business_day_lies_between_the_donation_the_list_and_the_first_parcel(anchor_day):
    for dates in dates_of(anchor_day):
        assert business_days_between(dates.charge_on, dates.list_on) == 0
        assert business_days_between(dates.list_on, dates.ship_from) == 0


def business_days_between(first: date, second: date) -> int:
    days = (first + timedelta(days=n) for n in range(1, (second - first).days))
    return sum(jptime.is_business_day(day) for day in days)


@pytest.mark.parametrize("anchor_day", [29, 30, 31])
def test_a_month_is_never_derived_from_the_month_before(anchor_day):
    # given: what repeated "one month later" would lose after the first short February
    clamped = calendar.cycle_dates(
        start_month=date(2027, 1, 1), n=1, anchor_day=anchor_day, town=TOWN
    )
    assert clamped.charge_on == date(2027, 2, 28)

    # when
    later = calendar.cycle_dates(
        start_month=date(2027, 1, 1), n=2, anchor_day=anchor_day, town=TOWN
    )

    # then
    assert later.charge_on == date(2027, 3, anchor_day)


@pytest.mark.parametrize("anchor_day", range(1, 32))
def test_a_month_has_the_same_dates_whichever_month_the_membership_began_in(anchor_day):
    # given
    month = date(2031, 2, 1)
    expected = calendar.cycle_dates(start_month=month, n=0, anchor_day=anchor_day, town=TOWN)

    # when
    found = {
        calendar.cycle_dates(
            start_month=jptime.month_add(month, -n), n=n, anchor_day=anchor_day, town=TOWN
        )
        for n in range(MONTHS)
    }

    # then
    assert found == {expected}


@pytest.mark.parametrize(
    ("year", "last_of_february"),
    [
        (2027, 28),
        (2028, 29),
        (2032, 29),
        (2100, 28),  # not a leap year although divisible by four
        (2000, 29),  # a leap year although divisible by a hundred
    ],
)
def test_an_anchor_on_the_31st_follows_february_in_leap_years(year, last_of_february):
    # when
    dates = calendar.cycle_dates(start_month=date(year, 2, 1), n=0, anchor_day=31, town=TOWN)

    # then
    assert dates.charge_on == date(year, 2, last_of_february)


def test_a_donation_before_the_year_end_reaches_producers_after_the_office_opens_again():
    # when: Monday 28 December 2026 is the office's last day
    dates = calendar.cycle_dates(start_month=date(2026, 12, 1), n=0, anchor_day=28, town=TOWN)

    # then: 29 December to 3 January are closed
    assert dates == CycleDates(
        month=date(2026, 12, 1),
        change_until=date(2026, 12, 21),
        charge_on=date(2026, 12, 28),
        list_on=date(2027, 1, 4),
        ship_from=date(2027, 1, 5),
        ship_to=date(2027, 1, 12),
    )


@pytest.mark.parametrize("day", [29, 30, 31, 1, 2, 3])
def test_the_office_is_closed_from_29_december_to_3_january_in_every_year(day):
    for year in range(2026, 2077):
        month = 12 if day > 3 else 1
        assert not jptime.is_business_day(date(year, month, day))


def test_the_years_of_golden_week_move_the_list_past_the_holidays():
    # when: 3 to 5 May are holidays, and 6 May 2026 stands in for the 3rd, which is a Sunday
    dates = calendar.cycle_dates(start_month=date(2026, 5, 1), n=0, anchor_day=1, town=TOWN)

    # then
    assert dates.list_on == date(2026, 5, 7)
    assert dates.ship_from == date(2026, 5, 8)


def test_the_towns_own_closing_days_are_kept():
    # given
    town = TownCalendar(
        change_until_days_before=7,
        list_lead_business_days=1,
        ship_window_days=7,
        closed_dates=frozenset({date(2026, 11, 25), date(2026, 11, 26)}),
    )

    # when
    dates = calendar.cycle_dates(start_month=date(2026, 11, 1), n=0, anchor_day=24, town=town)

    # then
    assert dates.list_on == date(2026, 11, 27)
    assert dates.ship_from == date(2026, 11, 30)


def test_a_donor_who_joins_gives_on_that_day_and_sees_the_rest_of_his_first_month():
    # when
    dates = calendar.first_cycle_dates(joined_on=date(2026, 11, 24), town=TOWN)

    # then
    assert dates == CycleDates(
        month=date(2026, 11, 1),
        change_until=date(2026, 11, 24),
        charge_on=date(2026, 11, 24),
        list_on=date(2026, 11, 25),
        ship_from=date(2026, 11, 26),
        ship_to=date(2026, 12, 3),
    )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 15, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 28, 15, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_day_changes_in_japan_nine_hours_before_it_does_in_utc(moment, day):
    # then: a donor who joins at that moment gives on the day his own calendar shows
    assert jptime.jst_date(moment) == day
    assert calendar.first_cycle_dates(joined_on=jptime.jst_date(moment), town=TOWN).charge_on == day

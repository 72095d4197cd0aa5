"""Another day of the month: no month with two donations, none left out."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_ext.common import jptime
from saleor_ext.flows import errors
from saleor_ext.flows.choices import anchor, pause
from saleor_ext.membership import calendar, models, planning, selectors
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def moved(membership: models.Membership, day: int, *, on: date = world.TODAY, **more: object):
    return anchor.anchor_choose(
        **{
            "membership_id": membership.pk,
            "day": day,
            "now": months.morning(on),
            "actor": "donor:1",
            **more,
        }
    )


def charge_days(membership: models.Membership) -> list[date]:
    return list(membership.cycles.order_by("n").values_list("charge_on", flat=True))


def test_the_preview_says_from_which_month_the_new_day_counts() -> None:
    # given
    membership = months.member_ahead()

    # when
    preview = anchor.anchor_preview(membership_id=membership.pk, day=10, today=world.TODAY)

    # then
    assert (preview.day_from, preview.day_to) == (24, 10)
    assert preview.effective_on == date(2026, 12, 10)
    assert preview.change_until == date(2026, 12, 3)
    assert (preview.next_donation_on, preview.next_donation_yen) == (date(2026, 12, 10), 3000)
    assert preview.last_on_old is None
    assert charge_days(membership)[1] == date(2026, 12, 24)


def test_every_month_that_can_be_changed_gets_all_its_dates_anew(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()

    # when
    choice = moved(membership, 31)

    # then
    assert charge_days(membership) == [
        date(2026, 11, 24),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]
    town = selectors.town_calendar(town=selectors.municipality_get())
    for cycle in membership.cycles.filter(n__gt=0):
        expected = calendar.cycle_dates(
            start_month=date(2026, 11, 1), n=cycle.n, anchor_day=31, town=town
        )
        found = (cycle.change_until, cycle.list_on, cycle.ship_from, cycle.ship_to)
        assert found == (
            expected.change_until,
            expected.list_on,
            expected.ship_from,
            expected.ship_to,
        )
    assert (choice.details["day_from"], choice.details["day_to"]) == (24, 31)
    # and the months that are planned later fall on it too
    months.run(provider, date(2026, 12, 20))
    assert charge_days(membership)[4] == date(2027, 3, 31)


def test_a_day_that_is_too_near_counts_from_the_month_after() -> None:
    # given
    membership = months.member_ahead()
    day = date(2026, 12, 5)

    # when
    preview = anchor.anchor_preview(membership_id=membership.pk, day=3, today=day)
    moved(membership, 3, on=day)

    # then
    assert preview.effective_on == date(2027, 1, 3)
    assert preview.last_on_old == preview.next_donation_on == date(2026, 12, 24)
    assert charge_days(membership)[1:3] == [date(2026, 12, 24), date(2027, 1, 3)]


def test_a_locked_month_keeps_its_day_and_is_given_once(provider: MemoryProvider) -> None:
    # given
    membership = months.december_make(provider).membership

    # when
    moved(membership, 28, on=months.LOCK_DAY)
    months.run_days(provider, date(2026, 12, 19), date(2026, 12, 31))

    # then
    assert charge_days(membership)[1:3] == [date(2026, 12, 24), date(2027, 1, 28)]
    assert len(provider.succeeded()) == 1


def test_a_month_that_was_given_is_not_asked_for_again(provider: MemoryProvider) -> None:
    # given
    membership = months.december_make(provider).membership
    months.run(provider, months.CHARGE_DAY)

    # when
    moved(membership, 31, on=months.CHARGE_DAY)
    months.run_days(provider, date(2026, 12, 25), date(2026, 12, 31))

    # then
    assert len(provider.succeeded()) == 1
    assert charge_days(membership)[2] == date(2027, 1, 31)


def test_changing_it_back_puts_everything_back() -> None:
    # given
    membership = months.member_ahead()
    before = charge_days(membership)

    # when
    moved(membership, 5)
    moved(membership, 24)

    # then
    assert charge_days(membership) == before
    assert models.Membership.objects.get(pk=membership.pk).anchor_day == 24


def test_in_a_pause_its_months_are_found_anew() -> None:
    # given
    membership = months.member_ahead()
    pause.pause_choose(
        membership_id=membership.pk,
        resume_on=date(2027, 1, 20),
        now=world.NOW,
        actor="donor:1",
    )

    # when
    moved(membership, 10)

    # then
    assert list(membership.cycles.order_by("n").values_list("state", "charge_on")) == [
        ("charged", date(2026, 11, 24)),
        ("skipped", date(2026, 12, 10)),
        ("skipped", date(2027, 1, 10)),
        ("planned", date(2027, 2, 10)),
    ]


@pytest.mark.parametrize(
    ("day", "refusal"),
    [(0, errors.AnchorInvalid), (32, errors.AnchorInvalid), (24, errors.AnchorSame)],
)
def test_only_another_day_of_a_month_can_be_chosen(day: int, refusal: type[Exception]) -> None:
    # given
    membership = months.member_ahead()

    # when, then
    with pytest.raises(refusal):
        moved(membership, day)
    assert charge_days(membership)[1] == date(2026, 12, 24)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.lists(st.tuples(st.integers(0, 25), st.integers(1, 31)), max_size=4))
def test_whatever_is_changed_when_no_month_moves_once_it_can_no_longer_be_changed(
    changes: list[tuple[int, int]],
) -> None:
    # given
    name = f"p{models.Donor.objects.count()}"
    membership = months.member_ahead(donor=world.donor_make(name=name))
    town = selectors.town_calendar(town=selectors.municipality_get())
    fixed: dict[int, date] = {}
    day = world.TODAY

    # when
    for wait, anchor_day in changes:
        day += timedelta(days=wait)
        planning.cycles_plan(today=day, town=town, membership_ids=[membership.pk])
        late = membership.cycles.filter(change_until__lt=day)
        fixed |= dict(late.values_list("n", "charge_on"))
        with contextlib.suppress(errors.AnchorSame):
            moved(membership, anchor_day, on=day)
        assert not membership.cycles.filter(n__in=set(range(20)) - set(fixed)).filter(
            n__gt=0, change_until__lt=day
        )

    # then
    found = dict(membership.cycles.values_list("n", "charge_on"))
    assert {n: found[n] for n in fixed} == fixed
    for n, charge_on in found.items():
        assert charge_on.replace(day=1) == jptime.month_add(date(2026, 11, 1), n)

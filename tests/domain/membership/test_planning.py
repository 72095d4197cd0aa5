"""Planning: which months a membership gets, for whom, and how often it may be asked for."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test.utils import CaptureQueriesContext

from saleor_ext.common import jptime
from saleor_ext.membership import calendar, models, planning, selectors, services
from tests.builders import world

pytestmark = pytest.mark.django_db

Queries = Callable[[], contextlib.AbstractContextManager[CaptureQueriesContext]]


def plan(today: date = world.TODAY, membership_ids: list[int] | None = None) -> int:
    return planning.cycles_plan(today=today, town=town_calendar(), membership_ids=membership_ids)


def town_calendar() -> calendar.TownCalendar:
    return selectors.town_calendar(town=world.town_make())


def charge_days(membership: models.Membership) -> list[date]:
    return list(membership.cycles.order_by("n").values_list("charge_on", flat=True))


def prepaid_tier_make() -> models.Tier:
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    return world.prepaid_tier_make(box_source=source)


def test_three_months_ahead_are_planned_and_asking_again_adds_none() -> None:
    # given
    membership = world.member_make()

    # when
    counts = [plan(), plan(), plan(date(2026, 11, 30))]

    # then
    assert counts == [3, 0, 0]
    assert list(membership.cycles.order_by("n").values_list("n", "month", "state")) == [
        (0, date(2026, 11, 1), "charged"),
        (1, date(2026, 12, 1), "planned"),
        (2, date(2027, 1, 1), "planned"),
        (3, date(2027, 2, 1), "planned"),
    ]


def test_each_new_month_adds_one_and_a_long_gap_is_filled() -> None:
    # given
    membership = world.member_make()
    plan()

    # when
    counts = [plan(date(2026, 12, 1)), plan(date(2027, 6, 15))]

    # then
    assert counts == [1, 6]
    assert membership.cycles.count() == 11
    assert charge_days(membership)[-1] == date(2027, 9, 24)


@pytest.mark.parametrize("state", ["draft", "ended", "parked"])
def test_a_membership_that_does_not_go_on_is_not_planned(state: str) -> None:
    # given
    membership = world.member_make()
    columns: dict[str, object] = {"state": state}
    if state == "ended":
        columns["ended_at"] = world.NOW
    if state == "parked":
        columns |= {"parked_from": "active", "parked_reason": "why"}
    models.Membership.objects.filter(pk=membership.pk).update(**columns)

    # then
    assert plan() == 0
    assert membership.cycles.count() == 1


def test_a_membership_that_is_ending_gets_no_further_months() -> None:
    # given
    membership = world.member_make()
    models.Membership.objects.filter(pk=membership.pk).update(state="cancelling")

    # then
    assert plan() == 0
    assert membership.cycles.count() == 1


def test_a_late_payer_keeps_his_months_in_view() -> None:
    # given
    membership = world.member_make()
    models.Membership.objects.filter(pk=membership.pk).update(state="past_due")

    # then
    assert plan() == 3


def test_a_free_member_has_no_months() -> None:
    # given
    services.membership_join_free(
        donor_id=world.donor_make().pk, tier=world.free_tier_make(), now=world.NOW, actor="x"
    )
    world.town_make()

    # then
    assert plan() == 0
    assert models.Cycle.objects.count() == 0


def test_a_prepaid_term_is_planned_to_its_end_and_no_further() -> None:
    # given
    membership = world.member_make(tier=prepaid_tier_make())

    # when
    counts = [plan(), plan(date(2027, 1, 1)), plan(date(2028, 1, 1))]

    # then
    assert counts == [3, 2, 0]
    rows = membership.cycles.order_by("n").values_list("kind", "amount_yen", "covered_by__n")
    assert list(rows) == [("donation", 60000, None)] + [("prepaid", 0, 0)] * 5


def test_a_prepaid_term_that_is_ending_is_still_delivered_to_its_end() -> None:
    # given
    membership = world.member_make(tier=prepaid_tier_make())
    models.Membership.objects.filter(pk=membership.pk).update(state="cancelling")

    # when
    plan(date(2027, 3, 1))

    # then
    assert membership.cycles.count() == 6


def test_only_the_memberships_asked_for_are_planned() -> None:
    # given
    hanako = world.member_make()
    taro = world.member_make(donor=world.donor_make(name="taro"))

    # when
    count = plan(membership_ids=[taro.pk])

    # then
    assert (count, hanako.cycles.count(), taro.cycles.count()) == (3, 1, 4)


def test_what_would_be_planned_can_be_counted_without_planning() -> None:
    # given
    world.member_make()
    world.member_make(donor=world.donor_make(name="taro"))

    # when
    missing = planning.cycles_missing_count(today=world.TODAY, town=town_calendar())

    # then
    assert missing == 6
    assert models.Cycle.objects.count() == 2
    assert plan() == missing


def not_inserts(asked: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith("INSERT") for query in asked.captured_queries)


ANCHORS = [datetime(2027, 1, day, 1, 0, tzinfo=UTC) for day in range(1, 32)]


def test_every_anchor_day_falls_on_itself_or_on_the_months_last_day() -> None:
    # given
    tier = world.world_make(month_from=date(2027, 1, 1))
    members = {
        now.day: world.member_make(
            donor=world.donor_make(name=f"d{now.day}", now=now), tier=tier, now=now
        )
        for now in ANCHORS
    }

    # when
    plan(date(2028, 1, 31))

    # then
    for day, membership in members.items():
        days = charge_days(membership)
        assert len(days) == 16
        assert days[1:4] == [
            date(2027, 2, min(day, 28)),
            date(2027, 3, day),
            date(2027, 4, min(day, 30)),
        ]
        assert days[13] == date(2028, 2, min(day, 29))
        assert days[15] == date(2028, 4, min(day, 30))


def test_a_donor_who_joins_after_midnight_in_japan_gets_the_new_day_as_anchor() -> None:
    # given
    before = datetime(2027, 1, 31, 14, 59, 59, tzinfo=UTC)
    after = datetime(2027, 1, 31, 15, 0, 0, tzinfo=UTC)

    # when
    tier = world.world_make(month_from=date(2027, 1, 1))
    one = world.member_make(donor=world.donor_make(now=before), tier=tier, now=before)
    two = world.member_make(donor=world.donor_make(name="taro", now=after), tier=tier, now=after)

    # then
    assert (one.anchor_day, one.start_month) == (31, date(2027, 1, 1))
    assert (two.anchor_day, two.start_month) == (1, date(2027, 2, 1))


@pytest.mark.parametrize("is_prepaid", [False, True])
def test_planning_many_asks_the_database_as_often_as_planning_few(
    is_prepaid: bool, queries: Queries
) -> None:
    # given
    tier = prepaid_tier_make() if is_prepaid else world.world_make()
    for number in range(5):
        world.member_make(donor=world.donor_make(name=f"a{number}"), tier=tier)
    with queries() as few:
        assert plan() == 15
    for number in range(20):
        world.member_make(donor=world.donor_make(name=f"b{number}"), tier=tier)

    # when
    with queries() as many:
        assert plan() == 60

    # then
    assert not_inserts(many) == not_inserts(few) <= (6 if is_prepaid else 4)
    # rows are written by the batch: SQLite takes about 50 at a time
    assert len(many) - len(few) <= 1


def test_months_come_back_in_the_order_they_are_shown() -> None:
    # given
    membership = world.member_make()
    plan()

    # when
    upcoming = selectors.cycles_upcoming(membership_id=membership.pk, today=date(2026, 12, 25))
    all_of_them = selectors.cycles_of(membership_id=membership.pk)

    # then
    assert [cycle.n for cycle in upcoming] == [1, 2, 3]
    assert [cycle.n for cycle in all_of_them] == [3, 2, 1, 0]


@pytest.mark.parametrize("n", [0, 3])
def test_a_month_is_found_again_by_its_key(n: int) -> None:
    # given
    membership = world.member_make()
    plan()
    cycle = membership.cycles.get(n=n)

    # when
    key = selectors.cycle_key(cycle=cycle)

    # then
    assert key == f"fs-{membership.public_id}-{n}"
    assert selectors.cycle_by_key(key=key) == cycle
    assert selectors.cycle_by_key(key=f"{key}-a2") == cycle


@pytest.mark.parametrize("key", ["", "fs", "fs-x", "fs-x-1", "fs-x-y", "xx-a-0", "fs-x-²"])
def test_a_key_that_is_not_ours_finds_nothing(key: str) -> None:
    assert selectors.cycle_by_key(key=key) is None


def test_the_first_month_follows_the_day_on_which_the_donor_really_gives() -> None:
    # given
    membership = world.draft_make()
    dates = calendar.first_cycle_dates(joined_on=date(2026, 11, 27), town=town_calendar())

    # when
    cycle = planning.cycle_first_create(membership=membership, dates=dates)

    # then
    assert membership.cycles.count() == 1
    assert (cycle.charge_on, cycle.list_on) == (date(2026, 11, 27), date(2026, 11, 30))
    assert cycle.month == jptime.month_start(date(2026, 11, 27))


def test_a_first_month_that_is_locked_keeps_its_dates() -> None:
    # given
    membership = world.draft_make()
    world.first_lock(cycle=membership.cycles.get(n=0))
    dates = calendar.first_cycle_dates(joined_on=date(2026, 11, 27), town=town_calendar())

    # when
    cycle = planning.cycle_first_create(membership=membership, dates=dates)

    # then
    assert (cycle.state, cycle.charge_on) == ("locked", date(2026, 11, 24))

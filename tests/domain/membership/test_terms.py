"""Prepaid terms in the database: where they begin, what follows a month that is left out."""

from datetime import date, datetime

import pytest

from saleor_ext.common import jptime
from saleor_ext.membership import cycles, models, planning, selectors, services
from tests.builders import months, world

pytestmark = pytest.mark.django_db

JANUARY = date(2027, 1, 5)


def now_on(day: date) -> datetime:
    return jptime.jst_moment(day, 10)


def plan(day: date) -> int:
    town = selectors.town_calendar(town=world.town_make())
    return planning.cycles_plan(today=day, town=town)


def plan_of(membership: models.Membership) -> list[tuple[int, str, int, int | None]]:
    """Number, state, amount and paying month of every month."""
    rows = membership.cycles.order_by("n")
    return list(rows.values_list("n", "state", "amount_yen", "covered_by__n"))


def monthly_make() -> models.Membership:
    """花子 in a tier of 10,000 yen a month, planned up to January's end."""
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    membership = world.member_make(tier=source)
    plan(world.TODAY)
    return membership


def half_year() -> models.Tier:
    return world.prepaid_tier_make(box_source=world.tier_make(slug="minato"))


def prepaid_make(*, day: date = world.TODAY) -> models.Membership:
    """花子 with six boxes paid in November."""
    world.town_make()
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    membership = world.member_make(tier=half_year())
    plan(day)
    return membership


def wish(membership: models.Membership, *, day: date, **columns: object) -> None:
    models.Membership.objects.filter(pk=membership.pk).update(**columns)
    planning.months_replan(membership_id=membership.pk, now=now_on(day))


def test_a_monthly_member_begins_a_term_with_the_first_month_that_may_be_changed() -> None:
    # given
    membership = monthly_make()
    day = date(2026, 12, 18)  # December's last day for changes is over

    # when
    wish(membership, day=day, next_tier=half_year())

    # then
    assert plan_of(membership) == [
        (0, "charged", 10000, None),
        (1, "planned", 10000, None),
        (2, "planned", 60000, None),
        (3, "planned", 0, 2),
        (4, "planned", 0, 2),
    ]


def test_a_wish_taken_back_in_time_leaves_the_plan_as_it_was() -> None:
    # given
    membership = monthly_make()
    before = list(membership.cycles.order_by("n").values())

    # when
    wish(membership, day=world.TODAY, next_tier=half_year())
    wish(membership, day=world.TODAY, next_tier=None)

    # then
    assert list(membership.cycles.order_by("n").values()) == before


def test_a_term_that_is_renewed_is_planned_ahead_and_taken_back_when_it_is_not() -> None:
    # given
    membership = prepaid_make(day=date(2027, 3, 1))
    only_the_term = plan_of(membership)

    # when
    wish(membership, day=date(2027, 3, 1), is_renewed=True)
    renewed = plan_of(membership)
    wish(membership, day=date(2027, 3, 1), is_renewed=False)

    # then
    assert renewed == [*only_the_term, (6, "planned", 60000, None), (7, "planned", 0, 6)]
    taken_back = [(6, "void", 60000, None), (7, "void", 0, 6)]
    assert plan_of(membership) == [*only_the_term, *taken_back]


def test_a_renewal_taken_back_and_wished_again_is_planned_again() -> None:
    # given
    membership = prepaid_make(day=date(2027, 4, 1))
    wish(membership, day=date(2027, 4, 1), is_renewed=True)
    renewed = plan_of(membership)

    # when
    wish(membership, day=date(2027, 4, 1), is_renewed=False)
    wish(membership, day=date(2027, 4, 1), is_renewed=True)

    # then
    assert renewed[6:] == [(6, "planned", 60000, None), *((n, "planned", 0, 6) for n in (7, 8))]
    assert plan_of(membership) == renewed


def test_a_month_of_a_term_left_out_moves_its_box_and_the_renewal() -> None:
    # given
    membership = prepaid_make(day=date(2027, 3, 1))
    wish(membership, day=date(2027, 3, 1), is_renewed=True)
    april = months.month_of(membership, 5)

    # when
    now = now_on(date(2027, 3, 1))
    cycles.cycle_skip(cycle_id=april.pk, reason="by_donor", now=now, actor="donor:1")

    # then
    assert plan_of(membership)[5:] == [
        (5, "skipped", 0, 0),
        (6, "planned", 0, 0),
        (7, "planned", 60000, None),
    ]


def test_a_renewal_left_out_begins_a_month_later() -> None:
    # given
    membership = prepaid_make(day=date(2027, 4, 1))
    wish(membership, day=date(2027, 4, 1), is_renewed=True)

    # when
    cycles.cycle_skip(
        cycle_id=months.month_of(membership, 6).pk,
        reason="by_donor",
        now=now_on(date(2027, 4, 1)),
        actor="donor:1",
    )

    # then
    assert plan_of(membership)[6:] == [
        (6, "skipped", 60000, None),
        (7, "planned", 60000, None),
        (8, "planned", 0, 7),
    ]


def test_the_tier_follows_the_first_donation_in_another() -> None:
    # given
    membership = monthly_make()
    wish(membership, day=world.TODAY, next_tier=half_year(), is_renewed=True)
    december = months.month_of(membership, 1)
    world.first_lock(cycle=december)
    world.donation_make(cycle=december, now=now_on(months.CHARGE_DAY))

    # when
    services.membership_tier_follow(
        cycle_id=december.pk,
        membership_id=membership.pk,
        now=now_on(months.CHARGE_DAY),
        actor="test",
    )

    # then
    membership.refresh_from_db()
    assert membership.tier == half_year()
    assert (membership.next_tier, membership.is_renewed) == (None, False)
    assert membership.events.last().reason == "tier_followed"


def test_a_term_given_back_takes_back_what_no_producer_knows_of() -> None:
    # given
    membership = prepaid_make()
    wish(membership, day=world.TODAY, is_renewed=True)

    # when
    stopped = cycles.term_stop(
        cycle_id=months.month_of(membership, 0).pk,
        reason="refunded",
        now=world.NOW,
        actor="outbox",
    )
    plan(date(2027, 5, 1))

    # then
    assert len(stopped) == 3
    assert plan_of(membership) == [
        (0, "charged", 60000, None),
        (1, "void", 0, 0),
        (2, "void", 0, 0),
        (3, "void", 0, 0),
    ]
    membership.refresh_from_db()
    assert not membership.is_renewed


def test_a_month_that_waits_for_a_donation_given_up_is_told_not_forgotten() -> None:
    # given
    membership = monthly_make()
    wish(membership, day=world.TODAY, next_tier=half_year())
    december = months.month_of(membership, 1)
    world.first_lock(cycle=december)

    # when
    day = date(2027, 1, 20)  # January's last day for changes is over
    cycles.cycle_fail(
        cycle_id=december.pk, reason="not_paid_in_time", now=now_on(day), actor="test"
    )

    # then
    assert plan_of(membership)[1:5] == [
        (1, "failed", 60000, None),
        (2, "skipped", 0, 1),
        (3, "planned", 60000, None),
        (4, "planned", 0, 3),
    ]
    assert months.month_of(membership, 2).reason == "term_not_begun"

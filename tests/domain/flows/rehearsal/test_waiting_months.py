"""Fixed months that wait for their card, donor or staff: what is told of them comes true."""

from datetime import date, timedelta

import pytest

from saleor_ext.flows.month import catch_up
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.rehearsal.assuming import Assumptions
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.membership import models
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

GIVE_UP = date(2027, 1, 7)
BACK_ON = months.CHARGE_DAY + timedelta(days=3)
JANUARY, FEBRUARY = date(2027, 1, 24), date(2027, 2, 24)


def told(
    cycle: models.Cycle,
    *,
    today: date = months.CHARGE_DAY,
    assumed: Assumptions = rehearsing.CARDS_GO_THROUGH,
) -> list[Event]:
    return rehearsing.rehearse_member(
        membership=cycle.membership, today=today, months=4, assumed=assumed
    )


def happening(events: list[Event], *turns: Turn) -> list[tuple[str, date, str]]:
    return [(str(event.turn), event.day, event.reason) for event in events if event.turn in turns]


def given(events: list[Event]) -> list[date]:
    return [event.day for event in events if event.turn is Turn.DONATION]


def left_out(events: list[Event]) -> list[tuple[date, str]]:
    return [(event.day, event.reason) for event in events if event.turn is Turn.LEFT_OUT]


def test_a_passing_decline_is_made_up_for_on_the_next_retry_day_and_the_months_go_on(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")

    # when
    events = told(cycle)

    # then
    assert [event.day for event in events if event.turn is Turn.OWED] == [months.CHARGE_DAY]
    assert given(events) == [date(2026, 12, 25), JANUARY, FEBRUARY, date(2027, 3, 24)]
    assert left_out(events) == []


def test_an_owed_month_is_given_up_or_made_up_for_as_is_assumed(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")

    # when
    never = told(cycle, assumed=Assumptions(declined_percent=1, recovered_percent=0))
    later = told(cycle, assumed=Assumptions(declined_percent=1, recovered_percent=100))

    # then
    assert left_out(never)[0] == (GIVE_UP, "not_paid_in_time")
    assert given(never)[0] == JANUARY
    assert (given(later)[0] - months.CHARGE_DAY).days in {1, 3, 7}


def test_a_card_that_is_refused_for_good_stays_owed_month_after_month(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="lost_card")

    # when
    events = told(cycle)

    # then each is given up after the town's days, and the membership goes on
    assert happening(events, Turn.OWED, Turn.LEFT_OUT)[:4] == [
        ("owed", months.CHARGE_DAY, ""),
        ("left_out", GIVE_UP, "not_paid_in_time"),
        ("owed", JANUARY, ""),
        ("left_out", date(2027, 2, 7), "not_paid_in_time"),
    ]
    assert given(events) == []


def test_where_the_town_ends_memberships_an_owed_month_ends_it(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="lost_card")
    models.Municipality.objects.update(past_due_outcome="ends")

    # when
    events = told(cycle)

    # then
    assert happening(events, Turn.OWED, Turn.LEFT_OUT, Turn.ENDED, Turn.DONATION) == [
        ("owed", months.CHARGE_DAY, ""),
        ("left_out", GIVE_UP, "not_paid_in_time"),
        ("ended", GIVE_UP, ""),
    ]


def test_where_the_town_ends_memberships_an_assumed_decline_ends_it(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    models.Municipality.objects.update(past_due_outcome="ends")

    # when
    events = told(cycle, assumed=Assumptions(declined_percent=100, recovered_percent=0))

    # then nothing follows
    assert happening(events, Turn.DECLINED, Turn.LEFT_OUT, Turn.ENDED, Turn.DONATION) == [
        ("declined", months.CHARGE_DAY, ""),
        ("left_out", GIVE_UP, "not_paid_in_time"),
        ("ended", GIVE_UP, ""),
    ]


def test_a_bank_that_wants_to_see_the_donor_is_asked_again_the_next_month(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="authentication_required")

    # when
    events = told(cycle)

    # then
    assert left_out(events) == [(GIVE_UP, "not_paid_in_time")]
    assert given(events) == [JANUARY, FEBRUARY, date(2027, 3, 24)]


@pytest.mark.parametrize("said", ["insufficient_funds", "lost_card"])
def test_what_is_told_of_an_owed_month_comes_true(provider: MemoryProvider, said: str) -> None:
    # given
    cycle = months.declined_december_make(provider, said=said)
    events = told(cycle)

    # when the bank says of a lost card what it said before
    months.run_through(provider, months.CHARGE_DAY + timedelta(days=1), date(2027, 3, 31))

    # then
    rows = models.Cycle.objects.filter(membership_id=cycle.membership_id, n__gt=0)
    came = {row.month for row in rows if row.state == "charged"}
    failed = {row.month: row.reason for row in rows if row.state == "failed"}
    assert {event.month for event in events if event.turn is Turn.DONATION} == came
    assert {event.month: event.reason for event in events if event.turn is Turn.LEFT_OUT} == failed


def test_a_month_that_the_new_year_holds_back_is_given_up_without_an_answer(
    provider: MemoryProvider,
) -> None:
    # given a December that nothing asked for, because nothing ran
    cycle = months.december_make(provider)

    # when
    before = told(cycle, today=date(2027, 1, 2))
    months.run(provider, date(2027, 1, 2))
    after = told(cycle, today=date(2027, 1, 3))

    # then nothing of it is told as given
    for events in (before, after):
        assert left_out(events) == [(date(2027, 1, 16), "year_turn_unanswered")]
        assert given(events)[:2] == [JANUARY, FEBRUARY]
        assert not [
            event for event in events if event.month == date(2026, 12, 1) if event.turn is Turn.BOX
        ]


def missed_make(provider: MemoryProvider, *, decision: str = "") -> models.Cycle:
    """A December that was missed, with more than the town lets go on by itself."""
    town = world.town_make()
    town.catch_up_count_max, town.catch_up_max_yen = 0, 500_000
    town.save(update_fields=["catch_up_count_max", "catch_up_max_yen"])
    cycle = months.december_make(provider)
    months.run(provider, BACK_ON)
    plan = catch_up.plan()
    assert plan is not None
    if decision:
        catch_up.decide(
            catch_up_id=plan.catch_up_id,
            decision=decision,
            seen=plan.seen,
            reason="障害から復旧",
            now=months.morning(BACK_ON),
            actor="staff:sato",
        )
    return cycle


def test_a_missed_month_that_waits_for_staff_is_no_donation(provider: MemoryProvider) -> None:
    # given
    cycle = missed_make(provider)

    # when
    events = told(cycle, today=BACK_ON)

    # then it waits, and the new year asks its donor, who does not answer
    assert happening(events, Turn.HELD) == [("held", BACK_ON, "catch_up_waiting")]
    assert left_out(events) == [(date(2027, 1, 15), "year_turn_unanswered")]
    assert given(events)[0] == JANUARY


def test_a_missed_month_whose_donor_is_asked_is_left_out_without_an_answer(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = missed_make(provider, decision="ask")
    until = cycle.catch_ups.get().answer_until

    # when
    events = told(cycle, today=BACK_ON)

    # then
    assert left_out(events) == [(until, "catch_up_unanswered")]
    assert given(events)[0] == JANUARY


@pytest.mark.parametrize(("silence", "comes"), [("accept", True), ("carry", False)])
def test_a_month_whose_swap_is_asked_goes_as_silence_says(
    provider: MemoryProvider, silence: str, comes: bool
) -> None:
    # given
    cycle = months.december_make(provider)
    swapping.wish(cycle.membership, "ask", silence=silence)
    swapping.propose(alternate=swapping.turnip_make(producer=world.producer_make(slug="kabuya")))
    swapping.take_up()
    answer_until = swapping.swap_of(cycle).answer_until

    # when
    events = told(cycle, today=months.LOCK_DAY)

    # then
    december = [event for event in events if event.month == date(2026, 12, 1)]
    expected = [("donation", months.CHARGE_DAY, "")]
    if not comes:
        expected = [("left_out", answer_until + timedelta(days=1), "out_of_stock")]
    assert happening(december, Turn.DONATION, Turn.LEFT_OUT) == expected
    assert [event.turn for event in december if event.turn in {Turn.SWAPPED, Turn.BOX}] == (
        [Turn.SWAPPED, Turn.BOX] if comes else []
    )


@pytest.mark.parametrize(("wish", "comes"), [("accept", True), ("carry", False), ("ask", False)])
def test_a_fixed_month_nobody_has_asked_about_yet_goes_as_its_donor_wishes(
    provider: MemoryProvider, wish: str, comes: bool
) -> None:
    # given
    cycle = months.december_make(provider)
    swapping.wish(cycle.membership, wish)
    swapping.propose()

    # when
    events = told(cycle, today=months.LOCK_DAY)

    # then
    december = [event for event in events if event.month == date(2026, 12, 1)]
    assert [event.turn for event in december if event.turn in {Turn.DONATION, Turn.SWAPPED}] == (
        [Turn.DONATION, Turn.SWAPPED] if comes else []
    )
    assert [reason for _, reason in left_out(december)] == ([] if comes else ["out_of_stock"])


def test_a_paid_month_whose_gift_cannot_come_waits_for_staff(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    models.Cycle.objects.filter(pk=cycle.pk).update(is_listed=False)
    swapping.wish(cycle.membership, "carry")
    swapping.propose(now=months.morning(months.CHARGE_DAY))
    cycle.membership.refresh_from_db()

    # when
    events = told(cycle)

    # then
    december = [event for event in events if event.month == date(2026, 12, 1)]
    assert happening(december, *Turn) == [("held", months.CHARGE_DAY, "swap_refused")]


@pytest.mark.parametrize(
    ("extra_months", "turn", "reason"),
    [(0, Turn.HELD, "swap_refused"), (1, Turn.LEFT_OUT, "out_of_stock")],
)
def test_so_does_a_box_of_a_term_that_cannot_come_later(
    provider: MemoryProvider, extra_months: int, turn: Turn, reason: str
) -> None:
    # given
    cycle = months.december_make(
        provider, tier=world.prepaid_tier_make(box_source=world.world_make())
    )
    models.Municipality.objects.update(term_extra_months=extra_months)
    swapping.wish(cycle.membership, "carry")
    swapping.propose()
    cycle.membership.refresh_from_db()

    # when
    events = told(cycle, today=months.LOCK_DAY)

    # then
    december = [event for event in events if event.month == date(2026, 12, 1)]
    assert [(event.turn, event.reason) for event in december] == [(turn, reason)]

"""Months (cycles): every legal move, every illegal one, and what the database itself refuses."""

import itertools
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.membership import calendar, cycles, models, planning, selectors, services, states
from tests.builders import world

pytestmark = pytest.mark.django_db

LATER = world.NOW + timedelta(days=1)
STATES = [str(state) for state in states.CycleState.values]
LEGAL = {
    (before, str(to))
    for to, sources in states.CYCLE_TRANSITIONS.items()
    for before in map(str, sources)
}


def cycle_in(state: str) -> models.Cycle:
    """The first month of a draft, written past the services into any state."""
    cycle = world.draft_make().cycles.get(n=0)
    reason = "why" if state in {"skipped", "failed"} else ""
    models.Cycle.objects.filter(pk=cycle.pk).update(
        state=state, reason=reason, next_try_on=date(2026, 12, 1)
    )
    return models.Cycle.objects.select_related("membership__donor", "tier").get(pk=cycle.pk)


def row(cycle: models.Cycle) -> dict[str, object]:
    return models.Cycle.objects.values().get(pk=cycle.pk)


def move(cycle: models.Cycle, to: str) -> None:
    """The service that moves a month to a state."""
    if to == "charged":
        cycles.cycle_charged(cycle_id=cycle.pk, now=LATER, actor="x")
    elif to == "skipped":
        cycles.cycle_skip(cycle_id=cycle.pk, reason="resident_no_gift", now=LATER, actor="x")
    elif to == "failed":
        cycles.cycle_fail(cycle_id=cycle.pk, reason="not_paid_in_time", now=LATER, actor="x")
    elif to == "void":
        cycles.cycles_void(cycle_ids=[cycle.pk], reason="left", now=LATER, actor="x")


REASONS = {
    "charged": "",
    "skipped": "resident_no_gift",
    "failed": "not_paid_in_time",
    "void": "left",
}
MOVES = list(itertools.product(STATES, REASONS))


@pytest.mark.parametrize(("before", "to"), [pair for pair in MOVES if pair in LEGAL])
def test_a_legal_move_is_made_with_an_event(before: str, to: str) -> None:
    # given
    cycle = cycle_in(before)

    # when
    move(cycle, to)

    # then
    cycle.refresh_from_db()
    assert (cycle.state, cycle.reason) == (to, REASONS[to])
    assert (cycle.next_try_on is None) == (to in {"charged", "failed"})
    event = cycle.events.get()
    assert (event.from_state, event.to_state, event.at, event.actor) == (before, to, LATER, "x")


@pytest.mark.parametrize(("before", "to"), [pair for pair in MOVES if pair not in LEGAL])
def test_an_illegal_move_is_refused_and_leaves_no_trace(before: str, to: str) -> None:
    # given
    cycle = cycle_in(before)
    unchanged = row(cycle)

    # when
    with pytest.raises(InvalidTransition):
        move(cycle, to)

    # then
    assert row(cycle) == unchanged
    assert cycle.events.count() == 0


@pytest.mark.parametrize("before", STATES)
def test_only_a_planned_month_is_locked(before: str) -> None:
    # given
    cycle = cycle_in(before)
    unchanged = row(cycle)

    # when
    world.first_lock(cycle=cycle)

    # then
    is_locked = before == "planned"
    assert row(cycle) == (unchanged | {"state": "locked"} if is_locked else unchanged)
    assert models.CycleSnapshot.objects.filter(cycle=cycle).exists() == is_locked
    assert cycle.events.count() == is_locked


def test_taking_back_several_months_is_all_or_nothing() -> None:
    # given
    membership = world.member_make()
    first = membership.cycles.get(n=0)
    planning.cycles_plan(today=world.TODAY, town=_calendar())
    planned = membership.cycles.get(n=1)

    # when
    with pytest.raises(InvalidTransition):
        cycles.cycles_void(cycle_ids=[planned.pk, first.pk], reason="x", now=LATER, actor="x")

    # then
    planned.refresh_from_db()
    assert (planned.state, planned.events.count()) == ("planned", 0)


def test_what_was_locked_keeps_the_old_address_after_the_donor_moved() -> None:
    # given
    cycle = cycle_in("planned")
    world.first_lock(cycle=cycle)

    # when
    services.donor_details_set(
        donor_id=cycle.membership.donor_id,
        details={
            "family_name": "新田",
            "city": "港区",
            "street": "架空坂9",
            "phone": "090-0000-9999",
        },
    )

    # then
    snapshot = models.CycleSnapshot.objects.get(cycle=cycle)
    assert snapshot.donor_name == "山田　花子"
    assert snapshot.donor_address == "東京都千代田区架空町1-2-3 見本ビル101"
    assert snapshot.delivery["street"] == "架空町1-2-3"
    assert snapshot.delivery["phone"] == "090-0000-1111"
    assert (snapshot.procurement_cost_yen, snapshot.locked_at) == (800, world.NOW)


def test_a_month_without_a_box_keeps_no_delivery_address() -> None:
    # given
    cycle = world.draft_make(is_box_wanted=False).cycles.get(n=0)

    # when
    world.first_lock(cycle=cycle)

    # then
    snapshot = models.CycleSnapshot.objects.get(cycle=cycle)
    assert (snapshot.box_plan_id, snapshot.delivery, snapshot.procurement_cost_yen) == (None, {}, 0)
    assert snapshot.donor_address == "東京都千代田区架空町1-2-3 見本ビル101"


def test_a_retry_day_is_stored_for_a_locked_month_only() -> None:
    # given
    locked = cycle_in("locked")
    day = date(2026, 12, 25)

    # when
    cycles.cycle_retry_set(cycle_id=locked.pk, next_try_on=day)
    kept = row(locked)["next_try_on"]
    models.Cycle.objects.filter(pk=locked.pk).update(state="charged", next_try_on=None)
    cycles.cycle_retry_set(cycle_id=locked.pk, next_try_on=day)

    # then
    assert kept == day
    assert row(locked)["next_try_on"] is None


FORBIDDEN: dict[str, dict[str, object]] = {
    "a state nobody knows": {"state": "asleep"},
    "a donation of nothing": {"amount_yen": 0},
    "a negative donation": {"amount_yen": -3000},
    "a prepaid month with a donation": {"kind": "prepaid"},
    "a prepaid month that nothing covers": {"kind": "prepaid", "amount_yen": 0},
    "skipped without a reason": {"state": "skipped"},
    "failed without a reason": {"state": "failed"},
    "changes after the donation": {"change_until": date(2026, 11, 30)},
    "donation after the list": {"list_on": date(2026, 11, 23)},
    "list after the first parcel": {"ship_from": date(2026, 11, 24)},
    "a window that ends before it begins": {"ship_to": date(2026, 11, 25)},
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses_what_the_states_forbid(what: str) -> None:
    # given
    cycle = world.draft_make().cycles.get(n=0)
    unchanged = row(cycle)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Cycle.objects.filter(pk=cycle.pk).update(**FORBIDDEN[what])

    # then
    assert row(cycle) == unchanged


def test_a_prepaid_month_is_never_charged_even_past_the_services() -> None:
    # given
    membership = _prepaid_member()
    planning.cycles_plan(today=world.TODAY, town=_calendar())
    covered = membership.cycles.get(n=1)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Cycle.objects.filter(pk=covered.pk).update(state="charged")

    # then
    assert row(covered)["state"] == "planned"


def test_a_membership_has_each_month_once() -> None:
    # given
    cycle = world.draft_make().cycles.get(n=0)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Cycle.objects.create(
            **{key: value for key, value in row(cycle).items() if key != "id"}
        )

    # then
    assert models.Cycle.objects.count() == 1


def test_a_month_cannot_enter_a_state_twice() -> None:
    # given
    cycle = cycle_in("planned")
    world.first_lock(cycle=cycle)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.CycleEvent.objects.create(
            cycle=cycle, from_state="planned", to_state="locked", at=LATER, actor="x"
        )

    # then
    assert cycle.events.count() == 1


def test_a_cost_below_nothing_is_refused() -> None:
    cycle = cycle_in("planned")
    world.first_lock(cycle=cycle)

    with pytest.raises(IntegrityError), transaction.atomic():
        models.CycleSnapshot.objects.filter(cycle=cycle).update(procurement_cost_yen=-1)


def _calendar() -> calendar.TownCalendar:
    return selectors.town_calendar(town=world.town_make())


def _prepaid_member() -> models.Membership:
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    return world.member_make(tier=world.prepaid_tier_make(box_source=source))

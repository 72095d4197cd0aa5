"""Payment attempts: one at a time, written before money moves, and every move between states."""

import itertools
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import errors, models, selectors, services, states
from saleor_ext.membership import models as membership_models
from tests.builders import world

pytestmark = pytest.mark.django_db

LATER = world.NOW + timedelta(minutes=5)
STATES = [str(state) for state in states.AttemptState.values]
OPEN = sorted(str(state) for state in states.ATTEMPT_OPEN)
LEGAL = {
    (before, str(to))
    for to, sources in states.ATTEMPT_TRANSITIONS.items()
    for before in map(str, sources)
}


def cycle_make() -> membership_models.Cycle:
    """The locked first month of a draft."""
    cycle = world.draft_make().cycles.select_related("membership__donor", "tier").get(n=0)
    world.first_lock(cycle=cycle)
    return cycle


def begin(cycle: membership_models.Cycle, *, is_off_session: bool = False) -> models.PaymentAttempt:
    return services.attempt_begin(
        cycle_id=cycle.pk,
        cycle_key=f"fs-test-{cycle.pk}",
        membership_id=cycle.membership_id,
        amount_yen=Yen(3000),
        is_off_session=is_off_session,
        most_a_day=99,
        now=world.NOW,
        actor="x",
    )


def attempt_in(state: str) -> models.PaymentAttempt:
    """An attempt written past the services into any state."""
    attempt = begin(cycle_make())
    columns: dict[str, object] = {"state": state}
    if state not in OPEN:
        columns["settled_at"] = world.NOW
    if state in {"succeeded", "refunded"}:
        columns["charge_ref"] = "ch_0"
    models.PaymentAttempt.objects.filter(pk=attempt.pk).update(**columns)
    attempt.refresh_from_db()
    return attempt


def row(attempt: models.PaymentAttempt) -> dict[str, object]:
    return models.PaymentAttempt.objects.values().get(pk=attempt.pk)


def move(attempt: models.PaymentAttempt, to: str) -> None:
    """The service that moves an attempt to a state."""
    if to == "unknown":
        services.attempt_unknown(attempt_id=attempt.pk, now=LATER, actor="x", reason="timeout")
    elif to == "action_required":
        services.attempt_action_required(
            attempt_id=attempt.pk, provider_ref="pi_1", now=LATER, actor="x"
        )
    elif to == "declined":
        services.attempt_decline(
            attempt_id=attempt.pk,
            provider_ref="pi_1",
            decline_code="lost_card",
            is_retryable=False,
            now=LATER,
            actor="x",
        )
    elif to == "succeeded":
        services.attempt_succeed(
            attempt_id=attempt.pk,
            provider_ref="pi_1",
            charge_ref="ch_1",
            donated_on=date(2026, 11, 24),
            facts=services.DonationFacts(
                municipality_id=world.town_make().pk,
                donor_id=attempt.cycle.membership.donor_id,
                tier_name="なぎさ会員",
                donor_name="山田　花子",
                donor_address="東京都千代田区架空町1-2-3",
                donor_prefecture="東京都",
                use_name="",
            ),
            now=LATER,
            actor="x",
        )


COLUMNS: dict[str, dict[str, object]] = {
    "unknown": {"settled_at": None},
    "action_required": {"settled_at": None, "provider_ref": "pi_1"},
    "declined": {"settled_at": LATER, "decline_code": "lost_card", "is_retryable": False},
    "succeeded": {"settled_at": LATER, "charge_ref": "ch_1", "decline_code": ""},
}
MOVES = list(itertools.product(STATES, COLUMNS))


@pytest.mark.parametrize(("before", "to"), [pair for pair in MOVES if pair in LEGAL])
def test_a_legal_move_is_made_with_an_event(before: str, to: str) -> None:
    # given
    attempt = attempt_in(before)

    # when
    move(attempt, to)

    # then
    written = row(attempt)
    assert written["state"] == to
    assert {name: written[name] for name in COLUMNS[to]} == COLUMNS[to]
    event = attempt.events.order_by("pk").last()
    assert (event.from_state, event.to_state, event.at) == (before, to, LATER)
    assert models.Donation.objects.count() == (to == "succeeded")


@pytest.mark.parametrize(("before", "to"), [pair for pair in MOVES if pair not in LEGAL])
def test_an_illegal_move_is_refused_and_leaves_no_trace(before: str, to: str) -> None:
    # given
    attempt = attempt_in(before)
    unchanged = row(attempt)

    # when
    with pytest.raises(InvalidTransition):
        move(attempt, to)

    # then
    assert row(attempt) == unchanged
    assert attempt.events.count() == 1
    assert models.Donation.objects.count() == 0
    assert models.ReceiptCounter.objects.count() == 0


def test_the_first_attempt_carries_the_months_key_and_its_number() -> None:
    # given
    cycle = cycle_make()

    # when
    first = begin(cycle)
    move(first, "declined")
    second = begin(cycle, is_off_session=True)

    # then
    assert (first.key, first.number, first.is_off_session) == (f"fs-test-{cycle.pk}-a1", 1, False)
    assert (second.key, second.number, second.is_off_session) == (
        f"fs-test-{cycle.pk}-a2",
        2,
        True,
    )
    assert [item.number for item in selectors.attempts_of_cycle(cycle_id=cycle.pk)] == [1, 2]
    assert selectors.latest_attempt(cycle_id=cycle.pk) == second
    assert selectors.open_attempt(cycle_id=cycle.pk) == second
    event = first.events.order_by("pk").first()
    assert (event.from_state, event.to_state, event.actor) == ("", "intent", "x")


@pytest.mark.parametrize("state", [*OPEN, "succeeded", "refunded"])
def test_no_second_attempt_beside_an_open_one_or_after_the_money_came(state: str) -> None:
    # given
    attempt = attempt_in(state)

    # when
    with pytest.raises(errors.AttemptOpen):
        begin(attempt.cycle)

    # then
    assert models.PaymentAttempt.objects.count() == 1
    assert models.PaymentAttemptEvent.objects.count() == 1


def test_the_same_key_is_never_used_twice() -> None:
    # given
    cycle = cycle_make()
    first = begin(cycle)
    move(first, "declined")
    models.PaymentAttempt.objects.filter(pk=first.pk).update(key=f"fs-test-{cycle.pk}-a2")

    # when
    with pytest.raises(errors.AttemptOpen):
        begin(cycle)

    # then
    assert models.PaymentAttempt.objects.count() == 1


def test_the_providers_reference_is_kept_from_its_first_word() -> None:
    # given
    attempt = attempt_in("intent")

    # when
    services.attempt_opened(attempt_id=attempt.pk, provider_ref="pi_1")
    services.attempt_opened(attempt_id=attempt.pk, provider_ref="pi_2")

    # then
    assert row(attempt)["provider_ref"] == "pi_1"
    assert selectors.attempt_by_provider_ref(provider_ref="pi_1") == attempt
    assert selectors.attempt_by_provider_ref(provider_ref="pi_2") is None
    assert selectors.attempt_by_provider_ref(provider_ref="") is None
    assert selectors.attempt_by_key(key=attempt.key) == attempt
    assert selectors.attempt_by_key(key="") is None


@pytest.mark.parametrize("state", STATES)
def test_a_decline_in_the_browser_is_noted_only_while_the_attempt_is_open(state: str) -> None:
    # given
    attempt = attempt_in(state)

    # when
    services.attempt_decline_note(attempt_id=attempt.pk, decline_code="x" * 80)

    # then
    assert row(attempt)["decline_code"] == ("x" * 60 if state in OPEN else "")
    assert row(attempt)["state"] == state


FORBIDDEN: dict[str, tuple[str, dict[str, object]]] = {
    "a state nobody knows": ("intent", {"state": "asleep"}),
    "an amount of nothing": ("intent", {"amount_yen": 0}),
    "a negative amount": ("intent", {"amount_yen": -1}),
    "open and settled": ("intent", {"settled_at": LATER}),
    "declined and not settled": ("intent", {"state": "declined"}),
    "succeeded without a charge": ("declined", {"state": "succeeded"}),
    "refunded without a charge": ("declined", {"state": "refunded"}),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses_what_the_states_forbid(what: str) -> None:
    # given
    state, columns = FORBIDDEN[what]
    attempt = attempt_in(state)
    unchanged = row(attempt)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.PaymentAttempt.objects.filter(pk=attempt.pk).update(**columns)

    # then
    assert row(attempt) == unchanged


@pytest.mark.parametrize(("first", "second"), [("intent", "unknown"), ("succeeded", "refunded")])
def test_the_database_allows_a_month_one_open_and_one_received_attempt(
    first: str, second: str
) -> None:
    # given
    attempt = attempt_in(first)
    values = row(attempt) | {"number": 2, "key": "another", "state": second}
    del values["id"]

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.PaymentAttempt.objects.create(**values)

    # then
    assert models.PaymentAttempt.objects.count() == 1


def test_an_attempt_cannot_enter_a_state_twice() -> None:
    attempt = attempt_in("intent")

    with pytest.raises(IntegrityError), transaction.atomic():
        models.PaymentAttemptEvent.objects.create(
            attempt=attempt, from_state="", to_state="intent", at=LATER, actor="x"
        )


def test_looks_of_the_janitor_are_counted() -> None:
    # given
    attempt = attempt_in("unknown")

    # when
    services.attempt_looked_at(attempt_id=attempt.pk, now=LATER, look_count=3)

    # then
    assert (row(attempt)["looked_at"], row(attempt)["look_count"]) == (LATER, 3)

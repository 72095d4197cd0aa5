"""A day's donations are received in batches; each member is still dealt with for himself."""

import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from saleor_ext.common import clock
from saleor_ext.contracts.payment import ChargeRequest, ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import asking, charge_run, charging, locking, received, settle
from saleor_ext.membership import models, planning, selectors
from saleor_ext.operation import services as operation
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

Queries = Callable[[], contextlib.AbstractContextManager[CaptureQueriesContext]]
DAY = months.CHARGE_DAY


def decembers_make(count: int, *, prefix: str = "m") -> list[models.Cycle]:
    """The locked Decembers of members who joined on 24 November 2026."""
    tier = world.world_make()
    made = [
        world.member_make(tier=tier, donor=world.donor_make(name=f"{prefix}{number}"))
        for number in range(count)
    ]
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=world.NOW, actor="test")
    return [months.month_of(membership, 1) for membership in made]


def charge_all(day: date = DAY) -> charge_run.Tally:
    moment = clock.going_on_from(months.morning(day))
    return charge_run.charge_due(as_of=day, moment=moment, actor="test")


def states_of(cycles: list[models.Cycle]) -> list[tuple[str, str]]:
    rows = [months.month_of(cycle.membership, 1) for cycle in cycles]
    return [(row.state, row.membership.state) for row in rows]


def receipts() -> list[int]:
    rows = donation_models.Donation.objects.filter(attempt__cycle__n=1).order_by("receipt_number")
    return list(rows.values_list("receipt_number", flat=True))


def test_every_answer_of_a_batch_has_its_own_consequence(provider: MemoryProvider) -> None:
    # given
    cycles = decembers_make(7)
    provider.next_outcomes = [
        "ok",
        "insufficient_funds",
        "lost_answer",
        "authentication_required",
        "refused",
        "down",
        "ok",
    ]

    # when
    tally = charge_all()

    # then
    assert (tally.due, tally.charged, tally.declined) == (7, 2, 2)
    assert (tally.unknown, tally.parked, tally.donations_yen) == (2, 1, 6000)
    assert states_of(cycles) == [
        ("charged", "active"),
        ("locked", "past_due"),
        ("locked", "active"),
        ("locked", "past_due"),
        ("locked", "parked"),
        ("locked", "active"),
        ("charged", "active"),
    ]
    attempts = donation_models.PaymentAttempt.objects.filter(cycle__n=1).order_by("pk")
    assert list(attempts.values_list("state", flat=True)) == [
        "succeeded",
        "declined",
        "unknown",
        "action_required",
        "declined",
        "intent",
        "succeeded",
    ]
    assert receipts() == [8, 9]
    for cycle in (cycles[0], cycles[6]):
        events = cycle.events.order_by("pk").values_list("from_state", "to_state", "actor")
        assert list(events)[-1] == ("locked", "charged", "test")
        topics = outbox_models.OutboxMessage.objects.filter(payload__cycle_id=cycle.pk)
        assert Counter(topics.values_list("topic", flat=True)) == {
            "order.create": 1,
            "order.pay": 1,
            "mail.send": 1,
        }


def test_a_large_batch_is_charged_with_as_few_questions_as_a_small_one(
    provider: MemoryProvider, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(charge_run, "BATCH_LEAST", 50)
    decembers_make(3)
    with queries() as three:
        assert charge_all().charged == 3
    decembers_make(12, prefix="n")

    # when
    with queries() as twelve:
        assert charge_all().charged == 12

    # then
    assert len(twelve.captured_queries) == len(three.captured_queries) <= 80


def test_an_answer_that_cannot_be_written_parks_that_member_only(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycles = decembers_make(4)
    bad = cycles[1].pk
    real = received._messages

    def broken(money: received.Money, **kwargs: Any) -> Any:
        if money.cycle.pk == bad:
            raise ValueError("nobody thought of this")
        return real(money, **kwargs)

    monkeypatch.setattr(received, "_messages", broken)

    # when
    tally = charge_all()

    # then
    assert (tally.charged, tally.parked, tally.donations_yen) == (3, 1, 9000)
    good = ("charged", "active")
    assert states_of(cycles) == [good, ("locked", "parked"), good, good]
    assert receipts() == [5, 6, 7]
    attempt = donation_models.PaymentAttempt.objects.get(cycle_id=bad)
    assert (attempt.state, attempt.provider_ref) == ("intent", "")

    # and when the fault is found and mended, the janitor asks what became of it
    monkeypatch.setattr(received, "_messages", real)
    settle.attempt_settle(attempt_id=attempt.pk, now=months.morning(DAY, hour=12), actor="janitor")

    # then
    assert receipts() == [5, 6, 7, 8]
    assert len(provider.succeeded()) == 4


def test_a_month_that_cannot_be_begun_parks_that_member_only(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycles = decembers_make(3)
    bad = cycles[0].pk
    real = asking.charge_request

    def broken(*, cycle: models.Cycle, **kwargs: Any) -> ChargeRequest:
        if cycle.pk == bad:
            raise ValueError("nobody thought of this")
        return real(cycle=cycle, **kwargs)

    monkeypatch.setattr(asking, "charge_request", broken)

    # when
    tally = charge_all()

    # then
    assert (tally.charged, tally.parked) == (2, 1)
    assert states_of(cycles) == [("locked", "parked"), ("charged", "active"), ("charged", "active")]
    assert not donation_models.PaymentAttempt.objects.filter(cycle_id=bad).exists()
    assert len(provider.calls) == 2


def test_a_member_without_a_card_is_parked_and_the_others_are_charged(
    provider: MemoryProvider,
) -> None:
    # given
    cycles = decembers_make(3)
    donation_models.CardOnFile.objects.filter(donor=cycles[2].membership.donor).delete()

    # when
    tally = charge_all()

    # then
    assert (tally.due, tally.charged, tally.parked) == (3, 2, 1)
    assert states_of(cycles)[2] == ("locked", "parked")


def test_a_stop_in_the_middle_of_a_batch_holds_at_once(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycles = decembers_make(25)
    monkeypatch.setattr(charge_run, "GATE_EVERY_S", 0.0)
    monkeypatch.setattr(charge_run, "BATCH_LEAST", 10)
    real = MemoryProvider.charge_off_session

    def stopping(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        if len(self.calls) == 9:
            operation.charging_stop(reason="決済会社の障害", actor="staff:1", now=world.NOW)
        return real(self, request)

    monkeypatch.setattr(MemoryProvider, "charge_off_session", stopping)

    # when
    tally = charge_all()

    # then the batch that was being asked is written down, nothing is asked any more
    assert (tally.stopped, tally.charged, len(provider.calls)) == ("charging_stopped", 10, 10)
    open_attempts = donation_models.PaymentAttempt.objects.filter(state="intent")
    assert not open_attempts.exists()
    assert Counter(states_of(cycles)) == {("charged", "active"): 10, ("locked", "active"): 15}

    # and when
    operation.charging_start(reason="復旧", actor="staff:1", now=world.NOW)
    after = charge_all()

    # then
    assert (after.stopped, after.charged) == ("", 15)
    assert receipts() == list(range(26, 51))
    assert len(provider.succeeded()) == 25


def test_a_provider_that_may_not_be_asked_leaves_the_attempts_to_the_janitor(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    decembers_make(3)
    provider.next_outcomes = ["down"] * 3

    # when
    tally = charge_all()
    again = charge_all()

    # then nobody tries again before the janitor has asked
    assert (tally.due, tally.unknown) == (3, 3)
    assert (again.due, len(provider.calls)) == (0, 3)


def test_an_answer_that_came_another_way_meanwhile_counts_once(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the provider's own message is quicker than its answer
    decembers_make(3)
    real = MemoryProvider.charge_off_session

    def overtaken(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        state = real(self, request)
        attempt = donation_selectors.attempt_by_key(key=request.key)
        assert attempt is not None
        settle.apply(attempt_id=attempt.pk, state=state, now=months.morning(DAY), actor="webhook")
        return state

    monkeypatch.setattr(MemoryProvider, "charge_off_session", overtaken)

    # when
    tally = charge_all()

    # then
    assert (tally.charged, tally.donations_yen) == (3, 9000)
    assert receipts() == [4, 5, 6]
    mails = outbox_models.OutboxMessage.objects.filter(payload__name="donation_received")
    assert mails.count() == 3


def test_two_attempts_of_one_month_in_one_batch_are_one_donation(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    first = months.attempt_make(cycle)
    settle.apply(
        attempt_id=first.pk,
        state=months.answer(first, months.Outcome.DECLINED),
        now=months.morning(DAY),
        actor="test",
    )
    second = months.attempt_make(cycle, is_off_session=False)
    answers = {
        attempt.pk: months.answer(attempt, months.Outcome.SUCCEEDED) for attempt in (first, second)
    }

    # when
    written = settle.apply_many(answers=answers, now=months.morning(DAY), actor="test")
    again = settle.apply_many(answers=answers, now=months.morning(DAY), actor="test")

    # then one for each membership at a time
    assert (list(written), list(again)) == ([first.pk], [first.pk])
    assert written[first.pk].state == "succeeded"

    # and when
    settle.apply(
        attempt_id=second.pk, state=answers[second.pk], now=months.morning(DAY), actor="test"
    )

    # then
    assert donation_models.Donation.objects.filter(attempt__cycle=cycle).count() == 1
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "second_success")


def test_long_runs_begin_attempts_at_the_moment_they_are_written(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a run that began an hour ago
    december = decembers_make(1)[0]
    begun = months.morning(DAY)
    passed_s = iter([100.0, 3700.0])
    monkeypatch.setattr(clock.time, "monotonic", lambda: next(passed_s, 3700.0))
    moment = clock.going_on_from(begun)

    # when
    charge_run.charge_due(as_of=DAY, moment=moment, actor="test")

    # then the janitor does not take it for an hour old
    attempt = donation_models.PaymentAttempt.objects.get(cycle=december)
    assert (attempt.begun_at - begun).total_seconds() == 3600


def test_nothing_is_begun_where_donations_are_stopped(provider: MemoryProvider) -> None:
    # given
    cycles = decembers_make(2)
    operation.charging_stop(reason="点検", actor="staff:1", now=world.NOW)

    # when
    tally = charge_all()
    alone = charging.cycle_charge(cycle_id=cycles[0].pk, now=months.morning(DAY), actor="test")

    # then
    assert (tally.stopped, tally.due) == ("charging_stopped", 0)
    assert alone is charging.ChargeResult.STOPPED
    assert provider.calls == []

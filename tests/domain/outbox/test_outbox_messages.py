"""The outbox: asked for once, done once, tried again later, given up for staff to see."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.common import jobs
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.outbox import models, selectors, services
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW


@pytest.fixture(autouse=True)
def sweeps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """This will keep the sweep from running by itself and note that it was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: asked.append(name))
    return asked


def put(key: str = "mail:1", **changes: object) -> models.OutboxMessage:
    values: dict[str, object] = {
        "topic": "mail.send",
        "key": key,
        "payload": {"name": "donation_received", "donor_id": 1},
        "now": NOW,
    }
    return services.message_put(**values | changes)


def row(message: models.OutboxMessage) -> dict[str, object]:
    return models.OutboxMessage.objects.values().get(pk=message.pk)


def claim(message: models.OutboxMessage, moment: datetime) -> models.OutboxMessage | None:
    return services.message_claim(due=of(message), now=moment, lease_from=moment)


def of(message: models.OutboxMessage) -> selectors.DueMessage:
    return selectors.DueMessage(id=message.pk, topic=message.topic, lane=message.lane)


def due(moment: datetime, *, limit: int) -> list[int]:
    found = selectors.messages_due(now=moment, lease_at=moment, limit=limit)
    return [message.id for message in found]


def put_off(message: models.OutboxMessage, *, is_final: bool = False, now: datetime = NOW) -> None:
    services.message_put_off(
        message_id=message.pk, error="ShopUnavailable: down", is_final=is_final, now=now
    )


def test_a_message_is_asked_for_once_per_key(sweeps: list[str]) -> None:
    # when
    first = put()
    second = put(payload={"donor_id": 2}, now=NOW + timedelta(hours=1))

    # then
    assert first.pk == second.pk
    assert second.payload == {"name": "donation_received", "donor_id": 1}
    assert (second.state, second.next_try_at, second.attempts) == ("pending", NOW, 0)
    assert sweeps == ["outbox.sweep"]


def test_a_message_that_is_done_is_not_asked_for_again() -> None:
    # given
    message = put()
    services.message_done(message_id=message.pk, now=NOW)

    # when
    put()

    # then
    assert row(message)["state"] == "done"
    assert models.OutboxMessage.objects.count() == 1


def test_a_message_goes_with_the_change_it_follows() -> None:
    # given
    def change() -> None:
        put()
        raise RuntimeError("the change broke off")

    # when
    with pytest.raises(RuntimeError), transaction.atomic():
        change()

    # then
    assert models.OutboxMessage.objects.count() == 0


def test_many_messages_leave_those_that_exist_alone(sweeps: list[str]) -> None:
    # given
    old = put("order.create:1")
    services.message_done(message_id=old.pk, now=NOW)
    rows = [
        models.OutboxMessage(
            topic="order.create",
            key=f"order.create:{number}",
            payload={"cycle_id": number},
            next_try_at=NOW,
            created_at=NOW,
        )
        for number in (1, 2, 3)
    ]

    # when
    services.messages_put_many(messages=rows)
    services.messages_put_many(messages=[])

    # then
    states = models.OutboxMessage.objects.order_by("key").values_list("state", flat=True)
    assert list(states) == ["done", "pending", "pending"]
    assert sweeps == ["outbox.sweep", "outbox.sweep"]


def test_messages_are_due_in_the_order_they_were_written() -> None:
    # given
    one, two, three = put("a"), put("b"), put("c", now=NOW + timedelta(seconds=1))

    # then
    assert due(NOW, limit=10) == [one.pk, two.pk]
    assert due(NOW, limit=1) == [one.pk]
    assert due(NOW + timedelta(seconds=1), limit=10) == [
        one.pk,
        two.pk,
        three.pk,
    ]


def test_one_of_two_workers_gets_a_message() -> None:
    # given
    message = put()

    # when
    first = claim(message, NOW)
    second = claim(message, NOW)

    # then
    assert first is not None
    assert first.claimed_until == NOW + timedelta(seconds=120)
    assert second is None
    assert due(NOW, limit=10) == []


def test_the_message_of_a_worker_that_died_is_free_again_after_two_minutes() -> None:
    # given
    message = put()
    claim(message, NOW)

    # then
    just_before, after = NOW + timedelta(seconds=119), NOW + timedelta(seconds=120)
    assert claim(message, just_before) is None
    assert due(after, limit=10) == [message.pk]
    assert claim(message, after) is not None


def test_a_lease_is_measured_in_real_time_not_by_the_clock_of_the_trial() -> None:
    # given
    message = put()
    claim(message, NOW)

    # when
    leapt = services.message_claim(
        due=of(message),
        now=NOW + timedelta(days=30),
        lease_from=NOW + timedelta(seconds=1),
    )

    # then
    assert leapt is None


def test_a_message_that_is_not_due_or_not_there_is_not_claimed() -> None:
    # given
    message = put(now=NOW + timedelta(minutes=1))

    # then
    assert claim(message, NOW) is None
    unknown = selectors.DueMessage(id=message.pk + 1, topic=message.topic, lane="")
    assert services.message_claim(due=unknown, now=NOW, lease_from=NOW) is None
    assert row(message)["claimed_until"] is None


def test_a_message_that_is_done_is_never_due_again() -> None:
    # given
    message = put()
    put_off(message)
    claim(message, NOW + timedelta(seconds=10))

    # when
    services.message_done(message_id=message.pk, now=NOW + timedelta(seconds=11))

    # then
    found = row(message)
    assert (found["state"], found["done_at"]) == ("done", NOW + timedelta(seconds=11))
    assert (found["claimed_until"], found["last_error"]) == (None, "")
    assert due(NOW + timedelta(days=1), limit=10) == []
    assert not selectors.is_pending(key="mail:1")


DELAYS_S = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240]


def test_the_wait_doubles_and_after_twelve_tries_the_message_is_given_up() -> None:
    # given
    message = put()

    # when
    waits = []
    for _ in range(11):
        put_off(message)
        found = row(message)
        waits.append(int((found["next_try_at"] - NOW).total_seconds()))
        assert (found["state"], found["claimed_until"]) == ("pending", None)
    put_off(message)

    # then
    assert waits == DELAYS_S
    found = row(message)
    assert (found["state"], found["attempts"]) == ("failed", 12)
    assert found["last_error"] == "ShopUnavailable: down"
    assert list(selectors.messages_failed()) == [message]
    assert due(NOW + timedelta(days=9), limit=10) == []


def test_a_wait_is_never_longer_than_three_hours() -> None:
    # given
    message = put()
    models.OutboxMessage.objects.filter(pk=message.pk).update(attempts=10)

    # when
    put_off(message)

    # then
    assert row(message)["next_try_at"] - NOW <= timedelta(hours=3)


def test_a_message_that_cannot_succeed_fails_at_once() -> None:
    # given
    message = put()

    # when
    put_off(message, is_final=True)

    # then
    assert (row(message)["state"], row(message)["attempts"]) == ("failed", 1)


def test_a_long_error_is_cut() -> None:
    # given
    message = put()

    # when
    services.message_put_off(message_id=message.pk, error="x" * 999, is_final=False, now=NOW)

    # then
    assert row(message)["last_error"] == "x" * 200


def test_staff_give_a_failed_message_another_twelve_tries(sweeps: list[str]) -> None:
    # given
    message = put()
    put_off(message, is_final=True)
    later = NOW + timedelta(days=1)

    # when
    services.message_retry(message_id=message.pk, now=later, actor="staff:1")

    # then
    found = row(message)
    assert (found["state"], found["attempts"], found["next_try_at"]) == ("pending", 0, later)
    assert found["last_error"] == "retried by staff:1"
    assert due(later, limit=1) == [message.pk]
    assert sweeps == ["outbox.sweep", "outbox.sweep"]


def test_staff_give_all_failed_messages_another_twelve_tries_at_once(sweeps: list[str]) -> None:
    # given
    failed, waiting, done = put("one"), put("two"), put("three")
    put_off(failed, is_final=True)
    services.message_done(message_id=done.pk, now=NOW)
    untouched = [row(waiting), row(done)]
    later = NOW + timedelta(days=1)

    # when
    first = services.messages_retry_all(now=later, actor="staff:1")
    second = services.messages_retry_all(now=later, actor="staff:1")

    # then
    assert (first, second) == (1, 0)
    found = row(failed)
    assert (found["state"], found["attempts"], found["next_try_at"]) == ("pending", 0, later)
    assert found["last_error"] == "retried by staff:1"
    assert [row(waiting), row(done)] == untouched
    assert sweeps == ["outbox.sweep"] * 4


@pytest.mark.parametrize("state", ["pending", "done"])
def test_only_a_failed_message_is_retried(state: str) -> None:
    # given
    message = put()
    if state == "done":
        services.message_done(message_id=message.pk, now=NOW)
    unchanged = row(message)

    # when
    with pytest.raises(InvalidTransition):
        services.message_retry(message_id=message.pk, now=NOW, actor="staff:1")

    # then
    assert row(message) == unchanged


@pytest.mark.parametrize("is_final", [False, True])
def test_a_slow_worker_does_not_undo_what_another_finished(is_final: bool) -> None:
    # given
    message = put()
    claim(message, NOW)
    services.message_done(message_id=message.pk, now=NOW)
    unchanged = row(message)

    # when
    put_off(message, is_final=is_final)

    # then
    assert row(message) == unchanged


def test_a_slow_worker_does_not_finish_what_was_given_up() -> None:
    # given
    message = put()
    put_off(message, is_final=True)

    # when
    services.message_done(message_id=message.pk, now=NOW)

    # then
    assert row(message)["state"] == "failed"


SOURCES: dict[str, Callable[[models.OutboxMessage], None]] = {
    "pending": lambda message: None,
    "done": lambda message: services.message_done(message_id=message.pk, now=NOW),
    "failed": lambda message: put_off(message, is_final=True),
}
BROKEN: dict[str, dict[str, object]] = {
    "a state nobody knows": {"state": "asleep"},
    "done without a moment": {"state": "done", "done_at": None},
    "a moment without being done": {"state": "failed", "done_at": NOW},
}


@pytest.mark.parametrize(("source", "what"), list(itertools.product(SOURCES, BROKEN)))
def test_the_database_refuses_what_the_states_forbid(source: str, what: str) -> None:
    # given
    message = put()
    SOURCES[source](message)
    unchanged = row(message)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.OutboxMessage.objects.filter(pk=message.pk).update(**BROKEN[what])

    # then
    assert row(message) == unchanged


def test_a_lane_gives_its_messages_one_at_a_time_and_in_order() -> None:
    # given
    create = put("order.create:1", lane="cycle:1")
    pay = put("order.pay:1", lane="cycle:1")
    other = put("order.create:2", lane="cycle:2")

    # when
    out_of_turn = claim(pay, NOW)
    in_turn = claim(create, NOW)
    beside = claim(other, NOW)
    while_worked_on = claim(pay, NOW)
    services.message_done(message_id=create.pk, now=NOW)
    after = claim(pay, NOW)

    # then
    assert (out_of_turn, while_worked_on) == (None, None)
    assert [claimed.pk for claimed in (in_turn, beside, after)] == [create.pk, other.pk, pay.pk]


def test_behind_a_message_that_waits_its_lane_waits_and_others_go_on() -> None:
    # given
    create = put("order.create:1", lane="cycle:1")
    put("order.pay:1", lane="cycle:1")
    other = put("order.create:2", lane="cycle:2")

    # when
    put_off(create)

    # then
    assert due(NOW, limit=10) == [other.pk]
    assert len(due(NOW + timedelta(seconds=10), limit=10)) == 3


def test_an_earlier_message_tried_again_waits_for_a_later_one_under_way() -> None:
    # given
    create = put("order.create:1", lane="cycle:1")
    pay = put("order.pay:1", lane="cycle:1")
    put_off(create, is_final=True)
    claim(pay, NOW)

    # when
    services.message_retry(message_id=create.pk, now=NOW, actor="staff:1")

    # then
    assert claim(create, NOW) is None
    services.message_done(message_id=pay.pk, now=NOW)
    assert claim(create, NOW) is not None


def test_a_patient_message_is_never_given_up() -> None:
    # given
    message = put()

    # when
    for _ in range(30):
        services.message_put_off(
            message_id=message.pk, error="away", is_final=False, is_patient=True, now=NOW
        )

    # then
    found = row(message)
    assert (found["state"], found["attempts"]) == ("pending", 11)
    assert found["next_try_at"] - NOW <= timedelta(hours=3)

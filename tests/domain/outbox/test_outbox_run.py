"""Working off the outbox: each message on its own, whatever happens to the others."""

import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from saleor_ext.common import clock, jobs
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.flows import outbox_run
from saleor_ext.flows.books import ledger
from saleor_ext.flows.orders import orders
from saleor_ext.flows.shop import shop_link
from saleor_ext.outbox import models, selectors, services
from saleor_ext.saleor_connector import errors as shop_errors
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW


class Hand:
    """A handler that notes what it was given and fails where it is told to."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.fails: dict[int, Exception] = {}

    def __call__(self, payload: Mapping[str, Any], now: datetime) -> None:
        self.seen.append(payload["cycle_id"])
        if payload["cycle_id"] in self.fails:
            raise self.fails[payload["cycle_id"]]


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """This will put one noting handler in the place of all."""
    made = Hand()
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    for topic in list(outbox_run.HANDLERS):
        monkeypatch.setitem(outbox_run.HANDLERS, topic, made)
    return made


def put(number: int, topic: str = "order.create") -> models.OutboxMessage:
    return services.message_put(
        topic=topic, key=f"{topic}:{number}", payload={"cycle_id": number}, now=NOW
    )


def state(message: models.OutboxMessage) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.state, message.attempts, message.last_error


def test_every_due_message_is_handled_once_and_in_order(hand: Hand) -> None:
    # given
    messages = [put(number) for number in (3, 1, 2)]

    # when
    first = outbox_run.outbox_drain(now=NOW)
    second = outbox_run.outbox_drain(now=NOW)

    # then
    assert hand.seen == [3, 1, 2]
    assert (first.done, first.put_off, first.orders) == (3, 0, 3)
    assert (second.done, second.put_off, second.orders) == (0, 0, 0)
    assert {state(message) for message in messages} == {("done", 0, "")}


def test_only_topics_that_make_an_order_count_as_orders(hand: Hand) -> None:
    # given
    for topic in outbox_run.HANDLERS:
        put(1, topic)

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, report.orders) == (len(outbox_run.HANDLERS), 2)


def test_an_exception_in_one_message_does_not_stop_the_others(hand: Hand) -> None:
    # given
    one, two, three = put(1), put(2), put(3)
    hand.fails[2] = ZeroDivisionError("花子の住所")

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, report.put_off) == (2, 1)
    assert (state(one)[0], state(three)[0]) == ("done", "done")
    # the class only: an unforeseen error's words may hold anything
    assert state(two) == ("pending", 1, "ZeroDivisionError")


TEMPORARY = [
    shop_errors.ShopUnavailable("timeout"),
    provider_errors.ProviderRetryable("rate_limit"),
    provider_errors.ProviderUnknown("timeout"),
    orders.NotYet("no order yet"),
    ConnectionRefusedError("mail server"),
]


@pytest.mark.parametrize("error", TEMPORARY, ids=lambda error: type(error).__name__)
def test_what_may_pass_is_tried_again_later(hand: Hand, error: Exception) -> None:
    # given
    message = put(1)
    hand.fails[1] = error

    # when
    outbox_run.outbox_drain(now=NOW)
    outbox_run.outbox_drain(now=NOW + timedelta(seconds=9))
    hand.fails.clear()
    waiting = state(message)
    outbox_run.outbox_drain(now=NOW + timedelta(seconds=10))

    # then
    assert hand.seen == [1, 1]
    assert (waiting[0], waiting[1]) == ("pending", 1)
    assert type(error).__name__ in waiting[2]
    assert state(message)[0] == "done"


def test_work_for_a_shop_that_does_not_answer_is_left_and_all_other_work_is_done(
    hand: Hand,
) -> None:
    # given
    orders_put = [put(number) for number in range(1, 6)]
    letter = put(9, "mail.send")
    hand.fails = {number: shop_errors.ShopUnavailable("timeout") for number in range(1, 6)}

    # when
    away = outbox_run.outbox_drain(now=NOW)
    left = [state(message) for message in orders_put]
    hand.fails.clear()
    back = outbox_run.outbox_drain(now=NOW)

    # then three were tried, the others have all their tries, and the mail went out
    assert hand.seen == [1, 2, 3, 9, 4, 5]
    assert (away.done, away.put_off) == (1, 3)
    assert [(said, tries) for said, tries, _ in left] == [("pending", 1)] * 3 + [("pending", 0)] * 2
    assert state(letter)[0] == "done"
    assert (back.done, back.put_off) == (2, 0)


SILENT = [
    ("order.create", shop_errors.ShopUnavailable("timeout"), 3),
    ("refund.make", provider_errors.ProviderUnknown("timeout"), 3),
    ("mail.send", TimeoutError("mail server"), 3),
    ("mail.send", smtplib.SMTPServerDisconnected("gone"), 3),
    ("mail.send", smtplib.SMTPRecipientsRefused({}), 5),
    ("order.create", shop_errors.ShopTokenLost(), 5),
    ("order.create", orders.NotYet("no order yet"), 5),
    ("order.create", ZeroDivisionError(), 5),
]


@pytest.mark.parametrize(
    ("topic", "error", "tried"), SILENT, ids=lambda value: type(value).__name__
)
def test_only_silence_is_taken_for_absence(
    hand: Hand, topic: str, error: Exception, tried: int
) -> None:
    # given
    for number in range(1, 6):
        put(number, topic)
        hand.fails[number] = error

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, report.put_off, len(hand.seen)) == (0, tried, tried)


def test_an_answer_in_between_shows_that_the_shop_is_there(hand: Hand) -> None:
    # given
    for number in range(1, 8):
        put(number)
    hand.fails = {number: shop_errors.ShopUnavailable("timeout") for number in (1, 2, 4, 5, 7)}
    hand.fails[3] = FINAL[0]

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert hand.seen == [1, 2, 3, 4, 5, 6, 7]
    assert (report.done, report.put_off) == (1, 6)


FINAL = [
    shop_errors.ShopRefused(code="INVALID", field="", operation="order_find"),
    shop_errors.ShopAnswerInvalid("no id", operation="order_find"),
    provider_errors.ProviderPermanent("parameter_invalid"),
    orders.OrderCanceled("cancelled in the shop"),
]


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_what_cannot_pass_fails_at_once(hand: Hand, error: Exception) -> None:
    # given
    message = put(1)
    hand.fails[1] = error

    # when
    outbox_run.outbox_drain(now=NOW)
    outbox_run.outbox_drain(now=NOW + timedelta(days=1))

    # then
    assert hand.seen == [1]
    assert state(message)[:2] == ("failed", 1)


def test_when_the_shop_is_back_what_waited_for_it_goes_on_at_once(hand: Hand) -> None:
    # given
    waiting, trying = put(1), put(2)
    hand.fails = {
        1: shop_errors.ShopTokenLost(),
        2: shop_errors.ShopUnavailable("timeout", operation="x"),
    }
    outbox_run.outbox_drain(now=NOW)
    hand.fails.clear()

    # when
    hurried = services.messages_hurry(because_of=shop_link.WAITING, now=NOW)
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (hurried, report.done) == (1, 1)
    assert state(waiting)[0] == "done"
    assert state(trying)[:2] == ("pending", 1)


def test_an_unknown_topic_fails_at_once_and_is_seen(hand: Hand) -> None:
    # given
    message = put(1, "order.paint")

    # when
    outbox_run.outbox_drain(now=NOW)

    # then
    assert hand.seen == []
    assert state(message) == ("failed", 1, "unknown topic")


def test_a_message_is_given_up_after_twelve_tries_and_goes_on_by_hand(hand: Hand) -> None:
    # given
    message = put(1)
    hand.fails[1] = shop_errors.ShopUnavailable("timeout")

    # when
    moment = NOW
    for _ in range(20):
        outbox_run.outbox_drain(now=moment)
        moment += timedelta(hours=4)
    given_up = state(message)
    hand.fails.clear()
    services.message_retry(message_id=message.pk, now=moment, actor="staff:1")
    outbox_run.outbox_drain(now=moment)

    # then
    assert given_up[:2] == ("failed", 12)
    assert len(hand.seen) == 13
    assert state(message)[0] == "done"


def test_a_limit_leaves_the_rest_for_later(hand: Hand) -> None:
    # given
    for number in range(5):
        put(number)

    # when
    with_limit = outbox_run.outbox_drain(now=NOW, limit=2)
    rest = outbox_run.outbox_drain(now=NOW)

    # then
    assert (with_limit.done, rest.done) == (2, 3)


def test_more_messages_than_one_batch_are_all_handled(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(outbox_run, "DRAIN_LIMIT", 2)
    for number in range(5):
        put(number)

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert report.done == 5


def test_a_message_in_another_workers_hands_is_left_alone(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    message = put(1)
    monkeypatch.setattr(clock, "real_now", lambda: NOW)
    taken = selectors.DueMessage(id=message.pk, topic=message.topic, lane=message.lane)
    services.message_claim(due=taken, now=NOW, lease_from=NOW)

    # when
    report = outbox_run.outbox_drain(now=NOW)
    monkeypatch.setattr(clock, "real_now", lambda: NOW + timedelta(minutes=2))
    later = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, later.done) == (0, 1)


def test_messages_written_by_a_handler_are_handled_in_the_same_run(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def writes_another(payload: Mapping[str, Any], now: datetime) -> None:
        put(7, "mail.send")

    monkeypatch.setitem(outbox_run.HANDLERS, "order.create", writes_another)
    put(1)

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert report.done == 2
    assert hand.seen == [7]


def test_a_months_messages_keep_their_order_when_one_is_put_off(hand: Hand) -> None:
    # given
    for topic in ("order.create", "order.pay", "order.fulfill"):
        services.message_put(
            topic=topic, key=f"{topic}:1", lane="cycle:1", payload={"cycle_id": 1}, now=NOW
        )
    put(2)
    hand.fails[1] = shop_errors.ShopUnavailable("timeout")

    # when
    first = outbox_run.outbox_drain(now=NOW)
    hand.fails.clear()
    second = outbox_run.outbox_drain(now=NOW + timedelta(seconds=10))

    # then
    assert (first.done, first.put_off) == (1, 1)
    assert (second.done, second.put_off) == (3, 0)
    assert hand.seen == [1, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "error",
    [
        shop_errors.ShopNotInstalled(),
        shop_errors.ShopRefused(code="PermissionDenied", operation="order_find"),
    ],
    ids=["not installed", "token refused"],
)
def test_what_waits_for_the_app_to_be_installed_again_is_never_given_up(
    hand: Hand, error: Exception
) -> None:
    # given
    message = put(1)
    hand.fails[1] = error

    # when
    moment = NOW
    for _ in range(20):
        outbox_run.outbox_drain(now=moment)
        moment += timedelta(hours=4)

    # then
    assert len(hand.seen) == 20
    assert state(message)[:2] == ("pending", 11)


def test_a_broken_message_does_not_stop_a_real_mail(mailoutbox: list[Any]) -> None:
    # given
    membership = world.member_make()
    cycle = membership.cycles.get(n=0)
    services.message_put(topic="mail.send", key="mail:broken", payload={}, now=NOW)
    services.message_put(
        topic="mail.send",
        key="mail:whole",
        payload={
            "name": "donation_received",
            "donor_id": membership.donor_id,
            "cycle_id": cycle.pk,
            "attempt_id": cycle.attempts.get().pk,
        },
        now=NOW,
    )

    # when
    report = outbox_run.outbox_drain(now=NOW)

    # then
    assert (report.done, report.put_off) == (1, 1)
    assert [mail.to for mail in mailoutbox] == [["hanako@example.jp"]]
    assert "3,000円" in mailoutbox[0].body
    broken = models.OutboxMessage.objects.get(key="mail:broken")
    assert (broken.state, broken.last_error) == ("pending", "KeyError")


def test_a_payload_holds_ids_and_names_of_mails_only() -> None:
    assert {
        "cycle_id",
        "donor_id",
        "attempt_id",
        "shipment_id",
        "refund_id",
        "order_id",
        "donation_id",
        "card_id",
        "grant_id",
        "choice_id",
        "swap_id",
        "onestop_year_id",
        "receipt_id",
        "catch_up_id",
        "name",
    } == ledger.PAYLOAD_KEYS

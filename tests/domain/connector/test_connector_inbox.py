"""The shop's messages: proven, kept once, handled until they are done or a human is asked."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from saleor_ext.saleor_connector import (
    errors,
    hooks,
    inbox,
    models,
    selectors,
    services,
    states,
    tasks,
)
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

API_URL = "http://shop.example.jp/graphql/"
ORDER = {
    "id": "T3JkZXI6MQ==",
    "number": "12",
    "status": "UNFULFILLED",
    "chargeStatus": "NONE",
    "externalReference": "cycle:7:2026-11",
    "updatedAt": "2026-11-24T01:00:00+00:00",
    "transactions": [],
}


@pytest.fixture
def installed(installation):
    installation.save()
    return installation


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """The functions that are called for messages; empty at first."""
    known: dict[str, list] = {}
    monkeypatch.setattr(inbox, "_handlers", known)
    return known


def body_of(typename: str = "OrderPaid", **fields) -> bytes:
    return json.dumps({"__typename": typename, "order": {**ORDER, **fields}}).encode()


def message_of(shop_keys, body: bytes, **headers: str) -> hooks.Message:
    signed = {"Saleor-Api-Url": API_URL, "Saleor-Signature": shop_keys.sign(body)}
    return hooks.message_verify(headers={**signed, **headers}, body=body)


def stored(shop_keys, body: bytes | None = None) -> models.WebhookDelivery:
    message = message_of(shop_keys, body or body_of())
    assert inbox.delivery_store(message=message, now=NOW)
    return models.WebhookDelivery.objects.get(digest=message.digest)


def due(moment) -> list[int]:
    return selectors.deliveries_due(now=moment, attempts_limit=inbox.ATTEMPT_LIMIT)


def test_the_event_is_read_from_the_signed_body_and_not_from_a_header(shop_keys, installed):
    headers = {"Saleor-Event": "transaction_refund_requested"}
    message = message_of(shop_keys, body_of("FulfillmentTrackingNumberUpdated"), **headers)

    assert message.event == "fulfillment_tracking_number_updated"
    assert not message.is_session


@pytest.mark.parametrize(
    ("typename", "event"),
    [
        ("TransactionInitializeSession", "transaction_initialize_session"),
        ("PaymentGatewayInitializeSession", "payment_gateway_initialize_session"),
        ("TransactionRefundRequested", "transaction_refund_requested"),
        ("TransactionCancelationRequested", "transaction_cancelation_requested"),
    ],
)
def test_a_question_about_money_is_known_as_one(shop_keys, installed, typename, event):
    message = message_of(shop_keys, body_of(typename))

    assert message.event == event
    assert message.is_session


def test_header_names_may_come_in_any_case(shop_keys, installed):
    body = body_of()
    headers = {"SALEOR-API-URL": API_URL, "saleor-signature": shop_keys.sign(body)}

    assert hooks.message_verify(headers=headers, body=body).event == "order_paid"


@pytest.mark.parametrize("shop", ["http://evil.example.com/graphql/", ""])
def test_a_shop_that_did_not_install_us_is_refused(shop_keys, installed, shop):
    body = body_of()

    with pytest.raises(errors.SignatureRefused):
        message_of(shop_keys, body, **{"Saleor-Api-Url": shop})
    assert shop_keys.requests == []


def test_a_second_shop_is_refused_though_it_installed_us_too(shop_keys, installed, installation):
    """Its ids would be taken for those of our own shop's people."""
    other = "http://other.example.jp/graphql/"
    models.Installation.objects.create(
        saleor_api_url=other, domain="other", app_id="a", auth_token="t", installed_at=NOW
    )

    with pytest.raises(errors.SignatureRefused):
        message_of(shop_keys, body_of(), **{"Saleor-Api-Url": other})


def test_a_message_without_a_signature_is_refused_and_nothing_is_kept(shop_keys, installed):
    with pytest.raises(errors.SignatureRefused):
        hooks.message_verify(headers={"Saleor-Api-Url": API_URL}, body=body_of())

    assert not models.WebhookDelivery.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"__typename": 1}', b"\xff\xfe", b"{"])
def test_a_genuine_message_of_no_use_is_told_apart_from_a_forged_one(shop_keys, installed, body):
    with pytest.raises(hooks.MessageInvalid):
        message_of(shop_keys, body)


def test_a_message_is_kept_as_it_came_and_handed_on(shop_keys, installed, monkeypatch):
    # given
    handed_on = []
    monkeypatch.setattr(
        inbox.jobs, "enqueue", lambda name, **given: handed_on.append((name, given))
    )

    # when
    row = stored(shop_keys)

    # then
    assert json.loads(row.body)["order"]["number"] == "12"
    assert (row.event, row.state, row.attempts, row.received_at) == (
        "order_paid",
        "received",
        0,
        NOW,
    )
    assert handed_on == [("connector.delivery_handle", {"delivery_id": row.pk})]


def test_a_repeated_message_is_kept_once(shop_keys, installed):
    # given
    row = stored(shop_keys)

    # when
    again = inbox.delivery_store(message=message_of(shop_keys, body_of()), now=NOW)

    # then
    assert again is False
    assert models.WebhookDelivery.objects.get() == row


def test_the_same_body_of_another_event_is_another_message(shop_keys, installed):
    stored(shop_keys, body_of("OrderPaid"))
    stored(shop_keys, body_of("OrderUpdated"))

    assert models.WebhookDelivery.objects.count() == 2


def test_a_handled_message_keeps_no_personal_data(shop_keys, installed, handlers):
    # given
    heard = []
    inbox.handler_register("order_paid", heard.append)
    row = stored(shop_keys)

    # when
    is_settled = inbox.delivery_handle(delivery_id=row.pk, now=NOW)

    # then
    row.refresh_from_db()
    assert is_settled
    assert [payload["order"]["number"] for payload in heard] == ["12"]
    assert (row.state, row.handled_at, row.body, row.attempts) == ("handled", NOW, "", 1)


def test_a_message_is_not_handled_twice(shop_keys, installed):
    heard = []
    inbox.handler_register("order_paid", heard.append)
    row = stored(shop_keys)

    assert inbox.delivery_handle(delivery_id=row.pk, now=NOW)
    assert not inbox.delivery_handle(delivery_id=row.pk, now=NOW)
    assert len(heard) == 1


def test_of_two_workers_with_one_message_one_gives_way(shop_keys, installed):
    # given
    row = stored(shop_keys)
    heard = []

    def slow(payload):
        heard.append(payload)
        if len(heard) == 1:
            other = models.WebhookDelivery.objects.get(pk=row.pk)
            other.attempts = 0  # as the other worker read it before the first one began
            assert inbox._attempt_claim(other) is False

    inbox.handler_register("order_paid", slow)

    # when
    assert inbox.delivery_handle(delivery_id=row.pk, now=NOW)

    # then
    assert len(heard) == 1


def test_the_sweep_handles_what_a_lost_queue_entry_left_behind(shop_keys, installed, clock_at):
    # given
    row = stored(shop_keys)

    # when
    clock_at(NOW + timedelta(minutes=1))
    too_early = tasks.deliveries_sweep()
    clock_at(NOW + timedelta(minutes=3))
    in_time = tasks.deliveries_sweep()

    # then
    row.refresh_from_db()
    assert (too_early, in_time, row.state) == (0, 1, "handled")


def test_a_message_that_nobody_waits_for_is_settled(shop_keys, installed):
    row = stored(shop_keys)

    assert inbox.delivery_handle(delivery_id=row.pk, now=NOW)


def test_a_failure_keeps_the_message_and_names_only_the_kind_of_error(shop_keys, installed):
    # given
    def broken(payload):
        raise ValueError("山田 花子")

    inbox.handler_register("order_paid", broken)
    row = stored(shop_keys)

    # when
    is_settled = inbox.delivery_handle(delivery_id=row.pk, now=NOW)

    # then
    row.refresh_from_db()
    assert not is_settled
    assert (row.state, row.attempts, row.last_error) == ("received", 1, "ValueError")
    assert row.body
    assert due(NOW + timedelta(minutes=4)) == []
    assert due(NOW + timedelta(minutes=4, seconds=1)) == [row.pk]


def test_a_message_that_never_works_is_left_for_a_human_who_may_try_again(shop_keys, installed):
    # given
    is_broken = True

    def moody(payload):
        if is_broken:
            raise ValueError

    inbox.handler_register("order_paid", moody)
    row = stored(shop_keys)

    # when
    for _ in range(inbox.ATTEMPT_LIMIT + 2):
        inbox.delivery_handle(delivery_id=row.pk, now=NOW)

    # then
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", inbox.ATTEMPT_LIMIT)
    assert list(selectors.deliveries_failed()) == [row]
    assert due(NOW + timedelta(days=9)) == []

    # and when it is mended
    is_broken = False
    assert inbox.delivery_retry(delivery_id=row.pk, now=NOW)
    assert inbox.delivery_handle(delivery_id=row.pk, now=NOW)
    assert not inbox.delivery_retry(delivery_id=row.pk, now=NOW)


def test_a_message_that_just_came_is_not_swept(shop_keys, installed):
    stored(shop_keys)

    assert due(NOW + timedelta(minutes=2)) == []
    assert len(due(NOW + timedelta(minutes=2, seconds=1))) == 1


def test_the_database_itself_refuses_a_handled_message_with_a_body():
    row = models.WebhookDelivery(
        digest="d", event="order_paid", body="{}", received_at=NOW, handled_at=NOW
    )
    row.state = states.DeliveryState.HANDLED

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_mirror_hears_of_every_change_of_an_order(handlers):
    apps.get_app_config("saleor_connector").ready()

    assert set(handlers) == {
        "order_created",
        "order_updated",
        "order_paid",
        "order_fully_paid",
        "order_cancelled",
        "order_refunded",
        "order_fulfilled",
    }


def test_an_order_of_ours_is_mirrored_and_an_older_view_changes_nothing():
    # given
    newer = {
        **ORDER,
        "status": "FULFILLED",
        "chargeStatus": "FULL",
        "updatedAt": "2026-11-24T02:00:00+00:00",
        "transactions": [
            {"id": "dGFrZW4=", "chargedAmount": {"amount": 5000.0, "currency": "JPY"}},
            {"id": "ZGVjbGluZWQ=", "chargedAmount": {"amount": 0.0, "currency": "JPY"}},
        ],
    }

    # when
    services.order_message_handle({"order": newer})
    services.order_message_handle({"order": ORDER})

    # then
    row = models.ShopOrder.objects.get(external_reference="cycle:7:2026-11")
    assert (row.status, row.is_paid, row.transaction_id) == ("FULFILLED", True, "dGFrZW4=")


def test_an_order_that_is_none_of_ours_is_not_mirrored():
    services.order_message_handle({"order": {**ORDER, "externalReference": None}})

    assert not models.ShopOrder.objects.exists()

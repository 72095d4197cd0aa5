"""What the app reports of a payment, and what is asked of it: refunds above all."""

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import refusal

REPORT = """mutation($id: ID!, $t: TransactionEventTypeEnum!, $p: String!, $a: PositiveDecimal) {
  transactionEventReport(id: $id, type: $t, pspReference: $p, amount: $a,
    availableActions: [REFUND]) {
    alreadyProcessed transaction { chargedAmount { amount } refundedAmount { amount } actions }
    transactionEvent { type } errors { field code } } }"""
REQUEST = """mutation($id: ID!, $a: PositiveDecimal) { transactionRequestAction(id: $id,
  actionType: REFUND, amount: $a) { transaction { id } errors { code } } }"""
TRANSACTION = """query($id: ID!) { transaction(id: $id) {
  chargedAmount { amount } refundedAmount { amount } refundPendingAmount { amount }
  pspReference paymentMethodDetails { __typename name
    ... on CardPaymentMethodDetails { lastDigits } }
  events { type amount { amount } message } order { chargeStatus externalReference } } }"""


@pytest.fixture
def transaction(shop, installed):
    """A paid order's transaction of 3,000 yen."""
    installed.answers["transaction_initialize_session"] = documents.charge_success("pi_1")
    order_id = documents.order_made(shop, installed.token, "fn:1")
    paid = documents.pay(shop, installed, order_id, "k", 3000)
    shop.settled(installed)
    installed.heard.clear()
    return paid["transaction"]["id"]


def report(shop, token, transaction, kind, reference, amount=None):
    given = {"id": transaction, "t": kind, "p": reference, "a": amount}
    return shop.run(REPORT, given, token=token)["transactionEventReport"]


def read(shop, token, transaction):
    return shop.run(TRANSACTION, {"id": transaction}, token=token)["transaction"]


def eventually(shop, token, transaction, is_so, what):
    """Waits until the transaction shows something. What the app is asked runs behind the answer to
    whoever wished it, and what it said is written down after it was heard: no message tells of it.
    """

    def seen():
        found = read(shop, token, transaction)
        return found if is_so(found) else None

    return shop.eventually(seen, what)


def is_pending(found):
    return found["refundPendingAmount"]["amount"] > 0


def is_refunded(found):
    return found["refundedAmount"]["amount"] > 0


def is_refused(found):
    return "REFUND_FAILURE" in {event["type"] for event in found["events"]}


def test_what_was_reported_once_is_processed_once(shop, installed, transaction):
    # when
    token = installed.token
    first = report(shop, token, transaction, "REFUND_SUCCESS", "re_1", 1000)
    second = report(shop, token, transaction, "REFUND_SUCCESS", "re_1", 1000)
    other = report(shop, token, transaction, "REFUND_SUCCESS", "re_1", 900)

    # then
    assert (first["alreadyProcessed"], second["alreadyProcessed"]) == (False, True)
    assert first["transaction"]["chargedAmount"] == {"amount": 2000.0}
    assert first["transaction"]["refundedAmount"] == {"amount": 1000.0}
    assert other["errors"] == [{"field": "pspReference", "code": "INCORRECT_DETAILS"}]
    seen = read(shop, token, transaction)
    assert seen["refundedAmount"] == {"amount": 1000.0}
    assert seen["order"]["chargeStatus"] == "PARTIAL"
    assert [event["type"] for event in seen["events"]].count("REFUND_FAILURE") == 1
    shop.settled(installed)
    assert len(installed.events("order_refunded")) == 1


def test_a_charge_the_shop_gave_up_waiting_for_is_reported_later(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = {"nonsense": True}
    order_id = documents.order_made(shop, installed.token, "fn:1")
    failed = documents.pay(shop, installed, order_id, "k", 3000)

    # when
    transaction = failed["transaction"]["id"]
    answer = report(shop, installed.token, transaction, "CHARGE_SUCCESS", "pi_9", 3000)

    # then
    assert failed["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert answer["transaction"]["chargedAmount"] == {"amount": 3000.0}
    seen = read(shop, installed.token, transaction)
    assert seen["order"] == {"chargeStatus": "FULL", "externalReference": shop.town.ref("fn:1")}
    assert seen["pspReference"] == "pi_9"


def test_a_report_without_an_amount_that_cannot_be_guessed_is_refused(shop, installed, transaction):
    answer = report(shop, installed.token, transaction, "REFUND_SUCCESS", "re_1")

    assert answer["errors"] == [{"field": "amount", "code": "REQUIRED"}]
    assert read(shop, installed.token, transaction)["refundedAmount"] == {"amount": 0.0}


def test_a_refund_is_asked_for_and_reported_later(shop, installed, staff, transaction):
    # given
    installed.answers["transaction_refund_requested"] = {"pspReference": "re_1"}

    # when
    asked = shop.run(REQUEST, {"id": transaction, "a": 1000}, token=staff)
    pending = eventually(shop, staff, transaction, is_pending, "the refund under way")
    done = report(shop, installed.token, transaction, "REFUND_SUCCESS", "re_1", 1000)

    # then
    assert asked["transactionRequestAction"]["errors"] == []
    (heard,) = installed.events("transaction_refund_requested")
    assert heard["data"]["action"] == {"amount": 1000.0, "actionType": "REFUND"}
    assert heard["data"]["transaction"] == {"id": transaction, "pspReference": "pi_1"}
    # base64 of OrderGrantedRefund:None, as the shop sends without a granted refund
    assert heard["data"]["grantedRefund"] == {
        "id": "T3JkZXJHcmFudGVkUmVmdW5kOk5vbmU=",
        "reason": None,
    }
    assert pending["chargedAmount"] == {"amount": 2000.0}
    assert pending["refundPendingAmount"] == {"amount": 1000.0}
    assert done["transaction"]["chargedAmount"] == {"amount": 2000.0}
    assert done["transaction"]["refundedAmount"] == {"amount": 1000.0}


def test_a_refund_answered_at_once_is_done_at_once(shop, installed, staff, transaction):
    # given
    answer = {"pspReference": "re_1", "result": "REFUND_SUCCESS", "amount": 3000}
    installed.answers["transaction_refund_requested"] = answer

    # when
    shop.run(REQUEST, {"id": transaction}, token=staff)

    # then
    seen = eventually(shop, staff, transaction, is_refunded, "the refund")
    assert seen["refundedAmount"] == {"amount": 3000.0}
    assert seen["order"]["chargeStatus"] == "NONE"


def test_a_refund_the_app_broke_on_is_tried_again_with_an_empty_body(
    shop, installed, staff, transaction
):
    # given
    installed.statuses["transaction_refund_requested"] = [500, 503]
    installed.answers["transaction_refund_requested"] = {
        "pspReference": "re_1",
        "result": "REFUND_SUCCESS",
    }

    # when
    shop.run(REQUEST, {"id": transaction, "a": 500}, token=staff)
    seen = eventually(shop, staff, transaction, is_refunded, "the refund")

    # then
    heard = installed.events("transaction_refund_requested")
    assert [bool(item["body"]) for item in heard] == [True, False, False]
    for item in heard:
        assert installed.signature_claims(item)["alg"] == "RS256"
    assert seen["refundedAmount"] == {"amount": 500.0}


def test_a_refund_no_app_can_be_reached_for_fails_at_once(shop, app, staff):
    # given
    shop.install(app)
    app.answers["transaction_initialize_session"] = documents.charge_success()
    order_id = documents.order_made(shop, app.token, "fn:1")
    transaction = documents.pay(shop, app, order_id, "k", 3000)["transaction"]["id"]
    shop.settled(app)
    app.stop()

    # when
    shop.run(REQUEST, {"id": transaction, "a": 500}, token=staff)

    # then
    seen = eventually(shop, staff, transaction, is_refused, "the refusal")
    assert seen["chargedAmount"] == {"amount": 3000.0}
    assert seen["refundPendingAmount"] == {"amount": 0.0}


def test_the_card_is_shown_as_the_app_described_it(shop, installed, transaction):
    assert read(shop, installed.token, transaction)["paymentMethodDetails"] == {
        "__typename": "CardPaymentMethodDetails",
        "name": "Visa",
        "lastDigits": "4242",
    }


def test_staff_do_not_report_for_the_app(shop, installed, staff, transaction):
    given = {"id": transaction, "t": "REFUND_SUCCESS", "p": "re_1", "a": 1}
    answer = shop.post(REPORT, given, token=staff)

    assert refusal(answer) == "PermissionDenied"
    assert read(shop, staff, transaction)["refundedAmount"] == {"amount": 0.0}


def test_a_key_used_for_one_order_is_refused_for_another(shop, installed, transaction):
    # given
    other = documents.draft(shop, installed.token, "fn:2")["order"]["id"]

    # when
    answer = documents.pay(shop, installed, other, "k", 3000)

    # then
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("idempotencyKey", "UNIQUE")]
    assert installed.events("transaction_initialize_session") == []


def test_an_unknown_gateway_is_refused(shop, installed):
    order_id = documents.draft(shop, installed.token, "fn:1")["order"]["id"]

    given = {"id": order_id, "g": "jp.example.nobody", "k": "k"}
    answer = shop.run(documents.INITIALIZE, given)["transactionInitialize"]
    config = shop.run(documents.GATEWAY_INITIALIZE, {"id": order_id, "g": "jp.example.nobody"})

    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("paymentGateway", "NOT_FOUND")]
    (gateway,) = config["paymentGatewayInitialize"]["gatewayConfigs"]
    assert gateway["errors"] == [{"code": "NOT_FOUND"}]
    assert documents.order(shop, installed.token, "fn:1")["transactions"] == []

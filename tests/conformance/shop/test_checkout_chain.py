"""Checkout → payment → order, with an app that answers the sessions."""

import threading

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import codes
from tests.conformance.shop.shops import Shop

PAID = """query($id: ID!) { checkout(id: $id) { chargeStatus transactions { id
  chargedAmount { amount } } } }"""


def complete(shop: Shop, checkout: str) -> dict:
    return shop.run(documents.COMPLETE, {"id": checkout})["checkoutComplete"]


def paid(shop: Shop, checkout: str) -> dict:
    """What has been paid for a checkout, as the app sees it."""
    return shop.run(PAID, {"id": checkout}, token=shop.staff)["checkout"]


@pytest.fixture
def pay(shop, installed):
    """Asks the app for the money of a checkout, as a browser does: without a token."""

    def begin(checkout, key="key-1", amount=None):
        return documents.pay(shop, installed, checkout, key, amount)

    return begin


def test_a_paid_checkout_becomes_an_order_with_stock_promised_to_it(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    installed.answers["payment_gateway_initialize_session"] = {"data": {"key": "pk_1"}}
    checkout = documents.checkout_ready(shop)

    # when
    gateway = shop.run(documents.GATEWAY_INITIALIZE, {"id": checkout, "g": installed.identifier})
    charged = pay(checkout)
    completed = complete(shop, checkout)

    # then
    assert gateway["paymentGatewayInitialize"]["gatewayConfigs"] == [
        {"id": installed.identifier, "data": {"key": "pk_1"}, "errors": []}
    ]
    assert charged["errors"] == []
    assert charged["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert charged["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert charged["data"] == {"said": "thanks"}
    assert completed["errors"] == []
    assert completed["order"]["chargeStatus"] == "FULL"
    assert completed["order"]["status"] == "UNFULFILLED"
    assert completed["order"]["metadata"] == [{"key": "furusato.membership", "value": "m-1"}]
    assert documents.stock(shop, "mikan") == (5, 1)
    shop.settled(installed)
    heard = {item["event"] for item in installed.heard}
    assert heard >= {
        "order_created",
        "order_confirmed",
        "order_paid",
        "order_fully_paid",
        "order_updated",
        "checkout_fully_paid",
    }


def test_the_session_tells_the_app_the_amount_as_a_float_and_what_is_bought(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)

    # when
    pay(checkout, amount=1000.55)

    # then
    (asked,) = installed.events("transaction_initialize_session")
    assert b'"amount": 1001.0' in asked["body"]
    assert asked["data"]["action"]["actionType"] == "CHARGE"
    assert asked["data"]["idempotencyKey"] == shop.town.ref("key-1")
    assert asked["data"]["customerIpAddress"] == "127.0.0.1"
    assert asked["data"]["sourceObject"]["lines"] == [
        {"variant": {"sku": shop.town.variants["tier-5000"].sku}},
        {"variant": {"sku": shop.town.variants["mikan"].sku}},
    ]
    assert asked["data"]["merchantReference"] == asked["data"]["transaction"]["id"]


def test_completing_again_returns_the_same_order(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)
    pay(checkout)

    # when
    first, second = complete(shop, checkout), complete(shop, checkout)

    # then
    assert first["order"] == second["order"]
    assert documents.stock(shop, "mikan") == (5, 1)


def test_an_unpaid_checkout_is_not_completed(shop, installed):
    # given
    checkout = documents.checkout_ready(shop)

    # when
    answer = complete(shop, checkout)

    # then
    assert answer["order"] is None
    assert answer["confirmationNeeded"] is False
    assert codes(answer) == ["CHECKOUT_NOT_FULLY_PAID"]
    assert paid(shop, checkout) == {"chargeStatus": "NONE", "transactions": []}
    assert documents.stock(shop, "mikan") == (5, 0)


def test_money_can_be_taken_before_the_checkout_is_complete_enough(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    given = documents.checkout_given(
        shop, "mikan", "tier-5000", email=shop.hanako.email, billingAddress=documents.ADDRESS
    )
    created = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]["checkout"]

    # when
    charged = pay(created["id"])
    answer = complete(shop, created["id"])

    # then
    assert charged["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert codes(answer) == ["SHIPPING_METHOD_NOT_SET"]
    assert paid(shop, created["id"])["chargeStatus"] == "FULL"


def test_the_same_key_asks_the_app_again_but_charges_once(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)

    # when
    answers = [pay(checkout, amount=5000) for _ in range(3)]

    # then
    assert len({answer["transaction"]["id"] for answer in answers}) == 1
    assert answers[2]["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert len(installed.events("transaction_initialize_session")) == 3
    assert len(paid(shop, checkout)["transactions"]) == 1


def test_the_same_key_with_another_amount_is_refused(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)
    pay(checkout, amount=5000)

    # when
    answer = pay(checkout, amount=4000)

    # then
    assert answer["transaction"] is None
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("idempotencyKey", "UNIQUE")]
    assert len(installed.events("transaction_initialize_session")) == 1
    (transaction,) = paid(shop, checkout)["transactions"]
    assert transaction["chargedAmount"] == {"amount": 5000.0}


def test_an_empty_key_is_refused(shop, installed, pay):
    checkout = documents.checkout_ready(shop)

    answer = pay(checkout, key="")

    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("idempotencyKey", "INVALID")]
    assert paid(shop, checkout)["transactions"] == []


def test_an_app_that_is_too_slow_means_failure(shop, installed, pay):
    # given
    wait = threading.Event()
    installed.answers["transaction_initialize_session"] = lambda _body: wait.wait(25) and {}
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(checkout)
    wait.set()

    # then
    assert answer["errors"] == []
    assert answer["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert answer["transactionEvent"]["message"] == "Failed to delivery request."
    assert answer["transaction"]["chargedAmount"] == {"amount": 0.0}


def test_an_answer_that_is_not_as_it_should_be_means_failure(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = {"result": "CHARGE_SUCCESS"}
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(checkout)

    # then
    assert answer["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert "pspReference" in answer["transactionEvent"]["message"]


def test_an_amount_the_app_answers_is_believed(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_SUCCESS",
        "pspReference": "pi_1",
        "amount": 5000.5,
    }
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(checkout)

    # then
    seen = shop.run("query($id: ID!) { checkout(id: $id) { chargeStatus } }", {"id": checkout})
    assert answer["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert seen["checkout"]["chargeStatus"] == "OVERCHARGED"


def test_three_d_secure_takes_a_second_step(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_ACTION_REQUIRED",
        "pspReference": "pi_1",
        "data": {"url": "https://example.com/3ds"},
    }
    installed.answers["transaction_process_session"] = documents.charge_success("pi_1")
    checkout = documents.checkout_ready(shop)
    opened = pay(checkout)

    # when
    transaction = opened["transaction"]["id"]
    processed = shop.run(documents.PROCESS, {"id": transaction})["transactionProcess"]
    again = shop.run(documents.PROCESS, {"id": transaction})["transactionProcess"]

    # then
    assert opened["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert processed["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert again["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert len(installed.events("transaction_process_session")) == 1
    assert complete(shop, checkout)["order"]["chargeStatus"] == "FULL"


def test_the_app_may_ask_the_shop_while_the_shop_waits_for_it(shop, installed, pay):
    # given
    def answer(body):
        found = shop.run(
            "query($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } } }",
            {"id": body["sourceObject"]["id"]},
            token=installed.token,
        )
        shop.run(
            'mutation($id: ID!) { updatePrivateMetadata(id: $id, input: [{key: "seen",'
            ' value: "yes"}]) { errors { code } } }',
            {"id": body["sourceObject"]["id"]},
            token=installed.token,
        )
        assert found["checkout"]["totalPrice"]["gross"]["amount"] == 5000.0
        return documents.charge_success()(body)

    installed.answers["transaction_initialize_session"] = answer
    checkout = documents.checkout_ready(shop)

    # when
    charged = pay(checkout)

    # then
    assert charged["transactionEvent"]["type"] == "CHARGE_SUCCESS"


def test_a_decline_leaves_the_checkout_open_for_a_new_key(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_FAILURE",
        "message": "card_declined",
        "data": {"code": "card_declined"},
    }
    checkout = documents.checkout_ready(shop)

    # when
    declined = pay(checkout, key="try-1")
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    charged = pay(checkout, key="try-2")

    # then
    assert declined["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert declined["transactionEvent"]["message"] == "card_declined"
    assert declined["data"] == {"code": "card_declined"}
    assert charged["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert complete(shop, checkout)["order"]["chargeStatus"] == "FULL"


def test_an_own_price_is_for_apps_only(shop, installed, staff):
    # given
    given = {"i": documents.checkout_given(shop, "tier-5000", email=shop.hanako.email)}
    given["i"]["lines"][0]["price"] = 3000

    # when
    refused = shop.post(documents.CHECKOUT_CREATE, given, token=staff)
    allowed = shop.run(documents.CHECKOUT_CREATE, given, token=installed.token)

    # then
    assert documents.refusal(refused) == "PermissionDenied"
    gross = allowed["checkoutCreate"]["checkout"]["totalPrice"]["gross"]
    assert gross == {"amount": 3000.0, "currency": "JPY"}


def test_a_checkout_names_the_app_as_its_gateway(shop, installed):
    # when
    given = documents.checkout_given(shop, "tier-5000")
    created = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]["checkout"]

    # then
    gateways = created["availablePaymentGateways"]
    assert {"id": installed.identifier, "name": installed.name} in gateways
    assert created["isShippingRequired"] is False


def test_the_last_piece_is_promised_once(shop, installed, pay):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkouts = [documents.checkout_ready(shop) for _ in range(6)]
    for number, checkout in enumerate(checkouts):
        pay(checkout, key=f"key-{number}")

    # when
    answers = [complete(shop, checkout) for checkout in checkouts]

    # then
    assert [codes(answer) for answer in answers] == [[]] * 5 + [["INSUFFICIENT_STOCK"]]
    assert documents.stock(shop, "mikan") == (5, 5)

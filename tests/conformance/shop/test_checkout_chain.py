"""Checkout → payment → order, with an app that answers the sessions."""

import threading

from fixtures.shop.testing import ShopClient
from tests.conformance.shop import documents
from tests.conformance.shop.fake_app import IDENTIFIER, FakeApp


def pay(shop: ShopClient, source: str, key: str = "key-1", amount: float | None = None) -> dict:
    given = {"id": source, "g": IDENTIFIER, "k": key, "a": amount}
    return shop.run(documents.INITIALIZE, given)["transactionInitialize"]


def complete(shop: ShopClient, checkout: str) -> dict:
    return shop.run(documents.COMPLETE, {"id": checkout})["checkoutComplete"]


def test_a_paid_checkout_becomes_an_order_with_stock_promised_to_it(shop, installed, staff):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    installed.answers["payment_gateway_initialize_session"] = {"data": {"key": "pk_1"}}
    checkout = documents.checkout_ready(shop)

    # when
    gateway = shop.run(documents.GATEWAY_INITIALIZE, {"id": checkout, "g": IDENTIFIER})
    paid = pay(shop, checkout)
    completed = complete(shop, checkout)

    # then
    assert gateway["paymentGatewayInitialize"]["gatewayConfigs"] == [
        {"id": IDENTIFIER, "data": {"key": "pk_1"}, "errors": []}
    ]
    assert paid["errors"] == []
    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert paid["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert paid["data"] == {"said": "thanks"}
    assert completed["errors"] == []
    assert completed["order"]["chargeStatus"] == "FULL"
    assert completed["order"]["status"] == "UNFULFILLED"
    assert completed["order"]["metadata"] == [{"key": "furusato.membership", "value": "m-1"}]
    assert documents.stock(shop, staff, "mikan") == (5, 1)
    shop.settled()
    heard = {item["event"] for item in installed.heard}
    assert heard >= {
        "order_created",
        "order_confirmed",
        "order_paid",
        "order_fully_paid",
        "order_updated",
        "checkout_fully_paid",
    }


def test_the_session_tells_the_app_the_amount_as_a_float_and_what_is_bought(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)

    # when
    pay(shop, checkout, amount=1000.55)

    # then
    (asked,) = installed.events("transaction_initialize_session")
    assert b'"amount": 1001.0' in asked["body"]
    assert asked["data"]["action"]["actionType"] == "CHARGE"
    assert asked["data"]["idempotencyKey"] == "key-1"
    assert asked["data"]["customerIpAddress"] == "127.0.0.1"
    assert asked["data"]["sourceObject"]["lines"] == [
        {"variant": {"sku": "TIER-5000"}},
        {"variant": {"sku": "MIKAN"}},
    ]
    assert asked["data"]["merchantReference"] == asked["data"]["transaction"]["id"]


def test_completing_again_returns_the_same_order(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)
    pay(shop, checkout)

    # when
    first, second = complete(shop, checkout), complete(shop, checkout)

    # then
    assert first["order"] == second["order"]
    assert shop.control("state")["counts"]["orders"] == 1


def test_an_unpaid_checkout_is_not_completed(shop, installed):
    # given
    checkout = documents.checkout_ready(shop)

    # when
    answer = complete(shop, checkout)

    # then
    assert answer["order"] is None
    assert answer["confirmationNeeded"] is False
    assert [error["code"] for error in answer["errors"]] == ["CHECKOUT_NOT_FULLY_PAID"]
    assert shop.control("state")["counts"]["orders"] == 0


def test_money_can_be_taken_before_the_checkout_is_complete_enough(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    line = {"quantity": 1, "variantId": documents.variant_id(shop, "mikan")}
    tier = {"quantity": 1, "variantId": documents.variant_id(shop, "tier-5000")}
    given = {
        "channel": "furusato",
        "email": "hanako@example.jp",
        "lines": [line, tier],
        "billingAddress": documents.ADDRESS,
    }
    created = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]["checkout"]

    # when
    paid = pay(shop, created["id"])
    answer = complete(shop, created["id"])

    # then
    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert [error["code"] for error in answer["errors"]] == ["SHIPPING_METHOD_NOT_SET"]
    assert shop.control("state")["charged_yen"] == 5000


def test_the_same_key_asks_the_app_again_but_charges_once(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)

    # when
    answers = [pay(shop, checkout, amount=5000) for _ in range(3)]

    # then
    assert len({answer["transaction"]["id"] for answer in answers}) == 1
    assert answers[2]["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert len(installed.events("transaction_initialize_session")) == 3
    assert shop.control("state")["counts"]["transactions"] == 1


def test_the_same_key_with_another_amount_is_refused(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)
    pay(shop, checkout, amount=5000)

    # when
    answer = pay(shop, checkout, amount=4000)

    # then
    assert answer["transaction"] is None
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("idempotencyKey", "UNIQUE")]
    assert len(installed.events("transaction_initialize_session")) == 1
    assert shop.control("state")["charged_yen"] == 5000


def test_an_empty_key_is_refused(shop, installed):
    checkout = documents.checkout_ready(shop)

    answer = pay(shop, checkout, key="")

    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("idempotencyKey", "INVALID")]
    assert shop.control("state")["counts"]["transactions"] == 0


def test_an_app_that_is_too_slow_means_failure(shop, installed):
    # given
    wait = threading.Event()
    installed.answers["transaction_initialize_session"] = lambda _body: wait.wait(5) and {}
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(shop, checkout)
    wait.set()

    # then
    assert answer["errors"] == []
    assert answer["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert answer["transactionEvent"]["message"] == "Failed to delivery request."
    assert answer["transaction"]["chargedAmount"] == {"amount": 0.0}


def test_an_answer_that_is_not_as_it_should_be_means_failure(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = {"result": "CHARGE_SUCCESS"}
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(shop, checkout)

    # then
    assert answer["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert "pspReference" in answer["transactionEvent"]["message"]


def test_an_amount_the_app_answers_is_believed(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_SUCCESS",
        "pspReference": "pi_1",
        "amount": 5000.5,
    }
    checkout = documents.checkout_ready(shop)

    # when
    answer = pay(shop, checkout)

    # then
    seen = shop.run("query($id: ID!) { checkout(id: $id) { chargeStatus } }", {"id": checkout})
    assert answer["transaction"]["chargedAmount"] == {"amount": 5000.0}
    assert seen["checkout"]["chargeStatus"] == "OVERCHARGED"


def test_three_d_secure_takes_a_second_step(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_ACTION_REQUIRED",
        "pspReference": "pi_1",
        "data": {"url": "https://example.com/3ds"},
    }
    installed.answers["transaction_process_session"] = documents.charge_success("pi_1")
    checkout = documents.checkout_ready(shop)
    opened = pay(shop, checkout)

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


def test_the_app_may_ask_the_shop_while_the_shop_waits_for_it(shop, installed):
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
    paid = pay(shop, checkout)

    # then
    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"


def test_a_decline_leaves_the_checkout_open_for_a_new_key(shop, installed):
    # given
    installed.answers["transaction_initialize_session"] = {
        "result": "CHARGE_FAILURE",
        "message": "card_declined",
        "data": {"code": "card_declined"},
    }
    checkout = documents.checkout_ready(shop)

    # when
    declined = pay(shop, checkout, key="try-1")
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    paid = pay(shop, checkout, key="try-2")

    # then
    assert declined["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert declined["transactionEvent"]["message"] == "card_declined"
    assert declined["data"] == {"code": "card_declined"}
    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert complete(shop, checkout)["order"]["chargeStatus"] == "FULL"


def test_an_own_price_is_for_apps_only(shop, installed, staff):
    # given
    line = {"quantity": 1, "variantId": documents.variant_id(shop, "tier-5000"), "price": 3000}
    given = {"i": {"channel": "furusato", "email": "hanako@example.jp", "lines": [line]}}

    # when
    refused = shop.post(documents.CHECKOUT_CREATE, given, token=staff).json()
    allowed = shop.run(documents.CHECKOUT_CREATE, given, token=installed.token)

    # then
    assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    gross = allowed["checkoutCreate"]["checkout"]["totalPrice"]["gross"]
    assert gross == {"amount": 3000.0, "currency": "JPY"}
    assert shop.control("state")["counts"]["checkouts"] == 1


def test_a_checkout_names_the_app_as_its_gateway(shop, installed):
    # given
    line = {"quantity": 1, "variantId": documents.variant_id(shop, "tier-5000")}

    # when
    given = {"channel": "furusato", "lines": [line]}
    created = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]["checkout"]

    # then
    assert created["availablePaymentGateways"] == [{"id": IDENTIFIER, "name": "Fake"}]
    assert created["isShippingRequired"] is False


def test_a_fully_paid_checkout_completes_itself_when_the_channel_says_so(shop, installed, staff):
    # given
    channel = shop.run('{ channel(slug: "furusato") { id } }')["channel"]["id"]
    shop.run(
        "mutation($id: ID!) { channelUpdate(id: $id, input: {checkoutSettings:"
        " {automaticCompletion: {enabled: true, delay: 0}}}) { errors { code } } }",
        {"id": channel},
        token=staff,
    )
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkout = documents.checkout_ready(shop)
    pay(shop, checkout)

    # when
    completed = shop.control("complete_checkouts", {})

    # then
    assert completed == {"completed": 1}
    assert complete(shop, checkout)["order"]["chargeStatus"] == "FULL"
    assert shop.control("state")["counts"]["orders"] == 1


def test_the_last_piece_is_promised_once(shop, installed: FakeApp):
    # given
    installed.answers["transaction_initialize_session"] = documents.charge_success()
    checkouts = [documents.checkout_ready(shop) for _ in range(6)]
    for number, checkout in enumerate(checkouts):
        pay(shop, checkout, key=f"key-{number}")

    # when
    answers = [complete(shop, checkout) for checkout in checkouts]

    # then
    codes = [[error["code"] for error in answer["errors"]] for answer in answers]
    assert codes == [[], [], [], [], [], ["INSUFFICIENT_STOCK"]]
    assert shop.control("state")["allocated"] == 5

"""What the typed calls make of the shop's answers."""

import json

import pytest

from saleor_ext.saleor_connector import (
    catalogue,
    checkout,
    deliveries,
    errors,
    fulfilments,
    mapping,
    orders,
    payments,
)

HOME = mapping.JapaneseAddress(
    family_name="山田",
    given_name="花子",
    postal_code="1000001",
    prefecture="東京都",
    city="千代田区",
    street="千代田1-1",
)
YEN = {"currency": "JPY"}
REF = {
    "id": "T3I=",
    "number": "2",
    "status": "DRAFT",
    "chargeStatus": "NONE",
    "externalReference": "cycle:7:2",
}
CHANNEL = {"data": {"channel": {"id": "Q2g=", "currencyCode": "JPY"}}}


@pytest.fixture(autouse=True)
def no_known_channel(monkeypatch):
    monkeypatch.setattr(catalogue, "_channel_ids", {})


def sent(request) -> dict:
    return json.loads(request.content)["variables"]


def variant_edge(sku: str, price: object, *, is_shipped: bool = True) -> dict:
    return {
        "node": {
            "id": f"id-{sku}",
            "sku": sku,
            "name": "",
            "pricing": None if price is None else {"price": {"gross": {"amount": price, **YEN}}},
            "product": {
                "id": "p",
                "name": "米",
                "productType": {"isShippingRequired": is_shipped},
            },
        }
    }


def test_variants_are_found_by_sku_and_one_that_is_not_sold_has_no_price(shop_saying):
    # given
    edges = [variant_edge("RICE", 0.0), variant_edge("OLD", None)]
    shop = shop_saying({"data": {"productVariants": {"edges": edges}}})

    # when
    found = catalogue.variants_by_reference(["RICE", "OLD", "NONE"], shop=shop)

    # then
    assert set(found) == {"RICE", "OLD"}
    assert (found["RICE"].price_yen, found["OLD"].price_yen) == (0, None)


def test_more_than_a_page_of_variants_is_asked_in_pages(shop_saying):
    # given
    seen = []
    empty = {"data": {"productVariants": {"edges": []}}}
    shop = shop_saying(empty, empty, empty, seen=seen)

    # when
    catalogue.variants_by_reference([f"SKU-{n:03}" for n in range(250)], shop=shop)

    # then
    assert [len(sent(request)["skus"]) for request in seen] == [100, 100, 50]


def test_stock_is_what_is_not_promised_yet_and_a_donation_has_none(shop_saying):
    # given
    nodes = [
        {
            "id": "rice",
            "trackInventory": True,
            "stocks": [
                {"quantity": 10, "quantityAllocated": 4},
                {"quantity": 1, "quantityAllocated": 3},
            ],
        },
        {"id": "tier", "trackInventory": False, "stocks": []},
    ]
    answer = {"data": {"productVariants": {"edges": [{"node": node} for node in nodes]}}}

    # when
    counted = catalogue.stock_available(["rice", "tier"], shop=shop_saying(answer))

    # then
    assert counted == {"rice": 6, "tier": None}


@pytest.mark.parametrize("channel", [None, {"id": "Q2g=", "currencyCode": "USD"}])
def test_a_channel_that_is_missing_or_not_in_yen_is_for_a_human(shop_saying, channel):
    with pytest.raises(errors.ShopAnswerInvalid):
        catalogue.channel_id(shop=shop_saying({"data": {"channel": channel}}))


def test_our_app_sets_prices_and_has_the_address_taken_as_it_is(shop_saying):
    # given
    seen = []
    made = {
        "id": "Q2g=",
        "isShippingRequired": True,
        "totalPrice": {"gross": {"amount": 5000.0, **YEN}},
    }
    answer = {"data": {"checkoutCreate": {"checkout": made, "errors": []}}}

    # when
    opened = checkout.checkout_create(
        email="hanako@example.jp",
        lines=[checkout.LineInput(variant_id="v", quantity=1, price_yen=5000)],
        billing_address=HOME,
        shop=shop_saying(answer, seen=seen),
    )

    # then
    assert (opened.id, opened.total_yen) == ("Q2g=", 5000)
    written = sent(seen[0])["input"]
    assert written["lines"] == [{"variantId": "v", "quantity": 1, "price": 5000}]
    assert written["billingAddress"]["skipValidation"] is True
    assert "shippingAddress" not in written


def test_a_donors_own_token_may_not_skip_the_check_of_the_address(shop_saying):
    # given
    seen = []
    refusal = {"checkoutCreate": {"errors": [{"code": "INVALID", "field": "postalCode"}]}}
    shop = shop_saying({"data": refusal}, seen=seen)

    # when
    with pytest.raises(errors.ShopRefused) as refused:
        checkout.checkout_create(
            email="hanako@example.jp",
            lines=[checkout.LineInput(variant_id="v", quantity=1)],
            billing_address=HOME,
            token="of-hanako",
            shop=shop,
        )

    # then
    assert (refused.value.code, refused.value.field) == ("INVALID", "postalCode")
    assert "skipValidation" not in sent(seen[0])["input"]["billingAddress"]


def test_the_cheapest_way_to_deliver_is_chosen(shop_saying):
    # given
    prices = {"dear": 800.0, "free": 0.0, "fair": 500.0}
    ways = [
        {"id": name, "shippingMethod": {"id": "m", "name": "便", "price": {"amount": price, **YEN}}}
        for name, price in prices.items()
    ]
    options = {"data": {"deliveryOptionsCalculate": {"deliveries": ways, "errors": []}}}
    chosen = {
        "id": "Q2g=",
        "isShippingRequired": True,
        "totalPrice": {"gross": {"amount": 5000.0, **YEN}},
    }
    seen = []
    update = {"data": {"checkoutDeliveryMethodUpdate": {"checkout": chosen, "errors": []}}}

    # when
    checkout.delivery_set(checkout_id="Q2g=", shop=shop_saying(options, update, seen=seen))

    # then
    assert sent(seen[1]) == {"id": "Q2g=", "deliveryMethodId": "free"}


def test_a_place_that_nothing_delivers_to_is_a_refusal(shop_saying):
    options = {"data": {"deliveryOptionsCalculate": {"deliveries": [], "errors": []}}}

    with pytest.raises(errors.ShopRefused) as refused:
        checkout.delivery_set(checkout_id="Q2g=", shop=shop_saying(options))

    assert refused.value.code == "DELIVERY_METHOD_NOT_APPLICABLE"


def test_a_draft_tells_how_it_can_be_delivered_cheapest_first(shop_saying):
    # given
    methods = [
        {"id": "dear", "name": "便", "active": True, "price": {"amount": 800.0, **YEN}},
        {"id": "closed", "name": "便", "active": False, "price": {"amount": 0.0, **YEN}},
        {"id": "free", "name": "便", "active": True, "price": {"amount": 0.0, **YEN}},
    ]
    made = {"data": {"draftOrderCreate": {"order": {**REF, "shippingMethods": methods}}}}
    seen = []

    # when
    draft = orders.draft_order_create(
        external_reference="cycle:7:2",
        lines=[checkout.LineInput(variant_id="v", quantity=1, price_yen=0)],
        billing_address=HOME,
        user_email="hanako@example.jp",
        shop=shop_saying(CHANNEL, made, seen=seen),
    )

    # then
    assert draft.shipping_method_ids == ("free", "dear")
    assert (draft.ref.id, draft.ref.external_reference) == ("T3I=", "cycle:7:2")
    written = sent(seen[1])["input"]
    assert written["channelId"] == "Q2g="
    assert written["shippingAddress"] == written["billingAddress"]
    assert "user" not in written


NO_WAY = {"code": "SHIPPING_METHOD_REQUIRED", "field": "shipping", "message": ""}


def test_a_draft_left_without_a_way_to_deliver_it_gets_one_when_it_is_completed(shop_saying):
    # given
    method = {"id": "m1", "name": "便", "active": True, "price": {"amount": 0.0, **YEN}}
    refused = {"data": {"draftOrderComplete": {"order": None, "errors": [NO_WAY]}}}
    methods = {"data": {"order": {"id": "T3I=", "shippingMethods": [method]}}}
    updated = {"data": {"draftOrderUpdate": {"order": REF, "errors": []}}}
    done = {"data": {"draftOrderComplete": {"order": {**REF, "status": "UNFULFILLED"}}}}
    seen = []

    # when
    ref = orders.draft_order_complete(
        order_id="T3I=", shop=shop_saying(refused, methods, updated, done, seen=seen)
    )

    # then
    assert ref.status == "UNFULFILLED"
    assert sent(seen[2]) == {"id": "T3I=", "input": {"shippingMethod": "m1"}}


def test_a_draft_that_nothing_delivers_is_a_refusal(shop_saying):
    refused = {"data": {"draftOrderComplete": {"order": None, "errors": [NO_WAY]}}}
    methods = {"data": {"order": {"id": "T3I=", "shippingMethods": []}}}

    with pytest.raises(errors.ShopRefused) as raised:
        orders.draft_order_complete(order_id="T3I=", shop=shop_saying(refused, methods))

    assert raised.value.code == "SHIPPING_METHOD_REQUIRED"


def test_a_draft_without_stock_is_not_tried_again(shop_saying):
    # given
    seen = []
    error = {"code": "INSUFFICIENT_STOCK", "field": "lines", "message": ""}
    refused = {"data": {"draftOrderComplete": {"order": None, "errors": [error]}}}

    # when
    with pytest.raises(errors.ShopRefused) as raised:
        orders.draft_order_complete(order_id="T3I=", shop=shop_saying(refused, seen=seen))

    # then
    assert raised.value.code == "INSUFFICIENT_STOCK"
    assert len(seen) == 1


def order_answer(*charged: float, **changes) -> dict:
    transactions = [
        {"id": f"t{n}", "pspReference": "", "chargedAmount": {"amount": amount, **YEN}}
        for n, amount in enumerate(charged)
    ]
    return {
        **REF,
        "isPaid": False,
        "userEmail": "hanako@example.jp",
        "user": None,
        "updatedAt": "2026-11-24T01:00:00+00:00",
        "total": {"gross": {"amount": 5000.0, **YEN}},
        "lines": [],
        "fulfillments": [],
        "transactions": transactions,
    } | changes


def test_an_order_names_the_transaction_that_took_the_money(shop_saying):
    # given
    declined_then_paid = order_answer(0.0, 5000.0, 0.0, chargeStatus="FULL")

    # when
    order = orders.order_find(
        external_reference="cycle:7:2", shop=shop_saying({"data": {"order": declined_then_paid}})
    )

    # then
    assert (order.transaction_id, order.charged_yen, order.is_paid) == ("t1", 5000, True)


def test_an_order_that_is_not_there_is_none(shop_saying):
    shop = shop_saying({"data": {"order": None}})

    assert orders.order_find(external_reference="cycle:7:9", shop=shop) is None


def test_all_pages_of_changed_orders_are_read(shop_saying, now):
    # given
    def page(number: str, cursor: str | None) -> dict:
        info = {"hasNextPage": cursor is not None, "endCursor": cursor}
        edges = [{"node": order_answer(number=number)}]
        return {"data": {"orders": {"pageInfo": info, "edges": edges}}}

    seen = []
    shop = shop_saying(page("1", "c1"), page("2", None), seen=seen)

    # when
    numbers = [order.number for order in orders.orders_updated(updated_from=now, shop=shop)]

    # then
    assert numbers == ["1", "2"]
    assert [sent(request)["after"] for request in seen] == [None, "c1"]


def fulfil_lines(*warehouses: str) -> list[fulfilments.FulfilInput]:
    return [
        fulfilments.FulfilInput(order_line_id="l", warehouse_id=warehouse, quantity=1)
        for warehouse in warehouses
    ]


@pytest.mark.parametrize("warehouses", [(), ("a", "b")])
def test_one_call_is_one_producers_parcel(shop_saying, warehouses):
    seen = []

    with pytest.raises(ValueError, match="one warehouse"):
        fulfilments.order_fulfill(
            order_id="T3I=", lines=fulfil_lines(*warehouses), shop=shop_saying(seen=seen)
        )
    assert seen == []


def test_the_shop_is_told_of_a_parcel_and_mails_nobody(shop_saying):
    # given
    made = {
        "id": "Rg==",
        "status": "FULFILLED",
        "trackingNumber": "1234",
        "warehouse": {"id": "a", "slug": "sato"},
        "lines": [{"quantity": 1, "orderLine": {"id": "l", "productSku": "RICE"}}],
    }
    seen = []
    answer = {"data": {"orderFulfill": {"fulfillments": [made], "errors": []}}}

    # when
    parcel = fulfilments.order_fulfill(
        order_id="T3I=",
        lines=fulfil_lines("a"),
        tracking_number="1234",
        shop=shop_saying(answer, seen=seen),
    )

    # then
    assert (parcel.id, parcel.warehouse_slug, parcel.tracking_number) == ("Rg==", "sato", "1234")
    assert sent(seen[0])["input"]["notifyCustomer"] is False


def transaction_answer(event_type: str, charged: float) -> dict:
    return {
        "transaction": {
            "id": "VHg=",
            "pspReference": "pi_1",
            "chargedAmount": {"amount": charged, **YEN},
        },
        "transactionEvent": {"type": event_type, "pspReference": "", "message": ""},
        "data": {"client_secret": "hidden"},
        "errors": [],
    }


def test_a_payment_session_goes_to_our_own_gateway_with_its_key(shop_saying):
    # given
    seen = []
    answer = transaction_answer("CHARGE_ACTION_REQUIRED", 0.0)
    shop = shop_saying({"data": {"transactionInitialize": answer}}, seen=seen)

    # when
    result = payments.transaction_initialize(
        object_id="Q2g=", amount_yen=5000, key="attempt-1", data={"cycle": "7"}, shop=shop
    )

    # then
    assert (result.event_type, result.psp_reference, result.charged_yen) == (
        "CHARGE_ACTION_REQUIRED",
        "pi_1",
        0,
    )
    assert "hidden" not in repr(result)
    assert sent(seen[0]) == {
        "id": "Q2g=",
        "amount": 5000,
        "key": "attempt-1",
        "action": "CHARGE",
        "gateway": {"id": "jp.furusato-salon", "data": {"cycle": "7"}},
    }


def test_a_session_waits_longer_than_our_own_handler_may_take(shop_saying, settings):
    # given
    settings.SALEOR_TIMEOUT_S = 18
    seen = []
    answer = {"data": {"transactionProcess": transaction_answer("CHARGE_SUCCESS", 5000.0)}}

    # when
    payments.transaction_process(transaction_id="VHg=", shop=shop_saying(answer, seen=seen))

    # then
    assert seen[0].extensions["timeout"]["read"] == 25.0


def test_a_gateway_that_did_not_answer_is_a_refusal(shop_saying):
    # given
    config = {
        "id": "jp.furusato-salon",
        "data": None,
        "errors": [{"code": "INVALID", "field": "id"}],
    }
    result = {"gatewayConfigs": [config], "errors": []}

    # when
    with pytest.raises(errors.ShopRefused) as refused:
        payments.gateway_initialize(
            object_id="Q2g=", shop=shop_saying({"data": {"paymentGatewayInitialize": result}})
        )

    # then
    assert refused.value.code == "INVALID"


def test_telling_the_shop_twice_about_money_is_known(shop_saying, now):
    result = {"alreadyProcessed": True, "transaction": None, "errors": []}

    assert payments.transaction_event_report(
        transaction_id="VHg=",
        event_type="CHARGE_SUCCESS",
        amount_yen=5000,
        psp_reference="pi_1",
        happened_at=now,
        shop=shop_saying({"data": {"transactionEventReport": result}}),
    )


@pytest.mark.parametrize(
    ("transaction", "expected"),
    [
        ({"events": [{"type": "CHARGE_REQUEST"}, {"type": "CHARGE_SUCCESS"}]}, True),
        ({"events": [{"type": "CHARGE_FAILURE"}]}, False),
        (None, False),
    ],
)
def test_whether_the_shop_was_told_of_money_is_read_from_its_events(
    shop_saying, transaction, expected
):
    shop = shop_saying({"data": {"transaction": transaction}})

    assert payments.was_charged(transaction_id="VHg=", shop=shop) is expected


def test_messages_the_shop_gave_up_are_read_of_every_webhook(shop_saying):
    # given
    node = {"id": "d1", "createdAt": "2026-11-24T01:00:00+00:00", "payload": '{"a": 1}'}
    empty = {**node, "id": "d2", "payload": None}
    page = {"pageInfo": {"hasNextPage": True}, "edges": [{"node": node}, {"node": empty}]}
    webhooks = [
        {"identifier": "order_changed", "eventDeliveries": page},
        {"identifier": "customer_changed", "eventDeliveries": None},
    ]
    answer = {"data": {"app": {"webhooks": webhooks}}}

    # when
    found = deliveries.deliveries_failed(shop=shop_saying(answer))

    # then
    assert [(item.id, item.text) for item in found.deliveries] == [("d1", '{"a": 1}'), ("d2", "")]
    assert found.has_more

"""Parcels leave: by warehouse, with a number, against the stock that was promised."""

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import codes

TRACK = """mutation($id: ID!, $n: String!) { orderFulfillmentUpdateTracking(id: $id,
  input: {trackingNumber: $n}) { fulfillment { trackingNumber } errors { code } } }"""
APPROVE = """mutation($id: ID!) { orderFulfillmentApprove(id: $id, notifyCustomer: false) {
  fulfillment { status } order { status } errors { code } } }"""
FULFILMENT_CANCEL = """mutation($id: ID!, $i: FulfillmentCancelInput) {
  orderFulfillmentCancel(id: $id, input: $i) {
    fulfillment { status } order { status } errors { field code } } }"""


class Order:
    """An order of a donation and two boxes of mikan, as the app sees it."""

    def __init__(self, shop, app, *, is_paid=True):
        self.shop, self.app, self.token = shop, app, app.token
        app.answers["transaction_initialize_session"] = documents.charge_success()
        self.id = documents.order_made(shop, self.token, "fn:1", gift_count=2)
        if is_paid:
            documents.pay(shop, app, self.id, "k", 3000)
        shop.settled(app)
        app.heard.clear()

    def read(self):
        return documents.order(self.shop, self.token, "fn:1")

    def line(self, name, quantity, warehouse):
        sku = self.shop.town.variants[name].sku
        found = next(line for line in self.read()["lines"] if line["productSku"] == sku)
        place = self.shop.town.warehouses[warehouse].id
        return {"orderLineId": found["id"], "stocks": [{"warehouse": place, "quantity": quantity}]}

    def fulfil(self, *lines, **more):
        given = {"o": self.id, "i": {"lines": list(lines), **more}}
        return self.shop.run(documents.FULFILL, given, token=self.token)["orderFulfill"]


@pytest.fixture
def order(shop, installed):
    return Order(shop, installed)


def test_an_order_leaves_in_parts_until_all_of_it_has_left(order, shop, installed):
    # when
    donation = order.fulfil(order.line("tier-5000", 1, "yakuba"))
    first = order.fulfil(order.line("mikan", 1, "tanaka"), trackingNumber="1234-5678-9012")
    middle = order.read()
    middle_stock = documents.stock(shop, "mikan")
    last = order.fulfil(order.line("mikan", 1, "tanaka"))

    # then
    assert (codes(donation), codes(first), codes(last)) == ([], [], [])
    assert donation["order"]["status"] == "PARTIALLY_FULFILLED"
    assert first["fulfillments"] == [
        {
            "id": first["fulfillments"][0]["id"],
            "status": "FULFILLED",
            "trackingNumber": "1234-5678-9012",
            "warehouse": {"slug": shop.town.warehouses["tanaka"].slug},
            "lines": [
                {"quantity": 1, "orderLine": {"productSku": shop.town.variants["mikan"].sku}}
            ],
        }
    ]
    assert middle["status"] == "PARTIALLY_FULFILLED"
    assert [line["quantityToFulfill"] for line in middle["lines"]] == [0, 1]
    assert middle_stock == (4, 1)
    assert last["order"]["status"] == "FULFILLED"
    assert documents.stock(shop, "mikan") == (3, 0)
    shop.settled(installed)
    assert len(installed.events("fulfillment_created")) == 3
    assert len(installed.events("fulfillment_tracking_number_updated")) == 1
    assert len(installed.events("order_fulfilled")) == 1
    assert installed.events("product_variant_stock_updated") == []


def test_each_warehouse_gets_a_parcel_of_its_own_and_all_the_same_number(order):
    answer = order.fulfil(
        order.line("tier-5000", 1, "yakuba"),
        order.line("mikan", 2, "tanaka"),
        trackingNumber="1111",
    )

    found = {(f["warehouse"]["slug"], f["trackingNumber"]) for f in answer["fulfillments"]}
    places = order.shop.town.warehouses
    assert found == {(places["yakuba"].slug, "1111"), (places["tanaka"].slug, "1111")}
    assert answer["order"]["status"] == "FULFILLED"


def test_an_unpaid_order_stays(shop, installed, shop_settings):
    # given
    shop_settings(fulfillmentAllowUnpaid=False)
    order = Order(shop, installed, is_paid=False)

    # when
    refused = order.fulfil(order.line("mikan", 1, "tanaka"))
    shop_settings(fulfillmentAllowUnpaid=True)
    allowed = order.fulfil(order.line("mikan", 1, "tanaka"))

    # then
    assert codes(refused) == ["CANNOT_FULFILL_UNPAID_ORDER"]
    assert codes(allowed) == []
    assert documents.stock(shop, "mikan") == (4, 1)


@pytest.mark.parametrize(
    ("sku", "quantity", "slug", "code"),
    [
        ("mikan", 3, "tanaka", "FULFILL_ORDER_LINE"),
        ("mikan", 0, "tanaka", "ZERO_QUANTITY"),
        ("mikan", 1, "mori", "INSUFFICIENT_STOCK"),
        ("tier-5000", 1, "mori", "INSUFFICIENT_STOCK"),
    ],
)
def test_what_cannot_leave_is_refused_and_nothing_changes(order, shop, sku, quantity, slug, code):
    answer = order.fulfil(order.line(sku, quantity, slug))

    assert codes(answer) == [code]
    assert order.read()["fulfillments"] == []
    assert order.read()["status"] == "UNFULFILLED"
    assert documents.stock(shop, "mikan") == (5, 2)


def test_a_parcel_that_cannot_leave_keeps_the_others_back_too(order, shop):
    answer = order.fulfil(
        order.line("tier-5000", 1, "yakuba"),
        order.line("mikan", 1, "mori"),
    )

    assert codes(answer) == ["INSUFFICIENT_STOCK"]
    assert order.read()["fulfillments"] == []
    assert documents.stock(shop, "mikan") == (5, 2)


def test_what_is_promised_to_others_does_not_leave(order, shop, staff):
    # given
    documents.order_made(shop, order.token, "fn:2", gift_count=3)
    variant = documents.variant_id(shop, "mikan")
    update = """mutation($v: ID!, $w: ID!) { productVariantStocksUpdate(variantId: $v,
      stocks: [{warehouse: $w, quantity: 3}]) { errors { code } } }"""
    shop.run(update, {"v": variant, "w": shop.town.warehouses["tanaka"].id}, token=staff)

    # when
    answer = order.fulfil(order.line("mikan", 2, "tanaka"))
    forced = order.fulfil(order.line("mikan", 2, "tanaka"), allowStockToBeExceeded=True)

    # then
    assert codes(answer) == ["INSUFFICIENT_STOCK"]
    assert codes(forced) == []
    assert documents.stock(shop, "mikan") == (1, 3)


def test_a_number_is_entered_later(order, shop, installed):
    # given
    parcel = order.fulfil(order.line("mikan", 2, "tanaka"))["fulfillments"][0]["id"]

    # when
    answer = shop.run(TRACK, {"id": parcel, "n": "999"}, token=order.token)

    # then
    changed = answer["orderFulfillmentUpdateTracking"]
    assert changed == {"fulfillment": {"trackingNumber": "999"}, "errors": []}
    shop.settled(installed)
    (heard,) = installed.events("fulfillment_tracking_number_updated")
    assert heard["data"]["fulfillment"]["trackingNumber"] == "999"


def test_with_approval_a_parcel_waits_and_its_stock_stays(order, shop, installed, shop_settings):
    # given
    shop_settings(fulfillmentAutoApprove=False)

    # when
    waiting = order.fulfil(order.line("mikan", 2, "tanaka"))
    shop.settled(installed)
    events_before = [item["event"] for item in installed.heard]
    stock_before = documents.stock(shop, "mikan")
    place = shop.town.warehouses["tanaka"].slug
    where = {
        "fulfillments": [
            {"warehouse": {"slug": {"eq": place}}, "status": {"eq": "WAITING_FOR_APPROVAL"}}
        ]
    }
    listed = shop.run(
        "query($w: OrderWhereInput) { orders(first: 5, where: $w) { totalCount } }",
        {"w": where},
        token=order.token,
    )
    parcel = waiting["fulfillments"][0]["id"]
    approved = shop.run(APPROVE, {"id": parcel}, token=order.token)["orderFulfillmentApprove"]
    again = shop.run(APPROVE, {"id": parcel}, token=order.token)["orderFulfillmentApprove"]

    # then
    assert waiting["fulfillments"][0]["status"] == "WAITING_FOR_APPROVAL"
    assert waiting["order"]["status"] == "UNFULFILLED"
    assert events_before == ["order_updated"]
    assert stock_before == (5, 2)
    assert listed["orders"]["totalCount"] == 1
    assert approved["fulfillment"] == {"status": "FULFILLED"}
    assert approved["order"] == {"status": "PARTIALLY_FULFILLED"}
    assert codes(again) == ["INVALID"]
    assert documents.stock(shop, "mikan") == (3, 0)
    shop.settled(installed)
    assert len(installed.events("fulfillment_created")) == 1


def test_a_parcel_that_came_back_returns_into_a_warehouse(order, shop):
    # given
    parcel = order.fulfil(order.line("mikan", 2, "tanaka"))["fulfillments"][0]["id"]

    # when
    without = shop.run(FULFILMENT_CANCEL, {"id": parcel}, token=order.token)
    given = {"id": parcel, "i": {"warehouseId": shop.town.warehouses["tanaka"].id}}
    answer = shop.run(FULFILMENT_CANCEL, given, token=order.token)["orderFulfillmentCancel"]

    # then
    assert without["orderFulfillmentCancel"]["errors"] == [
        {"field": "warehouseId", "code": "REQUIRED"}
    ]
    assert answer["fulfillment"] == {"status": "CANCELED"}
    assert answer["order"] == {"status": "UNFULFILLED"}
    assert documents.stock(shop, "mikan") == (5, 2)


def test_an_order_that_left_is_not_cancelled(order, shop):
    order.fulfil(order.line("mikan", 1, "tanaka"))

    answer = shop.run(documents.CANCEL, {"id": order.id}, token=order.token)["orderCancel"]

    assert codes(answer) == ["CANNOT_CANCEL_ORDER"]
    assert order.read()["status"] == "PARTIALLY_FULFILLED"

"""Every document the product sends, and every subscription of its manifest, run on the shop.

That they are valid is looked at elsewhere; here they are sent with no more rights than the product
asks for.
"""

import secrets

import pytest

from saleor_ext.saleor_connector import manifest, operations
from tests.conformance.shop import documents
from tests.conformance.shop.shops import REDIRECT_URL

PRODUCT = """query($id: ID!, $c: String!) { productVariant(id: $id, channel: $c) {
  product { id } } }"""
REQUEST = """mutation($id: ID!, $t: TransactionActionEnum!, $a: PositiveDecimal) {
  transactionRequestAction(id: $id, actionType: $t, amount: $a) { errors { code } } }"""
CUSTOMER_UPDATE = """mutation($id: ID!) { customerUpdate(id: $id, input: {lastName: "川田"}) {
  errors { code } } }"""
INITIALIZE = "transaction_initialize_session"


class Ours:
    """The product as the shop sees it: its documents, its permissions, its webhooks."""

    def __init__(self, shop, app):
        self.shop, self.app, self.sent = shop, app, set()

    def run(self, name, *, token=None, **variables):
        """Sends one of our documents and returns what is under its field, if it has one."""
        self.sent.add(name)
        text = operations.document(name)
        token = self.app.token if token is None else token
        variables = {key.rstrip("_"): value for key, value in variables.items()}
        data = self.shop.run(text, variables, token=token)
        answer = data if len(data) > 1 else next(iter(data.values()))
        if text.startswith("mutation"):
            assert answer["errors"] == [], (name, answer["errors"])
        return answer


@pytest.fixture
def ours(shop, app, shop_settings):
    """The shop with an app that has exactly our permissions and our webhooks."""
    shop_settings(enableAccountConfirmationByEmail=True)
    app.permissions = sorted(manifest.PERMISSIONS)
    wanted = manifest.manifest_build(app_url=app.origin, server_url=app.origin)
    fence = [hook for hook in app.manifest()["webhooks"] if hook["name"] == "fence"]
    app.manifest_changes = {
        "permissions": app.permissions,
        "webhooks": [*wanted["webhooks"], *fence],
        "extensions": [],
    }
    shop.install(app)
    return Ours(shop, app)


def look_around(ours):
    shop, town = ours.shop, ours.shop.town
    mikan, place = town.variants["mikan"], town.warehouses["tanaka"]
    for name in ("shop_version", "app_identity", "app_status", "deliveries_failed"):
        assert ours.run(name)
    assert ours.run("channel_find", slug=town.channel)
    assert ours.run("warehouses_by_slug", slugs=[place.slug])["edges"]
    assert ours.run("variants_by_sku", channel=town.channel, skus=[mikan.sku])["edges"]
    assert ours.run("stock_available", channel=town.channel, ids=[mikan.id])["edges"]
    known = {"id": mikan.id, "c": town.channel}
    product = shop.run(PRODUCT, known, token=shop.staff)["productVariant"]["product"]["id"]
    assert ours.run("product_skus", id=product)["variants"] == [{"sku": mikan.sku}]


def account_open(ours):
    """Opens an account and returns its address and an access token."""
    shop, app = ours.shop, ours.app
    email, password = f"jiro-{secrets.token_hex(4)}@example.jp", "himitsu-jiro"
    where = {"channel": shop.town.channel, "redirectUrl": REDIRECT_URL}
    given = {"email": email, "password": password, **where}
    ours.run("account_register", token="", input=given)
    asked = shop.eventually(
        lambda: app.mails("account_confirmation_requested", email), "the wish for confirmation"
    )[0]
    ours.run("account_confirm", token="", email=email, token_=asked["token"])
    ours.run("password_reset_request", token="", email=email, **where)
    asked = shop.eventually(
        lambda: app.mails("account_set_password_requested", email), "the wish for a password"
    )[0]
    ours.run("password_set", token="", email=email, password=password, token_=asked["token"])
    signed_in = ours.run("token_create", token="", email=email, password=password)
    ours.run("token_refresh", token="", refreshToken=signed_in["refreshToken"])
    me = ours.run("me", token=signed_in["token"])
    assert (me["email"], ours.run("user_find", email=email)["id"]) == (email, me["id"])
    assert ours.run("user_get", id=me["id"])["email"] == email
    item = [{"key": "furusato.seen", "value": "1"}]
    ours.run("metadata_set", id=me["id"], input=item)
    ours.run("private_metadata_set", id=me["id"], input=item)
    shop.done(CUSTOMER_UPDATE, {"id": me["id"]})
    return email, signed_in["token"]


def checkout_walk(ours, email, person):
    """A first donation with a bank that asks, from the checkout to the order."""
    shop, app = ours.shop, ours.app
    app.answers[INITIALIZE] = {"result": "CHARGE_ACTION_REQUIRED", "pspReference": "pi_1"}
    app.answers["transaction_process_session"] = documents.charge_success("pi_1")
    address = {"billingAddress": documents.ADDRESS, "shippingAddress": documents.ADDRESS}
    given = documents.checkout_given(shop, "tier-5000", "mikan", email=email, **address)
    checkout = ours.run("checkout_create", input=given)["checkout"]["id"]
    lines = [{"variantId": documents.variant_id(shop, "mikan"), "quantity": 1}]
    ours.run("checkout_lines_set", id=checkout, lines=lines)
    ours.run("customer_attach", token=person, id=checkout)
    options = ours.run("delivery_options", id=checkout)["deliveries"]
    ours.run("delivery_set", id=checkout, deliveryMethodId=options[0]["id"])
    assert ours.run("checkout_find", id=checkout)["id"] == checkout
    gateways = [{"id": app.identifier, "data": {}}]
    ours.run("gateway_initialize", token="", id=checkout, gateways=gateways, amount=5000)
    opened = pay(ours, checkout, 5000, "first", token="")
    transaction = opened["transaction"]["id"]
    before = ours.run("transaction_events", id=transaction)["events"]
    ours.run("transaction_process", token="", id=transaction, data={})
    after = ours.run("transaction_events", id=transaction)["events"]
    assert {"type": "CHARGE_SUCCESS"} not in before
    assert {"type": "CHARGE_SUCCESS"} in after
    metadata = [{"key": "furusato.membership", "value": "m-1"}]
    assert ours.run("checkout_complete", id=checkout, metadata=metadata)["order"]


def pay(ours, source, amount, key, token=None):
    return ours.run(
        "transaction_initialize",
        token=token,
        id=source,
        amount=amount,
        key=ours.shop.town.ref(key),
        gateway={"id": ours.app.identifier, "data": {}},
    )


def draft_make(ours, name):
    town = ours.shop.town
    line = {"quantity": 1, "variantId": town.variants["mikan"].id, "price": 3000}
    given = {
        "channelId": town.channel_id,
        "externalReference": town.ref(name),
        "billingAddress": documents.ADDRESS,
        "shippingAddress": documents.ADDRESS,
        "lines": [line],
    }
    return ours.run("draft_order_create", input=given)["order"]["id"]


def month_walk(ours):
    """A month's order from its draft to a parcel that comes back; returns its transaction."""
    town, app = ours.shop.town, ours.app
    app.answers[INITIALIZE] = documents.charge_success("pi_2")
    order = draft_make(ours, "month")
    methods = ours.run("order_shipping_methods", id=order)["shippingMethods"]
    ours.run("draft_order_update", id=order, input={"shippingMethod": methods[0]["id"]})
    ours.run("draft_order_complete", id=order)
    paid = pay(ours, order, 3000, "month")
    seen = ours.run("order_find", externalReference=town.ref("month"))
    assert (seen["id"], seen["isPaid"]) == (order, True)
    place = town.warehouses["tanaka"].id
    stocks = [{"warehouse": place, "quantity": 1}]
    lines = [{"orderLineId": seen["lines"][0]["id"], "stocks": stocks}]
    parcel = {"lines": lines, "notifyCustomer": False, "allowStockToBeExceeded": False}
    (left,) = ours.run("order_fulfill", order=order, input=parcel)["fulfillments"]
    number = {"trackingNumber": "1234-5678-9012", "notifyCustomer": False}
    ours.run("fulfilment_tracking_update", id=left["id"], **number)
    ours.run("fulfilment_cancel", id=left["id"], warehouseId=place)
    assert ours.run("order_get", id=order)["id"] == order
    found = ours.run("orders_updated", updatedFrom=seen["updatedAt"], after=None)
    assert order in [edge["node"]["id"] for edge in found["edges"]]
    ours.run("order_reference_set", id=order, externalReference=town.ref("renamed"))
    return paid["transaction"]["id"]


def undo_walk(ours, transaction):
    """A refund we report, one that staff ask for, and orders that come to nothing."""
    shop = ours.shop
    ours.run("draft_order_delete", id=draft_make(ours, "left"))
    order = draft_make(ours, "cancelled")
    methods = ours.run("order_shipping_methods", id=order)["shippingMethods"]
    ours.run("draft_order_update", id=order, input={"shippingMethod": methods[0]["id"]})
    ours.run("draft_order_complete", id=order)
    ours.run("order_cancel", id=order)
    reported = {"type": "REFUND_SUCCESS", "amount": 1000, "pspReference": "re_1"}
    ours.run("transaction_event_report", id=transaction, **reported)
    for kind in ("REFUND", "CHARGE", "CANCEL"):
        amount = None if kind == "CANCEL" else 500
        shop.done(REQUEST, {"id": transaction, "t": kind, "a": amount})


def hooks_heard(ours):
    return {item["path"].rpartition("/")[2] or item["path"] for item in ours.app.heard}


def test_every_document_and_subscription_of_ours_is_understood(ours):
    # when
    look_around(ours)
    email, person = account_open(ours)
    checkout_walk(ours, email, person)
    undo_walk(ours, month_walk(ours))
    # What an app is asked about a payment is no message that is waited for when all is settled.
    wanted = {hook.name for hook in manifest.WEBHOOKS}
    ours.shop.eventually(lambda: wanted <= hooks_heard(ours), "a call of every webhook")
    ours.shop.settled(ours.app)

    # then
    assert ours.sent == set(operations.names())
    assert hooks_heard(ours) == wanted
    for item in ours.app.heard:
        assert "errors" not in item["data"], item
        assert item["data"]["__typename"], item
        assert ours.app.signature_claims(item)["alg"] == "RS256"

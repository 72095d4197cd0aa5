"""The order guard inside a real Saleor that has it installed: what the law forbids is no order.

The app of these tests stands for the salon at whose door the guard knocks.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.shop import documents, real_shop
from tests.conformance.shop.documents import codes

pytestmark = [
    pytest.mark.saleor,
    pytest.mark.skipif(
        not real_shop.given_url(), reason="needs a real Saleor with the order guard installed"
    ),
]

GUARD = "jp.furusato-salon.guard"
DOOR = "/saleor/order-guard"
PLUGIN = """query($id: ID!) { plugin(id: $id) { globalConfiguration {
  active configuration { name value } } } }"""
UPDATE = """mutation($id: ID!, $i: PluginUpdateInput!) { pluginUpdate(id: $id, input: $i) {
  errors { field code message } } }"""
COMPLETE = """mutation($id: ID!) { checkoutComplete(id: $id) {
  order { id } errors { field code message } } }"""
VOUCHER = """mutation($i: VoucherInput!) { voucherCreate(input: $i) {
  voucher { id } errors { field code message } } }"""
VOUCHER_LISTING = """mutation($id: ID!, $i: VoucherChannelListingInput!) {
  voucherChannelListingUpdate(id: $id, input: $i) { errors { field code message } } }"""
VOUCHER_DELETE = "mutation($id: ID!) { voucherDelete(id: $id) { errors { code } } }"
PROMO = """mutation($id: ID!, $c: String!) { checkoutAddPromoCode(checkoutId: $id, promoCode: $c) {
  errors { field code message } } }"""


@pytest.fixture
def configure(saleor) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Fills in the guard's page for this run's product types; afterwards it is as it was."""
    shop, base, app = saleor
    found = shop.run(PLUGIN, {"id": GUARD}, token=shop.staff)["plugin"]
    if found is None:
        pytest.skip("the given Saleor has no order guard installed")
    before = found["globalConfiguration"]["configuration"]

    def fill(**values: str) -> list[dict[str, Any]]:
        given = [{"name": name, "value": value} for name, value in values.items()]
        wish = {"id": GUARD, "i": {"active": True, "configuration": given}}
        return list(shop.run(UPDATE, wish, token=shop.staff)["pluginUpdate"]["errors"])

    types = {"tier_type": f"{base.tag}-tier", "gift_type": f"{base.tag}-gift"}
    assert fill(salon_url=app.origin, **types) == []
    yield fill
    app.forget()
    assert fill(**{item["name"]: item["value"] or "" for item in before}) == []


@pytest.fixture
def buyer(saleor, configure) -> "Buyer":
    shop, base, app = saleor
    shop.town = base.town()
    app.answers["transaction_initialize_session"] = documents.charge_success()
    return Buyer(shop, app)


class Buyer:
    """花子, signed in, in some storefront of the shop."""

    def __init__(self, shop: Any, app: Any) -> None:
        self.shop = shop
        self.app = app
        self.token = shop.token_of(shop.hanako)

    def paid_checkout(self, *names: str, promo: str = "") -> str:
        """A checkout with everything it needs, paid through the app."""
        address = {"billingAddress": documents.ADDRESS, "shippingAddress": documents.ADDRESS}
        given = documents.checkout_given(
            self.shop, *names, email=self.shop.hanako.email, languageCode="JA_JP", **address
        )
        made = self.shop.run(documents.CHECKOUT_CREATE, {"i": given}, token=self.token)
        checkout = str(made["checkoutCreate"]["checkout"]["id"])
        if made["checkoutCreate"]["checkout"]["isShippingRequired"]:
            options = self.shop.run(documents.DELIVERIES, {"id": checkout})
            chosen = options["deliveryOptionsCalculate"]["deliveries"][0]["id"]
            self.shop.run(documents.DELIVERY_SET, {"id": checkout, "m": chosen})
        if promo:
            added = self.shop.run(PROMO, {"id": checkout, "c": promo}, token=self.token)
            assert added["checkoutAddPromoCode"]["errors"] == []
        paid = documents.pay(self.shop, self.app, checkout, checkout, None)
        assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
        return checkout

    def complete(self, checkout: str) -> dict[str, Any]:
        return dict(self.shop.run(COMPLETE, {"id": checkout})["checkoutComplete"])

    def questions(self) -> list[dict[str, Any]]:
        """What the guard asked at the salon's door."""
        return [item for item in self.app.heard if item["path"] == DOOR]


def test_the_guard_asks_the_salon_in_the_shops_name_and_lets_an_honest_order_pass(buyer):
    # given
    buyer.app.answers[None] = {"isAllowed": True}
    checkout = buyer.paid_checkout("tier-5000", "mikan")

    # when
    done = buyer.complete(checkout)

    # then
    assert done["errors"] == []
    assert done["order"]["id"]
    [asked] = buyer.questions()
    assert buyer.app.signature_claims(asked)["alg"] == "RS256"
    assert asked["headers"]["Saleor-Api-Url"] == buyer.app.api_url
    question = json.loads(asked["body"])
    assert question["checkout"] == {"id": checkout}
    assert [(line["kind"], line["quantity"]) for line in question["lines"]] == [
        ("tier", 1),
        ("gift", 1),
    ]
    assert not {"山田", "花子", "中央区", buyer.shop.hanako.email} & set(
        json.dumps(question, ensure_ascii=False).split('"')
    )


def test_what_the_salon_refuses_is_refused_in_japanese_and_english(buyer):
    # given
    buyer.app.answers[None] = {"isAllowed": False, "code": "resident_no_gift"}
    checkout = buyer.paid_checkout("tier-5000", "mikan")

    # when
    done = buyer.complete(checkout)

    # then
    assert done["order"] is None
    assert codes(done) == ["UNAVAILABLE_VARIANT_IN_CHANNEL"]
    message = done["errors"][0]["message"]
    assert message.startswith("町にお住まいの方には、法令によりお礼の品をお送りできません。")
    assert "The law does not allow gifts to residents of the town." in message


def test_while_the_salon_is_away_only_donations_with_gifts_are_refused(buyer):
    # given
    buyer.app.statuses[None] = [503, 503]
    with_gift = buyer.paid_checkout("tier-5000", "mikan")
    without = buyer.paid_checkout("tier-5000")

    # when
    refused, done = buyer.complete(with_gift), buyer.complete(without)

    # then
    assert refused["order"] is None
    assert codes(refused) == ["GRAPHQL_ERROR"]
    assert "いま確かめることができません" in refused["errors"][0]["message"]
    assert done["errors"] == []
    assert done["order"]["id"]


def test_a_voucher_on_a_donation_is_refused_without_asking(buyer):
    # given
    shop = buyer.shop
    code = shop.town.ref("voucher")
    kind = {"type": "ENTIRE_ORDER", "discountValueType": "FIXED", "addCodes": [code], "name": code}
    voucher = shop.done(VOUCHER, {"i": kind})["voucher"]["id"]
    try:
        listing = {"addChannels": [{"channelId": shop.town.channel_id, "discountValue": 500}]}
        shop.done(VOUCHER_LISTING, {"id": voucher, "i": listing})

        # when
        done = buyer.complete(buyer.paid_checkout("tier-5000", "mikan", promo=code))
    finally:
        shop.done(VOUCHER_DELETE, {"id": voucher})

    # then
    assert done["order"] is None
    assert codes(done) == ["VOUCHER_NOT_APPLICABLE"]
    assert buyer.questions() == []


def test_the_guards_page_refuses_what_could_not_work(configure):
    address = configure(salon_url="ftp://salon.example.jp")
    kind = configure(tier_type="")

    assert [(error["field"], error["code"]) for error in address] == [("salonUrl", "INVALID")]
    assert [(error["field"], error["code"]) for error in kind] == [("tierType", "INVALID")]

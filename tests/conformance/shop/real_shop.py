"""A real Saleor as the shop under test: its address and a staff login are all that is given.

Everything the tests need is made through the API under names of its own, so that the suite may run
on the same shop any number of times; at the end it is taken away as far as the shop allows.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator

import httpx

from tests.conformance.shop.fake_app import FENCE_EMAIL
from tests.conformance.shop.shops import Person, Shop, Town, Variant, Warehouse

ADDRESS = {
    "streetAddress1": "丸ノ内1-2-20",
    "city": "高知市",
    "countryArea": "高知県",
    "postalCode": "780-0850",
    "country": "JP",
    "companyName": "みなと町役場",
}
LIES_AT = {"tier-5000": "yakuba", "mikan": "tanaka", "pan": "mori"}
CHANNEL = """mutation($i: ChannelCreateInput!) { channelCreate(input: $i) {
  channel { id } errors { field code message } } }"""
CHANNEL_OFF = """mutation($id: ID!) { channelDeactivate(id: $id) { errors { code message } } }"""
WAREHOUSE = """mutation($i: WarehouseCreateInput!) { createWarehouse(input: $i) {
  warehouse { id slug } errors { field code message } } }"""
WAREHOUSE_DELETE = "mutation($id: ID!) { deleteWarehouse(id: $id) { errors { code message } } }"
ZONE = """mutation($i: ShippingZoneCreateInput!) { shippingZoneCreate(input: $i) {
  shippingZone { id } errors { field code message } } }"""
ZONE_DELETE = "mutation($id: ID!) { shippingZoneDelete(id: $id) { errors { code message } } }"
METHOD = """mutation($i: ShippingPriceInput!) { shippingPriceCreate(input: $i) {
  shippingMethod { id } errors { field code message } } }"""
METHOD_LISTING = """mutation($id: ID!, $i: ShippingMethodChannelListingInput!) {
  shippingMethodChannelListingUpdate(id: $id, input: $i) { errors { field code message } } }"""
TYPE = """mutation($i: ProductTypeInput!) { productTypeCreate(input: $i) {
  productType { id } errors { field code message } } }"""
TYPE_DELETE = "mutation($id: ID!) { productTypeDelete(id: $id) { errors { code message } } }"
CATEGORY = """mutation($i: CategoryInput!) { categoryCreate(input: $i) {
  category { id } errors { field code message } } }"""
CATEGORY_DELETE = "mutation($id: ID!) { categoryDelete(id: $id) { errors { code message } } }"
PRODUCT = """mutation($i: ProductCreateInput!) { productCreate(input: $i) {
  product { id } errors { field code message } } }"""
PRODUCT_LISTING = """mutation($id: ID!, $i: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $i) { errors { field code message } } }"""
VARIANT = """mutation($i: ProductVariantCreateInput!) { productVariantCreate(input: $i) {
  productVariant { id } errors { field code message } } }"""
VARIANT_LISTING = """mutation($id: ID!, $i: [ProductVariantChannelListingAddInput!]!) {
  productVariantChannelListingUpdate(id: $id, input: $i) { errors { field code message } } }"""
CUSTOMER = """mutation($i: UserCreateInput!) { customerCreate(input: $i) {
  user { id } errors { field code message } } }"""
USER = "query($e: String!) { user(email: $e) { id } }"
CUSTOMER_DELETE = "mutation($id: ID!) { customerDelete(id: $id) { errors { code message } } }"
TAX_OFF = """mutation($id: ID!) { taxConfigurationUpdate(id: $id, input: {chargeTaxes: false,
  pricesEnteredWithTax: true}) { errors { field code message } } }"""
SETTINGS = "{ shop { version fulfillmentAllowUnpaid enableAccountConfirmationByEmail } }"


def given_url() -> str:
    """This will name the real shop, or nothing when none was given."""
    return os.environ.get("SALEOR_API_URL", "")


def login() -> Person:
    """This will read the staff login.

    Raises:
        KeyError: a shop was given and no login, which nobody should take for a run on it.
    """
    return Person(os.environ["SALEOR_STAFF_EMAIL"], os.environ["SALEOR_STAFF_PASSWORD"])


class Base:
    """What is made once a run: a channel in yen, warehouses, delivery, product types."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.tag = f"conf-{secrets.token_hex(3)}"
        self.made: list[tuple[str, str]] = []
        self.warehouses = {slug: self._warehouse(slug) for slug in LIES_AT.values()}
        self.channel_id = self._channel()
        self.method_id = self._method()
        self.types = {kind: self._type(kind) for kind in ("tier", "gift")}
        category = {"name": self.tag, "slug": self.tag}
        self.category_id = self.shop.done(CATEGORY, {"i": category})["category"]["id"]
        self.made.append((CATEGORY_DELETE, self.category_id))
        self._towns = 0

    def _warehouse(self, name: str) -> Warehouse:
        given = {"name": name, "slug": f"{self.tag}-{name}", "address": ADDRESS}
        made = self.shop.done(WAREHOUSE, {"i": given})["warehouse"]
        self.made.append((WAREHOUSE_DELETE, made["id"]))
        return Warehouse(id=made["id"], slug=made["slug"])

    def _channel(self) -> str:
        given = {
            "name": f"Conformance {self.tag}",
            "slug": self.tag,
            "currencyCode": "JPY",
            "defaultCountry": "JP",
            "isActive": True,
            "addWarehouses": [place.id for place in self.warehouses.values()],
        }
        key = str(self.shop.done(CHANNEL, {"i": given})["channel"]["id"])
        self.made.append((CHANNEL_OFF, key))
        taxes = """query($id: ID!) { channel(id: $id) { taxConfiguration { id } } }"""
        found = self.shop.run(taxes, {"id": key}, token=self.shop.staff)["channel"]
        self.shop.done(TAX_OFF, {"id": found["taxConfiguration"]["id"]})
        return key

    def _method(self) -> str:
        given = {
            "name": f"日本 {self.tag}",
            "countries": ["JP"],
            "addWarehouses": [place.id for place in self.warehouses.values()],
            "addChannels": [self.channel_id],
        }
        zone = self.shop.done(ZONE, {"i": given})["shippingZone"]["id"]
        self.made.append((ZONE_DELETE, zone))
        self.shop.zone_id = zone
        price = {"name": "送料込み", "type": "PRICE", "shippingZone": zone}
        method = str(self.shop.done(METHOD, {"i": price})["shippingMethod"]["id"])
        listing = {"addChannels": [{"channelId": self.channel_id, "price": 0}]}
        self.shop.done(METHOD_LISTING, {"id": method, "i": listing})
        return method.replace("ShippingMethodType", "ShippingMethod")

    def _type(self, kind: str) -> str:
        given = {
            "name": f"{self.tag} {kind}",
            "slug": f"{self.tag}-{kind}",
            "kind": "NORMAL",
            "hasVariants": True,
            "isShippingRequired": kind == "gift",
        }
        key = str(self.shop.done(TYPE, {"i": given})["productType"]["id"])
        self.made.append((TYPE_DELETE, key))
        return key

    def town(self) -> Town:
        """This will put fresh goods on the shelves, so that no test sees what another took."""
        self._towns += 1
        tag = f"{self.tag}-{self._towns}"
        return Town(
            tag=tag,
            channel_id=self.channel_id,
            channel=self.tag,
            method_id=self.method_id,
            variants={name: self._variant(tag, name) for name in LIES_AT},
            warehouses=self.warehouses,
        )

    def _variant(self, tag: str, name: str) -> Variant:
        is_tier = name == "tier-5000"
        product = {
            "name": name,
            "slug": f"{tag}-{name}",
            "category": self.category_id,
            "productType": self.types["tier" if is_tier else "gift"],
        }
        product_id = self.shop.done(PRODUCT, {"i": product})["product"]["id"]
        listing = {"channelId": self.channel_id, "isPublished": True}
        listing |= {"visibleInListings": True, "isAvailableForPurchase": True}
        self.shop.done(PRODUCT_LISTING, {"id": product_id, "i": {"updateChannels": [listing]}})
        place = self.warehouses[LIES_AT[name]].id
        sku = f"{tag}-{name}".upper()
        given = {
            "product": product_id,
            "sku": sku,
            "name": name,
            "externalReference": f"{tag}:{name}",
            "attributes": [],
            "trackInventory": not is_tier,
            "stocks": [{"warehouse": place, "quantity": 0 if is_tier else 5}],
        }
        key = str(self.shop.done(VARIANT, {"i": given})["productVariant"]["id"])
        price = [{"channelId": self.channel_id, "price": 5000 if is_tier else 0}]
        self.shop.done(VARIANT_LISTING, {"id": key, "i": price})
        return Variant(id=key, sku=sku)

    def take_away(self) -> list[str]:
        """This will remove what can be removed; a channel with orders is only switched off."""
        left = []
        for mutation, key in reversed(self.made):
            (answer,) = self.shop.run(mutation, {"id": key}, token=self.shop.staff).values()
            left += [f"{key}: {error['message']}" for error in answer["errors"]]
        return left


def fence_user(shop: Shop) -> str:
    """This will find, or make, the customer whose metadata tell that messages have come."""
    found = shop.run(USER, {"e": FENCE_EMAIL}, token=shop.staff)["user"]
    return str((found or shop.done(CUSTOMER, {"i": {"email": FENCE_EMAIL}})["user"])["id"])


@contextlib.contextmanager
def real_shop() -> Iterator[tuple[Shop, Base]]:
    """This will speak with the given shop while the block runs, and tidy up behind the tests."""
    with httpx.Client(timeout=60.0, trust_env=False) as client:
        origin = given_url().removesuffix("/graphql/")
        shop = Shop("saleor", origin, login(), client, quiet_s=0.7, patience_s=40.0)
        base = Base(shop)
        shop.fence_user = fence_user(shop)
        shop.town = base.town()
        try:
            yield shop, base
        finally:
            left = base.take_away()
            if left:
                print("left in the shop:", *left, sep="\n  ")

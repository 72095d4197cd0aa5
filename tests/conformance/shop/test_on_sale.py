"""What is not on sale in the channel cannot be ordered, and the shop says why."""

from typing import Any

import pytest

from tests.conformance.shop import documents
from tests.conformance.shop.documents import codes
from tests.conformance.shop.shops import Shop

LISTING = """mutation($id: ID!, $input: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $input) { errors { field code message } } }"""
PRODUCT = """query($id: ID!, $c: String!) { productVariant(id: $id, channel: $c) {
  product { id } } }"""
WAREHOUSES = """mutation($id: ID!, $i: ChannelUpdateInput!) { channelUpdate(id: $id, input: $i) {
  errors { field code message } } }"""
ZONE = """mutation($id: ID!, $i: ShippingZoneUpdateInput!) {
  shippingZoneUpdate(id: $id, input: $i) { errors { field code message } } }"""
HIDDEN = {"isPublished": False}
KEPT = {"isAvailableForPurchase": False}


def mikan_list(shop: Shop, **how: Any) -> str:
    """Lists the oranges anew and returns their variant."""
    variant = documents.variant_id(shop, "mikan")
    known = {"id": variant, "c": shop.town.channel}
    product = shop.run(PRODUCT, known, token=shop.staff)["productVariant"]["product"]
    given: dict[str, Any] = {"updateChannels": [{"channelId": shop.town.channel_id, **how}]}
    if how.get("gone"):
        given = {"removeChannels": [shop.town.channel_id]}
    shop.done(LISTING, {"id": product["id"], "input": given})
    return variant


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (HIDDEN, "PRODUCT_NOT_PUBLISHED"),
        (KEPT, "PRODUCT_UNAVAILABLE_FOR_PURCHASE"),
        ({"gone": True}, "PRODUCT_UNAVAILABLE_FOR_PURCHASE"),
    ],
)
def test_a_checkout_refuses_what_is_not_on_sale(shop: Shop, how: dict[str, Any], code: str) -> None:
    variant = mikan_list(shop, **how)
    given = documents.checkout_given(shop, "mikan")

    made = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]

    assert made["checkout"] is None
    assert [(e["field"], e["code"], e["variants"]) for e in made["errors"]] == [
        ("lines", code, [variant])
    ]


@pytest.mark.parametrize(
    ("how", "code"),
    [(HIDDEN, "PRODUCT_NOT_PUBLISHED"), (KEPT, "PRODUCT_UNAVAILABLE_FOR_PURCHASE")],
)
def test_a_draft_with_it_cannot_be_completed_until_it_is_on_sale_again(
    shop: Shop, staff: str, how: dict[str, Any], code: str
) -> None:
    # given
    order = documents.draft(shop, staff, "on-sale")["order"]
    mikan_list(shop, **how)

    # when
    refused = documents.draft_complete(shop, staff, order["id"])
    mikan_list(shop, isPublished=True, isAvailableForPurchase=True)
    taken = documents.draft_complete(shop, staff, order["id"])

    # then
    assert [(e["field"], e["code"]) for e in refused["errors"]] == [("lines", code)]
    assert taken["order"]["status"] == "UNFULFILLED"


def test_what_lies_in_a_warehouse_outside_the_channel_cannot_be_ordered(shop: Shop) -> None:
    # given
    places = [shop.town.warehouses["tanaka"].id]
    leave, join = {"removeWarehouses": places}, {"addWarehouses": places}
    shop.done(WAREHOUSES, {"id": shop.town.channel_id, "i": leave})

    # when
    try:
        given = documents.checkout_given(shop, "mikan")
        made = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]
    finally:
        shop.done(WAREHOUSES, {"id": shop.town.channel_id, "i": join})
        if shop.zone_id:
            # A warehouse that leaves its last channel leaves the zones of that channel, too.
            shop.done(ZONE, {"id": shop.zone_id, "i": join})

    # then
    assert codes(made) == ["INSUFFICIENT_STOCK"]

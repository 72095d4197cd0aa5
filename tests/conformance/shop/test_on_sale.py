"""What is not on sale in the channel cannot be ordered, and the shop says why."""

from typing import Any

import pytest

from fixtures.shop.testing import ShopClient
from tests.conformance.shop import documents

LISTING = """mutation($id: ID!, $input: ProductChannelListingUpdateInput!) {
  productChannelListingUpdate(id: $id, input: $input) { errors { field code } } }"""
PRODUCT = """query { product(externalReference: "product:mikan") { id variants { id } } }"""
CHANNEL = """query { channel(slug: "furusato") { id } }"""
HIDDEN = {"isPublished": False}
KEPT = {"isAvailableForPurchase": False}


def mikan_list(shop: ShopClient, staff: str, **how: Any) -> str:
    """Lists the oranges anew and returns their variant."""
    product = shop.run(PRODUCT, token=staff)["product"]
    channel = shop.run(CHANNEL, token=staff)["channel"]["id"]
    given = {"updateChannels": [{"channelId": channel, **how}]}
    if how.get("gone"):
        given = {"removeChannels": [channel]}
    answer = shop.run(LISTING, {"id": product["id"], "input": given}, token=staff)
    assert answer["productChannelListingUpdate"]["errors"] == []
    return str(product["variants"][0]["id"])


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (HIDDEN, "PRODUCT_NOT_PUBLISHED"),
        (KEPT, "PRODUCT_UNAVAILABLE_FOR_PURCHASE"),
        ({"gone": True}, "PRODUCT_UNAVAILABLE_FOR_PURCHASE"),
    ],
)
def test_a_checkout_refuses_what_is_not_on_sale(
    shop: ShopClient, staff: str, how: dict[str, Any], code: str
) -> None:
    variant = mikan_list(shop, staff, **how)
    given = {"channel": "furusato", "lines": [{"quantity": 1, "variantId": variant}]}

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
    shop: ShopClient, staff: str, how: dict[str, Any], code: str
) -> None:
    # given
    order = documents.draft(shop, staff, "fn:1:1")["order"]
    mikan_list(shop, staff, **how)

    # when
    refused = shop.run(documents.DRAFT_COMPLETE, {"id": order["id"]}, token=staff)
    mikan_list(shop, staff, isPublished=True, isAvailableForPurchase=True)
    taken = shop.run(documents.DRAFT_COMPLETE, {"id": order["id"]}, token=staff)

    # then
    errors = refused["draftOrderComplete"]["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [("lines", code)]
    assert taken["draftOrderComplete"]["order"]["status"] == "UNFULFILLED"


def test_what_lies_in_a_warehouse_outside_the_channel_cannot_be_ordered(
    shop: ShopClient, staff: str
) -> None:
    # given
    variant = mikan_list(shop, staff, isPublished=True)
    channel = shop.run(CHANNEL, token=staff)["channel"]["id"]
    stocks = shop.run(documents.STOCKS, {"r": "variant:mikan"}, token=staff)["productVariant"]
    warehouse = stocks["stocks"][0]["warehouse"]["id"]
    leave = """mutation($id: ID!, $w: ID!) {
      channelUpdate(id: $id, input: {removeWarehouses: [$w]}) { errors { code } } }"""
    shop.run(leave, {"id": channel, "w": warehouse}, token=staff)

    # when
    given = {"channel": "furusato", "lines": [{"quantity": 1, "variantId": variant}]}
    made = shop.run(documents.CHECKOUT_CREATE, {"i": given})["checkoutCreate"]

    # then
    assert [error["code"] for error in made["errors"]] == ["INSUFFICIENT_STOCK"]

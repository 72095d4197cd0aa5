"""The shop's products, warehouses and stock: a variant is named by its SKU, a warehouse by slug."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import client, errors, mapping

PAGE = 100  # the shop refuses more per page


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One thing that can be ordered. `price_yen` is None when it is not for sale in the channel."""

    id: str
    product_id: str
    sku: str
    name: str
    price_yen: Yen | None
    is_shipping_required: bool


@dataclass(frozen=True, kw_only=True)
class ShopWarehouse:
    """A warehouse: for us, a producer."""

    id: str
    slug: str
    name: str


def variants_by_reference(
    references: Iterable[str], *, shop: client.ShopClient | None = None
) -> dict[str, Variant]:
    """This will find variants by SKU; a SKU the shop does not know is not in the result."""
    found: dict[str, Variant] = {}
    speaker = shop or client.shop_client()
    for skus in _pages(references):
        variables = {"channel": settings.SALEOR_CHANNEL, "skus": skus}
        answer = speaker.execute("variants_by_sku", variables)
        for edge in answer["productVariants"]["edges"]:
            variant = _variant(edge["node"])
            found[variant.sku] = variant
    return found


def warehouses_by_reference(
    references: Iterable[str], *, shop: client.ShopClient | None = None
) -> dict[str, ShopWarehouse]:
    """This will find warehouses by slug; one that the shop does not know is not in the result."""
    found: dict[str, ShopWarehouse] = {}
    speaker = shop or client.shop_client()
    for slugs in _pages(references):
        answer = speaker.execute("warehouses_by_slug", {"slugs": slugs})
        for edge in answer["warehouses"]["edges"]:
            node = edge["node"]
            found[node["slug"]] = ShopWarehouse(id=node["id"], slug=node["slug"], name=node["name"])
    return found


def stock_available(
    variant_ids: Iterable[str], *, shop: client.ShopClient | None = None
) -> dict[str, int | None]:
    """This will count what may still be ordered of each variant, over all warehouses.

    None means that the shop does not count this variant (a donation has no stock).
    """
    counted: dict[str, int | None] = {}
    speaker = shop or client.shop_client()
    for ids in _pages(variant_ids):
        variables = {"channel": settings.SALEOR_CHANNEL, "ids": ids}
        answer = speaker.execute("stock_available", variables)
        for edge in answer["productVariants"]["edges"]:
            counted[edge["node"]["id"]] = _stock_count(edge["node"])
    return counted


def product_skus(*, product_id: str, shop: client.ShopClient | None = None) -> list[str]:
    """This will list the SKUs of a product's variants; nothing for an id that is no product's."""
    speaker = shop or client.shop_client()
    try:
        product = speaker.execute("product_skus", {"id": product_id}).get("product")
    except errors.ShopRefused:
        return []
    variants = (product or {}).get("variants") or []
    return [str(variant["sku"]) for variant in variants if variant["sku"]]


def channel_id(*, shop: client.ShopClient | None = None) -> str:
    """This will return the id of the donation channel, which must be in yen.

    Raises:
        ShopAnswerInvalid: there is no such channel, or it is not in yen.
    """
    speaker = shop or client.shop_client()
    return _channel_id(speaker.saleor_api_url, settings.SALEOR_CHANNEL, speaker)


_channel_ids: dict[tuple[str, str], str] = {}


def _channel_id(saleor_api_url: str, slug: str, shop: client.ShopClient) -> str:
    known = _channel_ids.get((saleor_api_url, slug))
    if known is not None:
        return known
    channel = shop.execute("channel_find", {"slug": slug}).get("channel")
    if not channel or channel["currencyCode"] != mapping.CURRENCY:
        raise errors.ShopAnswerInvalid("no channel in yen", operation="channel_find")
    _channel_ids[(saleor_api_url, slug)] = str(channel["id"])
    return str(channel["id"])


def _pages(references: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(set(references))
    for start in range(0, len(wanted), PAGE):
        yield wanted[start : start + PAGE]


def _stock_count(node: Mapping[str, Any]) -> int | None:
    if not node["trackInventory"]:
        return None
    stocks = node["stocks"] or []
    free = [int(stock["quantity"]) - int(stock["quantityAllocated"]) for stock in stocks]
    return sum(max(count, 0) for count in free)


def _variant(node: Mapping[str, Any]) -> Variant:
    price = (node.get("pricing") or {}).get("price")
    return Variant(
        id=node["id"],
        product_id=node["product"]["id"],
        sku=node["sku"],
        name=node["product"]["name"],
        price_yen=mapping.money_from_shop(price["gross"]) if price else None,
        is_shipping_required=node["product"]["productType"]["isShippingRequired"],
    )

"""Variants: one for each product, with its price in the channel."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import mapping
from saleor_ext.saleor_connector.setup import channel, parts, products, staff
from saleor_ext.saleor_connector.setup.wanted import ProductWanted, ShopWanted

GRAMS = 1000


class VariantsPart:
    """Variants by SKU."""

    name = "variants"
    permission = "MANAGE_PRODUCTS"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug
        self._by_sku = {item.sku: item for item in wanted.products}

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our variants."""
        nodes = variant_nodes(shop, list(self._by_sku))
        return {sku: self._found(node) for sku, node in nodes.items()}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return names, prices and whether pieces are counted."""
        return {
            sku: {
                "name": item.variant_name,
                "price_yen": item.price_yen,
                "is_counted": item.is_counted,
                "weight_g": item.weight_g,
            }
            for sku, item in self._by_sku.items()
        }

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a variant and give it its price."""
        item = self._by_sku[key]
        given = {
            "product": products.product_nodes(shop, [item])[key]["id"],
            "sku": key,
            "externalReference": item.reference,
            "attributes": [],
            **_input(item),
        }
        made = shop.mutate("setup_variant_create", "productVariantCreate", {"input": given})
        self._price(shop, item, made["productVariant"]["id"])

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set the variant's own fields, or its price, or both."""
        item = self._by_sku[key]
        if fields - {"price_yen"}:
            variables = {"id": found.id, "input": _input(item)}
            shop.mutate("setup_variant_update", "productVariantUpdate", variables)
        if "price_yen" in fields:
            self._price(shop, item, found.id)

    def _price(self, shop: staff.StaffShop, item: ProductWanted, variant_id: str) -> None:
        listing = {
            "channelId": channel.channel_id(shop, self._channel_slug),
            "price": mapping.yen_to_shop(item.price_yen),
        }
        variables = {"id": variant_id, "input": [listing]}
        shop.mutate("setup_variant_listing", "productVariantChannelListingUpdate", variables)

    def _found(self, node: Mapping[str, Any]) -> parts.Found:
        weight = node["weight"]
        fields: parts.Fields = {
            "name": node["name"],
            "price_yen": self._price_of(node),
            "is_counted": node["trackInventory"],
            "weight_g": _grams(weight) if weight else 0,
        }
        return parts.Found(id=node["id"], fields=fields)

    def _price_of(self, node: Mapping[str, Any]) -> Yen | None:
        for listing in node["channelListings"] or []:
            if listing["channel"]["slug"] == self._channel_slug and listing["price"]:
                return mapping.money_from_shop(listing["price"])
        return None


def variant_nodes(shop: staff.StaffShop, skus: list[str]) -> dict[str, dict[str, Any]]:
    """This will find variants by SKU, with their prices and stock."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(skus), products.CHUNK):
        variables = {"skus": sorted(skus[start : start + products.CHUNK])}
        for node in shop.nodes("setup_variants", "productVariants", variables):
            found[node["sku"]] = node
    return found


def _input(item: ProductWanted) -> dict[str, Any]:
    return {
        "name": item.variant_name,
        "trackInventory": item.is_counted,
        "weight": item.weight_g / GRAMS,
    }


def _grams(weight: Mapping[str, Any]) -> int:
    """The shop takes weights in its own unit, which is the kilogram unless staff changed it."""
    unit = {"KG": GRAMS, "G": 1, "LB": 453.592, "OZ": 28.3495, "TONNE": GRAMS * GRAMS}
    return round(float(weight["value"]) * unit[str(weight["unit"])])

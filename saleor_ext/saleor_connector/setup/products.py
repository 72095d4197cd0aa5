"""Products: a tier or a gift with what it says and where it can be seen."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.saleor_connector.setup import (
    attributes,
    categories,
    channel,
    parts,
    product_types,
    staff,
    texts,
)
from saleor_ext.saleor_connector.setup.wanted import ProductWanted, ShopWanted

LISTING = frozenset({"is_published", "is_for_sale", "is_visible"})
CHUNK = 25  # the shop counts what a query may cost; a product with its attributes is dear


class ProductsPart:
    """Products by the SKU of their one variant; one that is half made is found by its slug."""

    name = "products"
    permission = "MANAGE_PRODUCTS"
    by_hand = frozenset({"product_type"})
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug
        self._kinds = {item.slug: item for item in wanted.product_types}
        self._by_sku = {item.sku: item for item in wanted.products}

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our products."""
        nodes = product_nodes(shop, list(self._by_sku.values()))
        return {sku: self._found(self._by_sku[sku], node) for sku, node in nodes.items()}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return names, texts, attributes and listings."""
        return {sku: self._fields(item) for sku, item in self._by_sku.items()}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a product and list it in the channel."""
        item = self._by_sku[key]
        types = product_types.product_type_ids(shop, [item.product_type])
        given = {
            "slug": item.slug,
            "externalReference": item.reference,
            "productType": types[item.product_type],
            **self._input(shop, item),
        }
        made = shop.mutate("setup_product_create", "productCreate", {"input": given})
        self._list(shop, item, made["product"]["id"])

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set what it says, or where it is seen, or both."""
        item = self._by_sku[key]
        if fields - LISTING:
            variables = {"id": found.id, "input": self._input(shop, item)}
            shop.mutate("setup_product_update", "productUpdate", variables)
        if fields & LISTING:
            self._list(shop, item, found.id)

    def _input(self, shop: staff.StaffShop, item: ProductWanted) -> dict[str, Any]:
        ids = attributes.attribute_ids(shop, list(item.attributes))
        category = categories.category_ids(shop, [item.product_type])
        kinds = {one.slug: one.kind for one in self._kinds[item.product_type].attributes}
        return {
            "name": item.name,
            "description": texts.text_to_shop(item.description),
            "category": category[item.product_type],
            "attributes": [
                {"id": ids[slug], **_attribute_input(kinds[slug], value)}
                for slug, value in sorted(item.attributes.items())
            ],
        }

    def _list(self, shop: staff.StaffShop, item: ProductWanted, product_id: str) -> None:
        listing = {
            "channelId": channel.channel_id(shop, self._channel_slug),
            "isPublished": True,
            "isAvailableForPurchase": True,
            "visibleInListings": item.is_visible,
        }
        variables = {"id": product_id, "input": {"updateChannels": [listing]}}
        shop.mutate("setup_product_listing", "productChannelListingUpdate", variables)

    def _fields(self, item: ProductWanted) -> parts.Fields:
        return {
            "name": item.name,
            "product_type": item.product_type,
            "category": item.product_type,
            "description": tuple(text for text in item.description if text),
            **{f"attribute:{slug}": value for slug, value in item.attributes.items()},
            "is_published": True,
            "is_for_sale": True,
            "is_visible": item.is_visible,
        }

    def _found(self, item: ProductWanted, node: Mapping[str, Any]) -> parts.Found:
        listings = node["channelListings"] or []
        here: Mapping[str, Any] = next(
            (one for one in listings if one["channel"]["slug"] == self._channel_slug), {}
        )
        given = {
            one["attribute"]["slug"]: _attribute_value(one) for one in node["assignedAttributes"]
        }
        fields: parts.Fields = {
            "name": node["name"],
            "product_type": node["productType"]["slug"],
            "category": (node["category"] or {}).get("slug"),
            "description": texts.text_from_shop(node["description"]),
            **{f"attribute:{slug}": given.get(slug) for slug in item.attributes},
            "is_published": here.get("isPublished", False),
            "is_for_sale": here.get("isAvailableForPurchase", False),
            "is_visible": here.get("visibleInListings", False),
        }
        return parts.Found(id=node["id"], fields=fields)


def product_nodes(shop: staff.StaffShop, items: list[ProductWanted]) -> dict[str, dict[str, Any]]:
    """This will find products by SKU, and those that have no variant yet by slug."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(items), CHUNK):
        variables = {"skus": sorted(item.sku for item in items[start : start + CHUNK])}
        for node in shop.nodes("setup_products_by_sku", "productVariants", variables):
            found[node["sku"]] = node["product"]
    rest = {item.slug: item.sku for item in items if item.sku not in found}
    slugs = sorted(rest)
    for start in range(0, len(slugs), CHUNK):
        variables = {"slugs": slugs[start : start + CHUNK]}
        for node in shop.nodes("setup_products_by_slug", "products", variables):
            found[rest[node["slug"]]] = node
    return found


def _attribute_input(kind: str, value: parts.Value) -> dict[str, Any]:
    if kind == "BOOLEAN":
        return {"boolean": value}
    if kind == "NUMERIC":
        return {"numeric": str(value)}
    return {"dropdown": {"value": value}}


def _attribute_value(given: Mapping[str, Any]) -> str | int | bool | None:
    """An attribute as the shop has it: the field that is filled depends on its kind."""
    if given.get("choice") is not None:
        return str(given["choice"]["name"])
    if given.get("number") is not None:
        return int(given["number"])
    truth = given.get("truth")
    return None if truth is None else bool(truth)

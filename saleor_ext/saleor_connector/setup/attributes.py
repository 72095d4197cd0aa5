"""Attributes: what products of a type tell about themselves, so that storefronts can filter."""

from collections.abc import Mapping

from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class AttributesPart:
    """Attributes by slug. Their kind cannot be changed once they are made."""

    name = "attributes"
    permission = "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"
    by_hand = frozenset({"kind"})
    is_foundation = True

    def __init__(self, wanted: ShopWanted) -> None:
        self._by_slug = {
            item.slug: item for kind in wanted.product_types for item in kind.attributes
        }

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our attributes."""
        variables = {"slugs": sorted(self._by_slug)}
        return {
            node["slug"]: parts.Found(id=node["id"], fields={"kind": node["inputType"]})
            for node in shop.nodes("setup_attributes", "attributes", variables)
        }

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return the kind of each; its name is the staff's to say."""
        return {slug: {"kind": item.kind} for slug, item in self._by_slug.items()}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make an attribute."""
        item = self._by_slug[key]
        given = {
            "type": "PRODUCT_TYPE",
            "slug": key,
            "name": item.name,
            "inputType": item.kind,
            "visibleInStorefront": True,
        }
        shop.mutate("setup_attribute_create", "attributeCreate", {"input": given})

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """There is nothing about an attribute that could be changed from here."""


def attribute_ids(shop: staff.StaffShop, slugs: list[str]) -> dict[str, str]:
    """This will return the ids of attributes by slug."""
    nodes = shop.nodes("setup_attributes", "attributes", {"slugs": sorted(slugs)})
    return {node["slug"]: node["id"] for node in nodes}

"""Product types: a donation tier, which is not shipped, and a return gift, which is."""

from collections.abc import Mapping

from saleor_ext.saleor_connector.setup import attributes, parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class ProductTypesPart:
    """Product types by slug, each with its attributes."""

    name = "product_types"
    permission = "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._by_slug = {item.slug: item for item in wanted.product_types}

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our product types and which of our attributes each lacks."""
        found: dict[str, parts.Found] = {}
        variables = {"slugs": sorted(self._by_slug)}
        for node in shop.nodes("setup_product_types", "productTypes", variables):
            here = {item["slug"] for item in node["productAttributes"] or []}
            slugs = [item.slug for item in self._by_slug[node["slug"]].attributes]
            fields: parts.Fields = {
                "is_shipped": node["isShippingRequired"],
                "attributes_missing": tuple(slug for slug in slugs if slug not in here),
            }
            found[node["slug"]] = parts.Found(id=node["id"], fields=fields)
        return found

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return whether each is shipped; its name is the staff's to say."""
        return {
            slug: {"is_shipped": item.is_shipped, "attributes_missing": ()}
            for slug, item in self._by_slug.items()
        }

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a product type with its attributes."""
        item = self._by_slug[key]
        ids = attributes.attribute_ids(shop, [one.slug for one in item.attributes])
        given = {
            "name": item.name,
            "slug": key,
            "kind": "NORMAL",
            "isShippingRequired": item.is_shipped,
            "productAttributes": [ids[one.slug] for one in item.attributes],
        }
        shop.mutate("setup_product_type_create", "productTypeCreate", {"input": given})

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set whether it is shipped, and add attributes beside those it has."""
        if "is_shipped" in fields:
            given = {"isShippingRequired": self._by_slug[key].is_shipped}
            variables = {"id": found.id, "input": given}
            shop.mutate("setup_product_type_update", "productTypeUpdate", variables)
        missing = found.fields["attributes_missing"]
        if isinstance(missing, tuple) and missing:
            ids = attributes.attribute_ids(shop, list(missing))
            operations = [{"id": ids[slug], "type": "PRODUCT"} for slug in missing]
            shop.mutate(
                "setup_attributes_assign",
                "productAttributeAssign",
                {"id": found.id, "operations": operations},
            )


def product_type_ids(shop: staff.StaffShop, slugs: list[str]) -> dict[str, str]:
    """This will return the ids of product types by slug."""
    nodes = shop.nodes("setup_product_types", "productTypes", {"slugs": sorted(slugs)})
    return {node["slug"]: node["id"] for node in nodes}

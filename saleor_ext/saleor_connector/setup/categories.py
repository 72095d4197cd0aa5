"""A category for each kind of product: the shop publishes nothing that lies in none."""

from collections.abc import Mapping

from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class CategoriesPart:
    """Categories by slug, called like the product types and named by the same slugs."""

    name = "categories"
    permission = "MANAGE_PRODUCTS"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._names = {item.slug: item.name for item in wanted.product_types}

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our categories."""
        return {
            slug: parts.Found(id=category_id, fields={})
            for slug, category_id in category_ids(shop, list(self._names)).items()
        }

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will ask for each category to be there; its name is the staff's to say."""
        return {slug: {} for slug in self._names}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a category."""
        given = {"name": self._names[key], "slug": key}
        shop.mutate("setup_category_create", "categoryCreate", {"input": given})

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """There is nothing about a category that we would change."""


def category_ids(shop: staff.StaffShop, slugs: list[str]) -> dict[str, str]:
    """This will return the ids of categories by slug."""
    nodes = shop.nodes("setup_categories", "categories", {"slugs": sorted(slugs)})
    return {node["slug"]: node["id"] for node in nodes}

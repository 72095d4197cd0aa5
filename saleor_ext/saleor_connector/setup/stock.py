"""Stock rows: made once with a first count, and never touched again."""

from collections.abc import Mapping

from saleor_ext.saleor_connector.setup import parts, staff, variants, warehouses
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class StockPart:
    """What lies where, by SKU and warehouse. A count that is there is the producer's to change."""

    name = "stock"
    permission = "MANAGE_PRODUCTS"
    by_hand = frozenset({"quantity"})
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._by_key = {_key(item.sku, item.warehouse): item for item in wanted.products}
        self._skus = [item.sku for item in wanted.products]

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find all stock rows of our variants, in whichever warehouse."""
        return {
            _key(sku, row["warehouse"]["slug"]): parts.Found(
                id=row["id"], fields={"quantity": row["quantity"]}
            )
            for sku, node in variants.variant_nodes(shop, self._skus).items()
            for row in node["stocks"] or []
        }

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will ask for a row where the thing lies, and for nothing in other warehouses.

        From another warehouse the shop would send it, and nobody there has it.
        """
        here: dict[str, parts.Fields] = {
            key: found[key].fields if key in found else {"quantity": item.initial_stock}
            for key, item in self._by_key.items()
        }
        elsewhere = {key: {"quantity": 0} for key in found if key not in self._by_key}
        return {**here, **elsewhere}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a stock row."""
        item = self._by_key[key]
        variant = variants.variant_nodes(shop, [item.sku])[item.sku]
        warehouse = warehouses.warehouse_ids(shop, [item.warehouse])[item.warehouse]
        row = {"warehouse": warehouse, "quantity": item.initial_stock}
        variables = {"variant": variant["id"], "stocks": [row]}
        shop.mutate("setup_stock_create", "productVariantStocksCreate", variables)

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """A count is never changed from here."""


def _key(sku: str, warehouse: str) -> str:
    return f"{sku} @ {warehouse}"

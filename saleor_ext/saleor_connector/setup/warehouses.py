"""Warehouses: one for each producer, and the town office for the donations themselves."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.saleor_connector import mapping
from saleor_ext.saleor_connector.setup import channel, parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted, WarehouseWanted


class WarehousesPart:
    """Warehouses by slug, all of them serving the donations' channel."""

    name = "warehouses"
    permission = "MANAGE_PRODUCTS"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug
        self._by_slug = {item.slug: item for item in wanted.warehouses}

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our warehouses; those of others are not looked at."""
        here = shop.execute("setup_channel", {"slug": self._channel_slug})["channel"]
        serving = {item["slug"] for item in here["warehouses"]} if here else set()
        variables = {"slugs": sorted(self._by_slug)}
        return {
            node["slug"]: _found(node, is_in_channel=node["slug"] in serving)
            for node in shop.nodes("setup_warehouses", "warehouses", variables)
        }

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return name, addresses and channel of each."""
        return {slug: _fields(item) for slug, item in self._by_slug.items()}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make a warehouse and let it serve the channel."""
        item = self._by_slug[key]
        given = {"slug": key, "externalReference": f"warehouse:{key}", **_input(item)}
        made = shop.mutate("setup_warehouse_create", "createWarehouse", {"input": given})
        self._join(shop, made["warehouse"]["id"])

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set name and address, and let the warehouse serve the channel."""
        if fields - {"is_in_channel"}:
            variables = {"id": found.id, "input": _input(self._by_slug[key])}
            shop.mutate("setup_warehouse_update", "updateWarehouse", variables)
        if "is_in_channel" in fields:
            self._join(shop, found.id)

    def _join(self, shop: staff.StaffShop, warehouse_id: str) -> None:
        variables = {
            "id": channel.channel_id(shop, self._channel_slug),
            "input": {"addWarehouses": [warehouse_id]},
        }
        shop.mutate("setup_channel_update", "channelUpdate", variables)


def warehouse_ids(shop: staff.StaffShop, slugs: list[str]) -> dict[str, str]:
    """This will return the ids of warehouses by slug."""
    nodes = shop.nodes("setup_warehouses", "warehouses", {"slugs": slugs})
    return {node["slug"]: node["id"] for node in nodes}


def _address(item: WarehouseWanted) -> dict[str, Any]:
    written = mapping.address_to_shop(
        mapping.JapaneseAddress(
            family_name="",
            given_name="",
            postal_code=item.postal_code,
            prefecture=item.prefecture,
            city=item.city,
            street=item.street,
            phone=item.phone,
        )
    )
    return {name: value for name, value in written.items() if value} | {"companyName": item.name}


def _input(item: WarehouseWanted) -> dict[str, Any]:
    return {"name": item.name, "email": item.email, "address": _address(item)}


def _fields(item: WarehouseWanted) -> parts.Fields:
    address = _address(item)
    return {
        "name": item.name,
        "email": item.email,
        "company": address["companyName"],
        "postal_code": address["postalCode"],
        "prefecture": address["countryArea"],
        "city": address["city"],
        "street": address["streetAddress1"],
        # A number that the shop would refuse is left out, and what staff entered is left alone.
        **({"phone": address["phone"]} if "phone" in address else {}),
        "is_in_channel": True,
    }


def _found(node: Mapping[str, Any], *, is_in_channel: bool) -> parts.Found:
    address = node["address"]
    fields: parts.Fields = {
        "name": node["name"],
        "email": node["email"],
        "company": address["companyName"],
        "postal_code": address["postalCode"],
        "prefecture": address["countryArea"],
        "city": address["city"],
        "street": address["streetAddress1"],
        "phone": address["phone"] or "",
        "is_in_channel": is_in_channel,
    }
    return parts.Found(id=node["id"], fields=fields)

"""One shipping zone, Japan, and one method in it that costs nothing: a donation covers it."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import mapping
from saleor_ext.saleor_connector.setup import channel, parts, staff, warehouses
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class ZonePart:
    """The zone by its name: it has no other mark of its own."""

    name = "shipping_zone"
    permission = "MANAGE_SHIPPING"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._name = wanted.zone_name
        self._channel_slug = wanted.channel_slug
        self._slugs = sorted(item.slug for item in wanted.warehouses)

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find the zone."""
        node = zone_find(shop, self._name)
        if node is None:
            return {}
        here = {item["slug"] for item in node["warehouses"]}
        fields: parts.Fields = {
            "has_japan": mapping.COUNTRY in {item["code"] for item in node["countries"]},
            "is_in_channel": self._channel_slug in {item["slug"] for item in node["channels"]},
            "warehouses_missing": tuple(slug for slug in self._slugs if slug not in here),
        }
        return {self._name: parts.Found(id=node["id"], fields=fields)}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return the whole country, our channel and all our warehouses."""
        fields: parts.Fields = {
            "has_japan": True,
            "is_in_channel": True,
            "warehouses_missing": (),
        }
        return {self._name: fields}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make the zone."""
        given = {
            "name": self._name,
            "countries": [mapping.COUNTRY],
            "addChannels": [channel.channel_id(shop, self._channel_slug)],
            "addWarehouses": sorted(warehouses.warehouse_ids(shop, self._slugs).values()),
        }
        shop.mutate("setup_zone_create", "shippingZoneCreate", {"input": given})

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will add what the zone lacks."""
        given: dict[str, Any] = {}
        if "has_japan" in fields:
            node = zone_find(shop, self._name) or {"countries": []}
            others = [item["code"] for item in node["countries"]]
            given["countries"] = [*others, mapping.COUNTRY]
        if "is_in_channel" in fields:
            given["addChannels"] = [channel.channel_id(shop, self._channel_slug)]
        missing = found.fields["warehouses_missing"]
        if isinstance(missing, tuple) and missing:
            given["addWarehouses"] = sorted(warehouses.warehouse_ids(shop, list(missing)).values())
        shop.mutate("setup_zone_update", "shippingZoneUpdate", {"id": found.id, "input": given})


class MethodPart:
    """The free method of the zone. Any other method that costs money must not be offered here."""

    name = "shipping_method"
    permission = "MANAGE_SHIPPING"
    by_hand = frozenset({"costs_extra"})
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._zone_name = wanted.zone_name
        self._name = wanted.method_name
        self._channel_slug = wanted.channel_slug

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find our method, and those of others that cost something in our channel."""
        found: dict[str, parts.Found] = {}
        for zone in shop.nodes("setup_zones", "shippingZones"):
            for node in zone["shippingMethods"] or []:
                price = self._price(node)
                if zone["name"] == self._zone_name and node["name"] == self._name:
                    found[self._name] = parts.Found(id=node["id"], fields={"price_yen": price})
                elif price:
                    key = f"{zone['name']} / {node['name']}"
                    found[key] = parts.Found(id=node["id"], fields={"costs_extra": price})
        return found

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return our method at no cost, and no cost for any other."""
        others = {key: {"costs_extra": 0} for key in found if key != self._name}
        return {self._name: {"price_yen": 0}, **others}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make the method and its price."""
        zone = zone_find(shop, self._zone_name)
        given = {"name": self._name, "type": "PRICE", "shippingZone": zone and zone["id"]}
        made = shop.mutate("setup_method_create", "shippingPriceCreate", {"input": given})
        self._list(shop, made["shippingMethod"]["id"])

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set the price to nothing."""
        self._list(shop, found.id)

    def _list(self, shop: staff.StaffShop, method_id: str) -> None:
        listing = {"channelId": channel.channel_id(shop, self._channel_slug), "price": 0}
        variables = {"id": method_id, "input": {"addChannels": [listing]}}
        shop.mutate("setup_method_listing", "shippingMethodChannelListingUpdate", variables)

    def _price(self, node: Mapping[str, Any]) -> Yen | None:
        """The price in our channel, None when the method is not offered there."""
        for listing in node["channelListings"] or []:
            if listing["channel"]["slug"] == self._channel_slug:
                return mapping.money_from_shop(listing["price"])
        return None


def zone_find(shop: staff.StaffShop, name: str) -> dict[str, Any] | None:
    """This will return the zone of that name."""
    nodes = shop.nodes("setup_zones", "shippingZones")
    return next((node for node in nodes if node["name"] == name), None)

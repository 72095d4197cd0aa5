"""Vouchers, promotions and gift cards: none of them may lower a donation.

Our payment handler refuses them anyway; here they are kept from being offered at all.
"""

from collections.abc import Mapping
from typing import Any

from saleor_ext.saleor_connector import mapping
from saleor_ext.saleor_connector.setup import channel, parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class _NeverWanted:
    """Whatever there is of such a thing, none of it may be usable."""

    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will ask for none of them to be usable."""
        return {key: {**here.fields, "is_usable": False} for key, here in found.items()}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """None is ever made."""


class VouchersPart(_NeverWanted):
    """Vouchers that can be used in our channel; they are taken out of it, not deleted."""

    name = "vouchers"
    permission = "MANAGE_DISCOUNTS"

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find the vouchers of our channel."""
        return {
            str(node["code"] or node["id"]): _unwanted(node["id"], node["name"])
            for node in shop.nodes("setup_vouchers", "vouchers")
            if _is_listed(node["channelListings"], self._channel_slug)
        }

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will take a voucher out of our channel."""
        given = {"removeChannels": [channel.channel_id(shop, self._channel_slug)]}
        variables = {"id": found.id, "input": given}
        shop.mutate("setup_voucher_listing", "voucherChannelListingUpdate", variables)


class PromotionsPart(_NeverWanted):
    """Rules of promotions that count in our channel; they are taken out of it, not deleted."""

    name = "promotions"
    permission = "MANAGE_DISCOUNTS"

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find the rules of our channel."""
        return {
            str(rule["id"]): _unwanted(rule["id"], f"{node['name']} / {rule['name'] or ''}")
            for node in shop.nodes("setup_promotions", "promotions")
            for rule in node["rules"] or []
            if self._channel_slug in {item["slug"] for item in rule["channels"] or []}
        }

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will take a rule out of our channel."""
        given = {"removeChannels": [channel.channel_id(shop, self._channel_slug)]}
        variables = {"id": found.id, "input": given}
        shop.mutate("setup_promotion_rule_update", "promotionRuleUpdate", variables)


class GiftCardsPart(_NeverWanted):
    """Gift cards in yen that are good. They belong to people, so only staff may end them."""

    name = "gift_cards"
    permission = "MANAGE_GIFT_CARD"
    by_hand = frozenset({"is_usable"})

    def __init__(self, wanted: ShopWanted) -> None:
        """Gift cards are good in a currency, not in a channel."""

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find the gift cards that could be offered as payment."""
        variables = {"currency": mapping.CURRENCY}
        return {
            str(node["id"]): _unwanted(node["id"], f"…{node['last4CodeChars']}")
            for node in shop.nodes("setup_gift_cards", "giftCards", variables)
            if node["isActive"]
        }

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """A gift card is never changed from here."""


def _is_listed(listings: list[dict[str, Any]] | None, channel_slug: str) -> bool:
    return channel_slug in {item["channel"]["slug"] for item in listings or []}


def _unwanted(thing_id: str, name: str | None) -> parts.Found:
    return parts.Found(id=thing_id, fields={"name": name or "", "is_usable": True})

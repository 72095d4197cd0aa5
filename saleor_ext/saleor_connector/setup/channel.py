"""The donations' sales channel, and the rules for payments, checkouts and orders in it."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.saleor_connector import mapping
from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class ChannelPart:
    """One channel in yen. Its currency cannot be changed once it is made."""

    name = "channel"
    permission = "MANAGE_CHANNELS"
    by_hand = frozenset({"currency"})
    is_foundation = True

    def __init__(self, wanted: ShopWanted) -> None:
        self._slug = wanted.channel_slug
        self._name = wanted.channel_name
        self._fields: parts.Fields = {
            "currency": mapping.CURRENCY,
            "country": mapping.COUNTRY,
            "is_active": True,
            "confirms_orders": True,
            "allows_unpaid_orders": False,
            # A month's order waits unpaid from its lock to the last attempt with the card.
            "order_expiry_min": 0,
            # What staff mark as paid is a transaction like any other, so that it is seen.
            "marks_paid_as": "TRANSACTION_FLOW",
            "completes_checkouts": True,
            "completion_delay_min": wanted.completion_delay_min,
            "takes_gift_cards": False,
            "payment_flow": "CHARGE",
            "releases_funds": True,
            "release_after_h": wanted.release_after_h,
        }

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will find the channel by its slug."""
        here = shop.execute("setup_channel", {"slug": self._slug})["channel"]
        return {self._slug: _found(here)} if here else {}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return the channel's rules. What staff call it is theirs to say."""
        return {self._slug: self._fields}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """This will make the channel."""
        given = {
            "name": self._name,
            "slug": self._slug,
            "currencyCode": mapping.CURRENCY,
            "defaultCountry": mapping.COUNTRY,
            "isActive": True,
            **self._settings(),
        }
        shop.mutate("setup_channel_create", "channelCreate", {"input": given})

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set all rules again; those that were right stay as they are."""
        given: dict[str, Any] = self._settings()
        if "completes_checkouts" not in fields and "completion_delay_min" not in fields:
            # Setting it again would move the moment from which checkouts count.
            del given["checkoutSettings"]["automaticCompletion"]
        if "country" in fields:
            given["defaultCountry"] = mapping.COUNTRY
        if "is_active" in fields:
            given["isActive"] = True
        shop.mutate("setup_channel_update", "channelUpdate", {"id": found.id, "input": given})

    def _settings(self) -> dict[str, Any]:
        return {
            "orderSettings": {
                "automaticallyConfirmAllNewOrders": True,
                "allowUnpaidOrders": False,
                "expireOrdersAfter": 0,
                "markAsPaidStrategy": "TRANSACTION_FLOW",
            },
            "checkoutSettings": {
                "automaticCompletion": {
                    "enabled": True,
                    "delay": self._fields["completion_delay_min"],
                },
                "allowLegacyGiftCardUse": False,
            },
            "paymentSettings": {
                "defaultTransactionFlowStrategy": "CHARGE",
                "releaseFundsForExpiredCheckouts": True,
                "checkoutTtlBeforeReleasingFunds": self._fields["release_after_h"],
            },
        }


def channel_id(shop: staff.StaffShop, slug: str) -> str:
    """This will return the channel's id.

    Raises:
        KeyError: it has not been made yet.
    """
    here = shop.execute("channel_find", {"slug": slug})["channel"]
    if not here:
        raise KeyError(slug)
    return str(here["id"])


def _found(here: Mapping[str, Any]) -> parts.Found:
    orders, checkouts = here["orderSettings"], here["checkoutSettings"]
    payments = here["paymentSettings"]
    fields: parts.Fields = {
        "currency": here["currencyCode"],
        "country": here["defaultCountry"]["code"],
        "is_active": here["isActive"],
        "confirms_orders": orders["automaticallyConfirmAllNewOrders"],
        "allows_unpaid_orders": orders["allowUnpaidOrders"],
        "order_expiry_min": orders["expireOrdersAfter"] or 0,
        "marks_paid_as": orders["markAsPaidStrategy"],
        "completes_checkouts": checkouts["automaticallyCompleteFullyPaidCheckouts"],
        "completion_delay_min": checkouts["automaticCompletionDelay"],
        "takes_gift_cards": checkouts["allowLegacyGiftCardUse"],
        "payment_flow": payments["defaultTransactionFlowStrategy"],
        "releases_funds": payments["releaseFundsForExpiredCheckouts"],
        "release_after_h": payments["checkoutTtlBeforeReleasingFunds"],
    }
    return parts.Found(id=here["id"], fields=fields)

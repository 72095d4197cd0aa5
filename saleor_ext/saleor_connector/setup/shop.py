"""Switches of the whole shop."""

from collections.abc import Mapping

from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted

KEY = "shop"
WANTED: parts.Fields = {
    # Our parcels carry their numbers when they are reported; nobody approves them again.
    "fulfillment_auto_approve": True,
    # Nothing ships unpaid.
    "fulfillment_allow_unpaid": False,
    # An address is its owner's before anything is given or sent under it.
    "confirms_email": True,
    "lets_unconfirmed_in": False,
    # Donors sign in with e-mail address and password.
    "customers_have_passwords": True,
}
INPUT_OF_FIELD: dict[str, dict[str, object]] = {
    "fulfillment_auto_approve": {"fulfillmentAutoApprove": True},
    "fulfillment_allow_unpaid": {"fulfillmentAllowUnpaid": False},
    "confirms_email": {"enableAccountConfirmationByEmail": True},
    "lets_unconfirmed_in": {"allowLoginWithoutConfirmation": False},
    "customers_have_passwords": {"passwordLoginMode": "ENABLED"},
}


class ShopPart:
    """How the shop treats parcels and accounts, in every channel."""

    name = "shop"
    permission = "MANAGE_SETTINGS"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        """The switches are the same for every town."""

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will return the one shop."""
        here = shop.execute("setup_shop", {})["shop"]
        fields: parts.Fields = {
            "fulfillment_auto_approve": here["fulfillmentAutoApprove"],
            "fulfillment_allow_unpaid": here["fulfillmentAllowUnpaid"],
            "confirms_email": here["enableAccountConfirmationByEmail"],
            "lets_unconfirmed_in": here["allowLoginWithoutConfirmation"],
            "customers_have_passwords": here["passwordLoginMode"] != "DISABLED",
        }
        return {KEY: parts.Found(id=here["id"], fields=fields)}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return the switches."""
        return {KEY: WANTED}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """There is always a shop."""

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set switches."""
        given = {
            name: value for field in sorted(fields) for name, value in INPUT_OF_FIELD[field].items()
        }
        shop.mutate("setup_shop_update", "shopSettingsUpdate", {"input": given})

"""Taxes: a donation is not taxed, and a month's total is the donation to the yen."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.saleor_connector.setup import parts, staff
from saleor_ext.saleor_connector.setup.wanted import ShopWanted


class TaxPart:
    """The channel's own tax rules; the shop makes them together with the channel."""

    name = "tax"
    permission = "MANAGE_TAXES"
    by_hand: frozenset[str] = frozenset()
    is_foundation = False

    def __init__(self, wanted: ShopWanted) -> None:
        self._channel_slug = wanted.channel_slug

    def read(self, shop: staff.StaffShop) -> dict[str, parts.Found]:
        """This will return the channel's rules."""
        here = shop.execute("setup_tax", {"slug": self._channel_slug})["channel"]
        if not here:
            return {}
        rules = here["taxConfiguration"]
        fields: parts.Fields = {
            "charges_taxes": rules["chargeTaxes"],
            "shows_gross_prices": rules["displayGrossPrices"],
            "prices_include_tax": rules["pricesEnteredWithTax"],
            "countries": tuple(sorted(item["country"]["code"] for item in rules["countries"])),
        }
        return {self._channel_slug: parts.Found(id=rules["id"], fields=fields)}

    def wanted(self, found: Mapping[str, parts.Found]) -> Mapping[str, parts.Fields]:
        """This will return no taxes and no exceptions by country."""
        fields: parts.Fields = {
            "charges_taxes": False,
            "shows_gross_prices": True,
            "prices_include_tax": True,
            "countries": (),
        }
        return {self._channel_slug: fields}

    def create(self, shop: staff.StaffShop, key: str) -> None:
        """The rules come with the channel."""

    def change(
        self, shop: staff.StaffShop, key: str, found: parts.Found, fields: frozenset[str]
    ) -> None:
        """This will set the rules."""
        given: dict[str, Any] = {
            "chargeTaxes": False,
            "displayGrossPrices": True,
            "pricesEnteredWithTax": True,
        }
        if "countries" in fields:
            countries = found.fields["countries"]
            given["removeCountriesConfiguration"] = list(countries or ())  # type: ignore[arg-type]
        variables = {"id": found.id, "input": given}
        shop.mutate("setup_tax_update", "taxConfigurationUpdate", variables)

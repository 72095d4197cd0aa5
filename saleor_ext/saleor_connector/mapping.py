"""The only place where the shop's amounts and addresses become ours, and ours become the shop's."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import errors

CURRENCY = "JPY"
COUNTRY = "JP"
POSTAL_CODE = re.compile(r"(\d{3})-?(\d{4})")
DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc]")  # what a Japanese keyboard types for a hyphen


@dataclass(frozen=True, kw_only=True)
class JapaneseAddress:
    """A postal address in Japan with the person it belongs to.

    Attributes:
        postal_code: seven digits, with or without a hyphen, full width allowed.
        prefecture: 都道府県 in Japanese, such as 東京都.
        city: 市区町村.
        street: 町名・番地.
        building: 建物名・部屋番号, may be empty.
        phone: as typed in Japan or in E.164, may be empty.
    """

    family_name: str
    given_name: str
    postal_code: str
    prefecture: str
    city: str
    street: str
    building: str = ""
    phone: str = ""


def yen_from_shop(amount: object, *, currency: str = CURRENCY) -> Yen:
    """This will read an amount of the shop as whole yen.

    The shop's JSON numbers are floats (3000.0). A fraction of a yen or another currency means
    that the channel is set up wrongly, and is never rounded away.

    Raises:
        ShopAnswerInvalid: not a whole, non-negative number of yen.
    """
    if currency != CURRENCY:
        raise errors.ShopAnswerInvalid("the channel's currency is not JPY")
    if isinstance(amount, bool):
        raise errors.ShopAnswerInvalid("an amount is no number")
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        raise errors.ShopAnswerInvalid("an amount is no number") from None
    if not exact.is_finite() or exact < 0 or exact != exact.to_integral_value():
        raise errors.ShopAnswerInvalid("an amount is no whole number of yen")
    return Yen(int(exact))


def money_from_shop(money: Mapping[str, Any] | None) -> Yen:
    """This will read the shop's `Money {amount currency}` as whole yen.

    Raises:
        ShopAnswerInvalid: there is none, or it is no whole number of yen.
    """
    if not money:
        raise errors.ShopAnswerInvalid("an amount is missing")
    return yen_from_shop(money.get("amount"), currency=str(money.get("currency")))


def yen_to_shop(amount_yen: Yen) -> int:
    """This will write whole yen the way the shop takes an amount: a plain integer."""
    if isinstance(amount_yen, bool) or not isinstance(amount_yen, int) or amount_yen < 0:
        raise ValueError("an amount is a non-negative whole number of yen")
    return int(amount_yen)


def moment_from_shop(text: object) -> datetime:
    """This will read one of the shop's moments (ISO 8601 with a zone) as an aware datetime.

    Raises:
        ShopAnswerInvalid: not a moment, or without a zone.
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise errors.ShopAnswerInvalid("a moment cannot be read") from None
    if moment.tzinfo is None:
        raise errors.ShopAnswerInvalid("a moment has no zone")
    return moment


def address_to_shop(address: JapaneseAddress, *, is_checked_by_us: bool = False) -> dict[str, Any]:
    """This will write an address as the shop's AddressInput.

    `is_checked_by_us` has the shop take the address as it is, which it allows to our app only.
    Its own idea of which postal code lies in which prefecture is as old as its release, and a
    month that has been paid for must not fail for it. A phone number that the shop would not take
    (not in use in its country) is left out.

    Raises:
        AddressInvalid: the postal code or the phone number cannot be one.
    """
    written: dict[str, Any] = {
        "lastName": address.family_name,
        "firstName": address.given_name,
        "country": COUNTRY,
        "postalCode": postal_code_clean(address.postal_code),
        "countryArea": address.prefecture,
        "city": address.city,
        "streetAddress1": address.street,
        "streetAddress2": address.building,
    }
    phone = phone_to_shop(address.phone) if address.phone else ""
    # The shop refuses the whole address for a number outside today's numbering plan. The label
    # is printed from our own copy, so a month's order must not fail for it.
    if phone and phonenumbers.is_valid_number(phonenumbers.parse(phone)):
        written["phone"] = phone
    if is_checked_by_us:
        written["skipValidation"] = True
    return written


def address_from_shop(address: Mapping[str, Any]) -> JapaneseAddress:
    """This will read one of the shop's addresses.

    Raises:
        ShopAnswerInvalid: the address is not in Japan.
    """
    country = address.get("country") or {}
    code = country.get("code") if isinstance(country, Mapping) else country
    if code != COUNTRY:
        raise errors.ShopAnswerInvalid("an address outside Japan")
    return JapaneseAddress(
        family_name=str(address.get("lastName") or ""),
        given_name=str(address.get("firstName") or ""),
        postal_code=str(address.get("postalCode") or ""),
        prefecture=str(address.get("countryArea") or ""),
        city=str(address.get("city") or ""),
        street=str(address.get("cityArea") or "") + str(address.get("streetAddress1") or ""),
        building=str(address.get("streetAddress2") or ""),
        phone=phone_from_shop(str(address.get("phone") or "")),
    )


def postal_code_clean(text: str) -> str:
    """This will write a Japanese postal code as 123-4567.

    Raises:
        AddressInvalid: not seven digits.
    """
    found = POSTAL_CODE.fullmatch(_plain(text).strip().lstrip("〒").strip())
    if not found:
        raise errors.AddressInvalid(field="postal_code")
    return f"{found[1]}-{found[2]}"


def phone_to_shop(text: str) -> str:
    """This will write a phone number typed in Japan in E.164: +819000001234.

    Raises:
        AddressInvalid: it has not as many digits as a number in its country.
    """
    try:
        number = phonenumbers.parse(_plain(text), COUNTRY)
    except phonenumbers.NumberParseException:
        raise errors.AddressInvalid(field="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise errors.AddressInvalid(field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_from_shop(text: str) -> str:
    """This will write a number of the shop as it is dialled in Japan; "" stays ""."""
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        return text
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(number, form)


def metadata_to_shop(metadata: Mapping[str, str] | None) -> list[dict[str, str]]:
    """This will write our key and value pairs as the shop's MetadataInput list."""
    return [{"key": key, "value": value} for key, value in (metadata or {}).items()]


def metadata_from_shop(items: list[dict[str, str]] | None) -> dict[str, str]:
    """This will read the shop's metadata list as a dict."""
    return {item["key"]: item["value"] for item in items or []}


def _plain(text: str) -> str:
    """Full-width digits and every kind of dash become the plain ones."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", text))

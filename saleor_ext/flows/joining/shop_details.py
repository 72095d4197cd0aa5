"""Who gives, as the checkout of another storefront says it.

The billing address is the one on the residence certificate (住民票), the shipping address is where
the parcels go. What a checkout has no place for comes with the payment's data, which the shop
does not keep, or from what this donor told us before.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from saleor_ext.flows import errors
from saleor_ext.flows.joining import donor_details
from saleor_ext.membership import models
from saleor_ext.receipts.errors import NameUnprintable
from saleor_ext.saleor_connector.mapping import JapaneseAddress
from saleor_ext.saleor_connector.sessions import Session, Source

DATA_KEY = "furusato"
PLACE = {
    "postal_code": "postalCode",
    "prefecture": "countryArea",
    "city": "city",
    "street": "streetAddress1",
    "building": "streetAddress2",
}
DATA_NAMES = {
    "birth_date": "birthDate",
    "family_kana": "familyKana",
    "given_kana": "givenKana",
}
NAMES = {"family_name": "lastName", "given_name": "firstName"}
REGISTERED = "registered_"
OPTIONAL = frozenset({"building", "family_kana", "given_kana"})


def details_read(
    session: Session, *, stored: models.Donor | None, is_box_wanted: bool, today: date
) -> dict[str, object]:
    """This will return a donor's details, checked and in our own words for them.

    Raises:
        CheckoutRefused: `fields["fields"]` names, in the shop's words, what is missing or wrong.
    """
    source = session.source
    if source is None or source.has_foreign_address:
        raise errors.CheckoutRefused("address_not_japan", "billingAddress", "shippingAddress")
    if source.billing is None:
        raise errors.CheckoutRefused("details_missing", "billingAddress")
    if is_box_wanted and source.shipping is None:
        raise errors.CheckoutRefused("details_missing", "shippingAddress")
    delivery = source.shipping or source.billing
    if is_box_wanted and _name(delivery) != _name(source.billing):
        raise errors.CheckoutRefused("recipient_differs", "shippingAddress")
    details = _gathered(source.billing, delivery, stored=stored, given=_given(session.data))
    missing = [name for name, value in details.items() if not value and _is_needed(name, details)]
    if missing:
        raise errors.CheckoutRefused("details_missing", *(_shop_name(n, source) for n in missing))
    try:
        return donor_details.details_clean(details=details, today=today)
    except (errors.InputInvalid, errors.InputMissing) as error:
        field = _shop_name(str(error.fields["field"]), source)
        raise errors.CheckoutRefused("details_invalid", field) from error
    except NameUnprintable as error:
        field = _shop_name(str(error.fields["field"]), source)
        raise errors.CheckoutRefused(error.code, field) from error


def _name(address: JapaneseAddress) -> str:
    text = unicodedata.normalize("NFKC", address.family_name + address.given_name)
    return "".join(text.split())


def _given(data: Mapping[str, Any]) -> Mapping[str, Any]:
    given = data.get(DATA_KEY)
    return given if isinstance(given, dict) else {}


def _gathered(
    billing: JapaneseAddress,
    delivery: JapaneseAddress,
    *,
    stored: models.Donor | None,
    given: Mapping[str, Any],
) -> dict[str, object]:
    known = stored or models.Donor()
    is_same = all(getattr(billing, name) == getattr(delivery, name) for name in PLACE)
    return {
        **{name: getattr(billing, name) for name in NAMES},
        "family_kana": _text(given, "family_kana") or known.family_kana,
        "given_kana": _text(given, "given_kana") or known.given_kana,
        "birth_date": _day(given) or known.birth_date,
        "phone": delivery.phone or billing.phone or known.phone,
        **{name: getattr(delivery, name) for name in PLACE},
        "is_registered_address_same": is_same,
        **{REGISTERED + name: "" if is_same else getattr(billing, name) for name in PLACE},
    }


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(DATA_NAMES[name])
    return value if isinstance(value, str) else ""


def _day(given: Mapping[str, Any]) -> date | None:
    text = _text(given, "birth_date")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise errors.CheckoutRefused(
            "details_invalid", f"data.{DATA_KEY}.{DATA_NAMES['birth_date']}"
        ) from error


def _is_needed(name: str, details: Mapping[str, object]) -> bool:
    if name.removeprefix(REGISTERED) in OPTIONAL or name == "is_registered_address_same":
        return False
    return not (name.startswith(REGISTERED) and details["is_registered_address_same"])


def _shop_name(name: str, source: Source) -> str:
    """Where in the checkout the caller finds one of our fields."""
    if name in DATA_NAMES:
        return f"data.{DATA_KEY}.{DATA_NAMES[name]}"
    delivery = "shippingAddress" if source.shipping else "billingAddress"
    if name in NAMES or name.startswith(REGISTERED):
        place = name.removeprefix(REGISTERED)
        return f"billingAddress.{NAMES.get(place) or PLACE[place]}"
    return f"{delivery}.{PLACE.get(name, name)}"

"""Reading a donor's details as people type them: full width, missing hyphens, stray spaces."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from saleor_ext.common import jptime, municipalities, my_number
from saleor_ext.common.names import is_organisation, name_fold
from saleor_ext.common.places import PREFECTURES
from saleor_ext.flows.errors import InputInvalid, InputMissing
from saleor_ext.membership.models import Donor
from saleor_ext.receipts.errors import NameUnprintable
from saleor_ext.receipts.etax import letters

AGE_LIMIT = 130
PHONE_DIGITS = (10, 11)
PLACE_NAMES = ("postal_code", "prefecture", "city")
PLACE_PREFIXES = ("", "registered_")

_NEEDED = ["family_name", "given_name", "phone", "postal_code", "prefecture", "city", "street"]
_NAMES = frozenset({"family_name", "given_name"})
_PRINTED = _NAMES | {
    f"{prefix}{part}" for prefix in ("", "registered_") for part in ("city", "street", "building")
}
_NEEDED_REGISTERED = [
    "registered_postal_code",
    "registered_prefecture",
    "registered_city",
    "registered_street",
]
_HYPHENS = re.compile(r"[-‐‑‒–—―−ー－]")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・ 　]*")


def details_clean(*, details: Mapping[str, object], today: date) -> dict[str, object]:
    """This will check and normalise a donor's details for `donor_details_set`.

    Raises:
        InputMissing: `fields["field"]` names what is needed for a receipt and a parcel.
        InputInvalid: `fields["field"]` names what cannot be right or is too long.
        NameUnprintable: `fields["field"]` names what cannot be printed on a receipt.
        MyNumberRefused: `fields["field"]` names what looks like it holds an individual number.
    """
    cleaned: dict[str, object] = {}
    for name, value in details.items():
        cleaned[name] = _text(name, value) if isinstance(value, str) else value
    if cleaned.get("is_registered_address_same", True):
        cleaned.update(dict.fromkeys(_registered_names(), ""))
    _needed_check(cleaned)
    for prefix in PLACE_PREFIXES:
        _place_check(cleaned, prefix=prefix)
    _birth_date_check(cleaned.get("birth_date"), today)
    return cleaned


def address_clean(*, address: Mapping[str, object]) -> dict[str, str]:
    """This will check and normalise a name and address for one parcel.

    Raises:
        InputMissing: `fields["field"]` names what a parcel needs.
        InputInvalid: `fields["field"]` names what cannot be right or is too long.
    """
    names = (*_NEEDED, "building")
    cleaned = {name: _text(name, str(address.get(name) or "")) for name in names}
    for name in _NEEDED:
        if not cleaned[name]:
            raise InputMissing(field=name)
    return cleaned


def _registered_names() -> list[str]:
    return [
        field.name for field in Donor._meta.get_fields() if field.name.startswith("registered_")
    ]


def _text(name: str, value: str) -> str:
    my_number.refuse(value, field=name)
    text = name_fold(value) if name in _NAMES else unicodedata.normalize("NFC", value).strip()
    if name.endswith("postal_code"):
        text = _postal_code(name, text)
    elif name == "phone":
        text = _phone(text)
    limit = getattr(Donor._meta.get_field(name), "max_length", None)
    if name in _NAMES and is_organisation(text):
        raise InputInvalid(field=name)
    if not _has_form(name, text) or (limit is not None and len(text) > limit):
        raise InputInvalid(field=name)
    if name in _PRINTED and not letters.paper_written(text).is_whole:
        raise NameUnprintable(field=name)
    return text


def _has_form(name: str, text: str) -> bool:
    if any(unicodedata.category(character) == "Cc" for character in text):
        return False
    if name.endswith("prefecture"):
        return not text or text in PREFECTURES
    return not name.endswith("_kana") or _KANA.fullmatch(text) is not None


def _digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return _HYPHENS.sub("", plain).replace(" ", "").removeprefix("〒")


def _postal_code(name: str, text: str) -> str:
    digits = _digits(text)
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise InputInvalid(field=name)
    return f"{digits[:3]}-{digits[3:]}"


def _phone(text: str) -> str:
    digits = _digits(text)
    if not digits:
        return ""
    has_form = digits.isascii() and digits.isdigit() and digits.startswith("0")
    if not has_form or len(digits) not in PHONE_DIGITS:
        raise InputInvalid(field="phone")
    plain = unicodedata.normalize("NFKC", text)
    return _HYPHENS.sub("-", plain).replace(" ", "")


def _needed_check(details: Mapping[str, object]) -> None:
    needed = _NEEDED
    if not details.get("is_registered_address_same", True):
        needed = needed + _NEEDED_REGISTERED
    for name in needed:
        if not details.get(name):
            raise InputMissing(field=name)


def _place_check(details: Mapping[str, object], *, prefix: str) -> None:
    """A postal code of another municipality means that one of the two is mistyped; whether a
    donor lives in the town hangs on it.
    """
    place = {name: str(details.get(prefix + name, "")) for name in PLACE_NAMES}
    if municipalities.is_contradiction(**place):
        raise InputInvalid(field=f"{prefix}postal_code")


def _birth_date_check(birth_date: object, today: date) -> None:
    if not isinstance(birth_date, date):
        raise InputMissing(field="birth_date")
    if birth_date > today or jptime.age_on(birth_date, today) > AGE_LIMIT:
        raise InputInvalid(field="birth_date")

"""What people type, brought into the form we keep. Full width and half width are both welcome."""

import re
import unicodedata
from datetime import date

import phonenumbers

ERAS = {
    "令和": 2018,
    "R": 2018,
    "平成": 1988,
    "H": 1988,
    "昭和": 1925,
    "S": 1925,
    "大正": 1911,
    "T": 1911,
}
_HYPHENS = re.compile(r"[‐‑‒–—―−ー－ｰ\-\s]")
_KATAKANA = re.compile(r"[ァ-ヶーゝゞヽヾ・ ]+")
_ERA_YEAR = re.compile(r"(令和|平成|昭和|大正|[RHSTrhst])?\s*(元|\d{1,4})年?")
HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def plain(text: str) -> str:
    """This will fold widths (NFKC), and put one space where there were several."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def address(text: str) -> str:
    """This will fold widths and write all hyphens between numbers alike."""
    folded = plain(text)
    return re.sub(r"(?<=\d)[‐‑‒–—―−ー－ｰ](?=\d)", "-", folded)


def kana(text: str) -> str | None:
    """This will return full-width katakana, from hiragana or half width too; None when it is not
    kana.
    """
    folded = plain(text).translate(HIRAGANA_TO_KATAKANA)
    return folded if _KATAKANA.fullmatch(folded) else None


def postal_code(text: str) -> str | None:
    """This will return a postal code as 123-4567, or None when there are not seven digits."""
    digits = _HYPHENS.sub("", plain(text).removeprefix("〒"))
    if not re.fullmatch(r"[0-9]{7}", digits):
        return None
    return f"{digits[:3]}-{digits[3:]}"


def phone(text: str) -> str | None:
    """This will return a Japanese phone number as it is written in Japan, or None.

    Ten or eleven digits that begin with 0. Beyond that only the way it is written is taken from
    the table of numbers: new ranges come into use faster than tables.
    """
    folded = _HYPHENS.sub("-", plain(text)).strip("-")
    folded = re.sub(r"^\+81-?0?", "0", folded)
    digits = re.sub(r"[()-]", "", folded)
    if not re.fullmatch(r"0[0-9]{9,10}", digits):
        return None
    number = phonenumbers.parse(digits, "JP")
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return folded


def year(text: str) -> int | None:
    """This will read a year: 1980, 昭和55, S55 or 令和元."""
    found = _ERA_YEAR.fullmatch(plain(text))
    if found is None:
        return None
    era, digits = found.groups()
    number = 1 if digits == "元" else int(digits)
    return number + ERAS[era.upper()] if era else number


def whole_number(text: str) -> int | None:
    """This will read a small whole number, with 月 or 日 behind it if somebody wrote that."""
    digits = plain(text).removesuffix("月").removesuffix("日")
    return int(digits) if re.fullmatch(r"[0-9]{1,4}", digits) else None


def yen(text: str) -> int | None:
    """This will read an amount: 5,000,000, 5000000円, 500万 or 500万円; None when it is none."""
    digits = plain(text).replace(",", "").replace(" ", "").removesuffix("円")
    is_man = digits.endswith("万")
    digits = digits.removesuffix("万")
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        return None
    return int(digits) * (10_000 if is_man else 1)


def day(year_text: str, month_text: str, day_text: str) -> date | None:
    """This will put a day together, or None when the calendar has no such day."""
    numbers = (year(year_text), whole_number(month_text), whole_number(day_text))
    if None in numbers:
        return None
    try:
        return date(*[number for number in numbers if number is not None])
    except ValueError:
        return None

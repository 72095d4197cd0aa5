"""The number on a form (整理番号): year, number of the donation's receipt, and a check digit.

Made so that a number typed at the counter with one wrong or two exchanged digits is noticed.
"""

import re
import unicodedata

_TYPED = re.compile(r"(\d{4})-?(\d{6,})-?(\d)")


def number_make(*, year: int, receipt_number: int, turn: int) -> str:
    """This will write the number of a form: 2026-000123-4.

    Args:
        year: of the donation.
        receipt_number: of the donation, unique in its year.
        turn: 0 for the donation's first application, 1 for one made after that was void, ...
    """
    body = f"{year}{receipt_number:06d}"
    digit = (_check_digit(body) + turn) % 10
    return f"{year}-{receipt_number:06d}-{digit}"


def number_read(text: str) -> str:
    """This will read a number as somebody typed it, "" when it cannot be one."""
    plain = "".join(unicodedata.normalize("NFKC", text).replace("ー", "-").split())
    found = _TYPED.fullmatch(plain)
    return "-".join(found.groups()) if found else ""


def _check_digit(body: str) -> int:
    """Luhn's: it notices each single wrong digit and nearly every exchange of neighbours."""
    total = 0
    for position, letter in enumerate(reversed(body)):
        digit = int(letter) * (1 if position % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return -total % 10

"""Check digits on parcel labels, and how a typed number is tidied first. Standard library only.

7DR: the last digit is the remainder of the digits before it divided by 7 (Yamato, Sagawa and
Japan Post at home). S10: the thirteen characters of international post (UPU standard S10).
"""

import re
import unicodedata

DASHES = "-‐‑‒–—―−ーｰ"
S10_PATTERN = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_NW7_PATTERN = re.compile(r"[A-D]([0-9]+)[A-D]")


def number_tidy(text: str) -> str:
    """This will fold full-width characters, drop spaces and dashes, and raise letters to capitals.

    A label scanned from its NW-7 bar code comes with a start and a stop letter (A to D) around the
    digits; they are no part of the number and are dropped, too.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(
        letter for letter in folded if letter not in DASHES and not _is_invisible(letter)
    )
    scanned = _NW7_PATTERN.fullmatch(kept)
    return scanned.group(1) if scanned else kept


def _is_invisible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf"}


def is_digits(number: str) -> bool:
    """This will say whether a number is made of the ASCII digits only."""
    return number.isascii() and number.isdigit()


def seven_dr_is_valid(number: str) -> bool:
    """This will say whether the last digit is the remainder by 7 of the digits before it.

    A number of nothing but zeros passes the arithmetic but is never given to a parcel.
    """
    body, check = int(number[:-1]), int(number[-1])
    return body > 0 and body % 7 == check


def s10_is_valid(number: str) -> bool:
    """This will say whether the check digit of an S10 number (AA 12345678 C AA) is right."""
    total = sum(
        weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, number[2:10], strict=True)
    )
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return check == int(number[10])


def seven_dr_clean(text: str, *, lengths: tuple[int, ...] = (12,)) -> str:
    """This will tidy a typed number and verify its digits, its length and its last digit.

    Raises:
        ValueError: `args[0]` is "character", "length" or "check_digit".
    """
    number = number_tidy(text)
    if not number:
        raise ValueError("length")
    if not is_digits(number):
        raise ValueError("character")
    if len(number) not in lengths:
        raise ValueError("length")
    if not seven_dr_is_valid(number):
        raise ValueError("check_digit")
    return number

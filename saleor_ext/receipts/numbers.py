"""Receipt numbers as they are printed, and codes by which a receipt can be checked."""

import re
import secrets

from saleor_ext.receipts import errors

YEAR, NUMBER = "{year}", "{number}"
PRINTED_MOST = 50
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10
DIGITS_LEAST, DIGITS_MOST = 1, 12
_FORMAT = re.compile(r"[A-Za-z0-9-]*")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]")


def number_format_check(*, text: str, digits: int) -> None:
    """This will check a form of numbers: year and number once each, else letters, digits, "-".

    Raises:
        NumberFormatRefused: numbers would not be unique, or could not stand in every file.
    """
    rest = text.replace(YEAR, "", 1).replace(NUMBER, "", 1)
    is_whole = YEAR in text and NUMBER in text and _FORMAT.fullmatch(rest) is not None
    if not is_whole or not DIGITS_LEAST <= digits <= DIGITS_MOST:
        raise errors.NumberFormatRefused()


def number_print(*, text: str, digits: int, year: int, number: int) -> str:
    """This will write a number as it is printed: {year}-{number} with 6 digits is 2026-000123."""
    return text.replace(YEAR, str(year)).replace(NUMBER, f"{number:0{digits}d}")


def number_plain(printed: str) -> str:
    """This will write a printed number with letters and digits only, as e-Tax wants it."""
    return _NOT_PLAIN.sub("", printed)


def code_new() -> str:
    """This will draw a code that nobody guesses: ten letters without look-alikes."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def code_print(code: str) -> str:
    """This will write a code in two halves, as it is printed: ABCDE-23456."""
    return f"{code[:5]}-{code[5:]}"


def code_read(text: str) -> str:
    """This will read a code as somebody typed it: small letters, spaces and hyphens forgiven."""
    return _NOT_PLAIN.sub("", text).upper()


def corporate_number_is_right(number: str) -> bool:
    """This will say whether a corporate number (法人番号) has thirteen digits, the first fitting.

    It is 9 less the remainder by 9 of the others, from the right taken once and twice in turn.
    """
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    total = sum(
        int(digit) * (2 if position % 2 else 1) for position, digit in enumerate(number[:0:-1])
    )
    return int(number[0]) == 9 - total % 9

"""Knowing a 個人番号 (My Number) when one turns up where none may be. Standard library only.

Nothing here keeps, returns or prints what it looked at.
"""

import re
import unicodedata

LENGTH = 12
_NAMES = re.compile(
    r"(個人番号|マイナンバー)(?!カード)|(my|individual|personal)[ _-]?number", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−ーｰ・.,_/]+")


def is_like_number(text: str) -> bool:
    """This will say whether a text is twelve digits, however they are parted, with the check digit
    of an individual number.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if len(plain) != LENGTH or not (plain.isascii() and plain.isdigit()):
        return False
    return int(plain[-1]) == check_digit(plain[:-1])


def is_like_number_name(text: str) -> bool:
    """This will say whether a heading announces individual numbers."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return _NAMES.search(plain) is not None


def check_digit(eleven: str) -> int:
    """This will return the last digit that belongs to eleven others (番号法総務省令 第5条)."""
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(eleven), start=1)
    )
    rest = total % 11
    return 0 if rest <= 1 else 11 - rest

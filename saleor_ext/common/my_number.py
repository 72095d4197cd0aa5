"""Individual numbers (個人番号, マイナンバー): recognised so that they are never kept.

The donor writes his number on the paper by hand. A text that looks like it holds one is refused
before anything else is done with it. Law: onestop_no_number
"""

import re
import unicodedata
from collections.abc import Iterator

from saleor_ext.common.errors import Refusal
from saleor_ext.contracts.individual_number import check_digit

LENGTH = 12
MASK = "[my number]"

_KANJI = str.maketrans("〇一二三四五六七八九", "0123456789")
# What people put between groups of digits, at most three of them in a row.
_BETWEEN = r"[\s\-‐‑‒–—―ー−_.,/・·•|:;、。]{0,3}"
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d)*")
_DIGITS = re.compile(r"\d+")


class MyNumberRefused(Refusal):
    """A text looks like it holds an individual number. `fields["field"]` names where, never it."""

    code = "my_number_refused"


def is_held_in(text: str) -> bool:
    """This will say whether a text holds what looks like an individual number.

    That is twelve digits, of any width and in any grouping, of which the last is the right check
    digit for the others. Of other twelve-digit numbers one in eleven looks like it.
    """
    return any(True for _ in _found(text))


def refuse(text: str, *, field: str) -> None:
    """This will refuse a text that looks like it holds an individual number.

    Raises:
        MyNumberRefused: it does. The error does not hold the text.
    """
    if is_held_in(text):
        raise MyNumberRefused(field=field)


def masked(text: str) -> str:
    """This will return a text with whatever looks like an individual number taken out."""
    spans = list(_found(text))
    for start, end in reversed(spans):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text they stand, from left to right, without overlap.

    Letters are folded one by one, so that places stay what they were.
    """
    plain = "".join(_fold(letter) for letter in text)
    for run in _RUN.finditer(plain):
        groups = [found.span() for found in _DIGITS.finditer(plain, *run.span())]
        yield from _in_groups(plain, groups)


def _fold(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).translate(_KANJI)
    return folded if len(folded) == 1 else letter


def _in_groups(plain: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of whole groups of digits that stand together, twelve digits in all."""
    first = 0
    while first < len(groups):
        last = _last_group(groups, first)
        start, end = groups[first][0], groups[last][1] if last is not None else 0
        digits = "".join(letter for letter in plain[start:end] if letter.isdigit())
        if last is not None and int(digits[-1]) == check_digit(digits[:-1]):
            yield start, end
            first = last + 1
        else:
            first += 1


def _last_group(groups: list[tuple[int, int]], first: int) -> int | None:
    """The group with which the twelfth digit is reached from another one on, None if none is."""
    count = 0
    for index in range(first, len(groups)):
        count += groups[index][1] - groups[index][0]
        if count == LENGTH:
            return index
        if count > LENGTH:
            return None
    return None

"""CSV for people and their spreadsheets: line by line, UTF-8 with BOM, safe to open.

A text that begins with a sign that spreadsheets take for a formula gets an apostrophe before it.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from saleor_ext.common import jptime

BYTE_ORDER_MARK = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def cell_write(value: object) -> str:
    """This will write one value: numbers plain, days 2026-11-24, moments in Japanese time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(jptime.JST).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" \u3000").startswith(FORMULA_SIGNS) else text


def lines(*, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """This will yield the file line by line, so that its length does not cost memory."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell_write(value) for value in row])

"""The CSV files from which the tax office's own program makes TEG822 certificates.

Fourteen columns without a heading, Shift_JIS as Windows has it (code page 932), no quotes: a comma
in a text is written full width. At most 10,000 records a file, one kind of certificate.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from saleor_ext.common import cp932
from saleor_ext.receipts.etax import letters
from saleor_ext.receipts.etax.elements import KIND_MUNICIPALITY
from saleor_ext.receipts.etax.teg822 import FORM, Line, Town

ROWS_MOST = 10_000
ENCODING = "cp932"
LINE_END = "\r\n"
COLUMNS = 14
TEXT_MOST = 100
_GROUP_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GROUP_LENGTH = 4

# A comma or a quote would end the field; both are written full width.
_FULL_WIDTH = str.maketrans({",": "，", '"': "”"})
_LINE_BREAKS = str.maketrans({"\r": " ", "\n": " ", "\t": " "})


class RowUnwritable(Exception):
    """A text cannot be written in the file's letters, or is missing or too long."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Row:
    """One donation of one donor. Rows of the same group become one certificate."""

    group: int
    donor_name: str
    line: Line


def row_text(row: Row, *, town: Town) -> str:
    """This will write one record, without its line end.

    Law: receipt_csv

    Raises:
        RowUnwritable: a field's text cannot be written.
    """
    on = row.line.donated_on
    values = (
        FORM,
        group_code(row.group),
        row.line.number,
        field_text("donor_name", row.donor_name),
        KIND_MUNICIPALITY,
        "",
        str(row.line.amount_yen),
        field_text("town_name", town.name),
        field_text("town_address", town.address),
        str(on.year),
        str(on.month),
        str(on.day),
        field_text("proviso", town.proviso),
        row.line.other_number,
    )
    return ",".join(values)


def group_code(number: int) -> str:
    """This will write a group's number with letters and digits: 0000, 0001, ... ZZZZ."""
    found = ""
    for _ in range(_GROUP_LENGTH):
        number, digit = divmod(number, len(_GROUP_DIGITS))
        found = _GROUP_DIGITS[digit] + found
    return found


def files_make(texts: Iterable[str]) -> Iterator[bytes]:
    """This will write records into files of at most 10,000, in their order."""
    rows = iter(texts)
    while batch := list(islice(rows, ROWS_MOST)):
        yield _file(batch)


def _file(texts: Sequence[str]) -> bytes:
    return cp932.encode("".join(f"{text}{LINE_END}" for text in texts))


def is_writable(text: str) -> bool:
    """This will say whether a text's letters are in the file's code and in e-Tax's."""
    try:
        field_text("text", text)
    except RowUnwritable:
        return False
    return True


def field_text(field: str, value: str, *, most: int = TEXT_MOST) -> str:
    """This will write a text as it may stand in the file.

    Raises:
        RowUnwritable: it is empty, longer than `most`, or holds a letter the file has not.
    """
    text = value.translate(_LINE_BREAKS).translate(cp932.SAME_LETTERS).translate(_FULL_WIDTH)
    if not text or len(text) > most or not letters.is_allowed(text):
        raise RowUnwritable(field)
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        raise RowUnwritable(field) from None
    return text

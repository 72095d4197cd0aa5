"""The ledger's papers as files: CSV without end, PDF in sheets of a bounded length."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from saleor_ext.common import csv_text, jptime, paper
from saleor_ext.flows.books.papers import Paper, PaperColumn, PaperKind
from saleor_ext.membership import models

PDF_ROWS_MAX = 2000
"""Rows in one PDF: some sixty sheets, set in about a second."""

TEMPLATE = Path(__file__).with_name("papers.typ")


class PaperTooLong(ValueError):
    """A paper of so many rows is no PDF for a screen; the file for spreadsheets holds them all."""


def file_name(made: Paper) -> str:
    """This will name a file in ASCII, without its ending."""
    return f"{made.kind}-{made.period.code}"


def csv_header(made: Paper) -> list[str]:
    """This will return the first line."""
    return [column.label for column in made.columns]


def csv_rows(made: Paper) -> Iterator[Sequence[object]]:
    """This will yield the rows and, where there is one, the line of totals."""
    yield from made.rows
    if made.totals:
        yield made.totals


def csv_lines(made: Paper) -> Iterator[str]:
    """This will yield the whole file, line by line."""
    return csv_text.lines(header=csv_header(made), rows=csv_rows(made))


def pdf_one(made: Paper, *, town: models.Municipality, now: datetime) -> bytes:
    """This will set a paper as one PDF.

    Raises:
        PaperTooLong: it has more rows than one PDF holds.
    """
    if made.row_count > PDF_ROWS_MAX:
        raise PaperTooLong()
    return next(pdf_parts(made, town=town, now=now))


def pdf_parts(made: Paper, *, town: models.Municipality, now: datetime) -> Iterator[bytes]:
    """This will set a paper as PDFs of at most `PDF_ROWS_MAX` rows; the last bears the totals."""
    parts = max(1, -(-made.row_count // PDF_ROWS_MAX))
    rows = iter(made.rows)
    for number in range(1, parts + 1):
        yield _part(
            made,
            rows=list(islice(rows, PDF_ROWS_MAX)),
            is_last=number == parts,
            part_words=f"({number}/{parts})" if parts > 1 else "",
            town=town,
            now=now,
        )


def _part(
    made: Paper,
    *,
    rows: list[Sequence[object]],
    is_last: bool,
    part_words: str,
    town: models.Municipality,
    now: datetime,
) -> bytes:
    data = {
        "title": f"{made.title}{part_words}",
        "period": made.period.name,
        "town": town.name,
        "made": f"{jptime.words(jptime.jst_date(now))}作成",
        "is_wide": made.kind is PaperKind.LEDGER,
        "weights": [column.weight for column in made.columns],
        "ends": [column.kind in {"yen", "count"} for column in made.columns],
        "header": [column.label for column in made.columns],
        "rows": [_written(row, made.columns) for row in rows],
        "totals": _written(made.totals, made.columns) if is_last and made.totals else [],
        "empty": "" if rows else "この期間の寄附はありません。",
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=now)


def _written(row: Sequence[object], columns: Sequence[PaperColumn]) -> list[str]:
    pairs = zip(row, columns, strict=True)
    return [value_write(value, kind=column.kind) for value, column in pairs]


def value_write(value: object, *, kind: str) -> str:
    """This will write a value as it stands on paper."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(jptime.JST).strftime("%Y/%m/%d %H:%M")
    if isinstance(value, date):
        return value.strftime("%Y/%m/%d")
    if isinstance(value, int):
        return f"{value:,}円" if kind == "yen" else f"{value:,}"
    return str(value)

"""In which columns a notice is written, as fixtures/law/onestop_notice.toml has it.

It is nobody's official form: every town and every receiving system may want another. What stands
there is a setting that the town confirms. Law: onestop_notice
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from saleor_ext.law import data_files, errors

FILE = "onestop_notice.toml"
ENCODINGS = ("utf-8", "utf-8-sig", "cp932")
COLUMNS_MOST = 60
_KEYS = frozenset({"source", "certainty", "checked", "encoding", "rows", "columns"})
_COLUMN_KEYS = frozenset({"header", "value", "text"})


class RowsPer(StrEnum):
    """What one row of the file is about."""

    PERSON = "person"
    DONATION = "donation"


class NoticeValue(StrEnum):
    """What a column may hold. There is none for 個人番号: `by_hand` is an empty column."""

    NUMBER = "number"
    VERSION = "version"
    KIND = "kind"
    YEAR = "year"
    HOME_CODE = "home_code"
    HOME_NAME = "home_name"
    TOWN_CODE = "town_code"
    TOWN_NAME = "town_name"
    FULL_NAME = "full_name"
    FULL_KANA = "full_kana"
    BIRTH_DATE = "birth_date"
    BIRTH_DATE_ERA = "birth_date_era"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    TOTAL_YEN = "total_yen"
    DONATION_COUNT = "donation_count"
    DONATIONS = "donations"
    DONATED_ON = "donated_on"
    AMOUNT_YEN = "amount_yen"
    MADE_ON = "made_on"
    BY_HAND = "by_hand"


_OF_A_DONATION = frozenset({NoticeValue.DONATED_ON, NoticeValue.AMOUNT_YEN})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: a value of the notice, or with `value` None always the same text."""

    header: str
    value: NoticeValue | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a file of notices is written."""

    source: str
    certainty: data_files.Certainty
    checked: date
    encoding: str
    rows: RowsPer
    columns: tuple[Column, ...]


def layout_now() -> Layout:
    """This will return the layout of the present data file.

    Raises:
        LawDataInvalid: the file is missing or breaks its own rules.
    """
    return layout_read(data_files.data_path(FILE))


@functools.lru_cache(maxsize=4)
def layout_read(path: Path) -> Layout:
    """This will read a layout and check it.

    Raises:
        LawDataInvalid: something is missing, unknown, or contradicts itself.
    """
    data = data_files.data_read(path)
    data_files.keys_only(data, _KEYS, where=path.name)
    encoding = data_files.value_of(data, "encoding", str, where=path.name)
    rows = data_files.value_of(data, "rows", str, where=path.name)
    if encoding not in ENCODINGS:
        raise errors.LawDataInvalid(f"{path.name}: encoding は {'、'.join(ENCODINGS)} のどれかです")
    if rows not in set(RowsPer):
        raise errors.LawDataInvalid(f"{path.name}: rows は person か donation です")
    listed = data_files.value_of(data, "columns", list, where=path.name)
    return Layout(
        source=data_files.value_of(data, "source", str, where=path.name),
        certainty=data_files.certainty_of(data, where=path.name),
        checked=data_files.value_of(data, "checked", date, where=path.name),
        encoding=encoding,
        rows=RowsPer(rows),
        columns=_columns(listed, rows=RowsPer(rows), name=path.name),
    )


def _columns(listed: list[Any], *, rows: RowsPer, name: str) -> tuple[Column, ...]:
    columns = tuple(
        _column(entry, where=f"{name}: {place}番目の列") for place, entry in enumerate(listed, 1)
    )
    headers = [column.header for column in columns]
    if not columns or len(columns) > COLUMNS_MOST or len(set(headers)) != len(headers):
        raise errors.LawDataInvalid(
            f"{name}: 列は1から{COLUMNS_MOST}まで、見出しはそれぞれちがうものにします"
        )
    if rows is RowsPer.PERSON and any(column.value in _OF_A_DONATION for column in columns):
        raise errors.LawDataInvalid(
            f'{name}: donated_on と amount_yen は rows = "donation" のときだけ使えます'
        )
    return columns


def _column(entry: Mapping[str, Any], *, where: str) -> Column:
    if not isinstance(entry, Mapping):
        raise errors.LawDataInvalid(f"{where}: [[columns]] で書きます")
    data_files.keys_only(entry, _COLUMN_KEYS, where=where)
    header = data_files.value_of(entry, "header", str, where=where)
    if ("value" in entry) == ("text" in entry):
        raise errors.LawDataInvalid(f"{where}: value か text のどちらか一つを書きます")
    if "text" in entry:
        text = data_files.value_of(entry, "text", str, where=where)
        return Column(header=header, value=None, text=text)
    value = data_files.value_of(entry, "value", str, where=where)
    if value not in set(NoticeValue):
        raise errors.LawDataInvalid(f"{where}: 知らない value です({value!r})")
    return Column(header=header, value=NoticeValue(value), text="")

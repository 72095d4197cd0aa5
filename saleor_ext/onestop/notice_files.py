"""Notices as files: CSV, one for each municipality, packed together with a list of them all.

This is no eLTAX format, and nothing here claims to be one. 個人番号 is in none of it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.common import cp932, csv_text, jptime
from saleor_ext.law.messages import TO_CONFIRM
from saleor_ext.onestop.notice_layout import Column, Layout, NoticeValue, RowsPer

NO_CLAIM = (
    "これはeLTAX(地方税ポータルシステム)の様式ではありません。"
    "eLTAXで使えること、どの市区町村でも受け取られることを、この製品は保証しません。"
)
SUMMARY, LEFT_OUT, READ_ME = "00-summary.csv", "00-left-out.csv", "00-readme.txt"
SUMMARY_HEADER = (
    "団体コード",
    "団体名",
    "ファイル",
    "通知の数",
    "寄附の数",
    "金額の合計",
    "送る期限",
)
LEFT_OUT_HEADER = ("通知番号", "団体コード", "団体名", "書けなかった列")


@dataclass(frozen=True, kw_only=True)
class NoticeRecord:
    """One notice as it is written: plain values, donations in their order.

    `kind` is 新規, 訂正 or 取消; one that takes back names no donation.
    """

    number: str
    version: int
    kind: str
    year: int
    home_code: str
    home_name: str
    town_code: str
    town_name: str
    full_name: str
    full_kana: str
    birth_date: date | None
    postal_code: str
    address: str
    donations: Sequence[tuple[date, int]]
    made_on: date

    @property
    def total_yen(self) -> int:
        """All donations together."""
        return sum(amount_yen for _, amount_yen in self.donations)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A notice that could not be written with the file's letters, and in which column."""

    record: NoticeRecord
    column: str


@dataclass(frozen=True, kw_only=True)
class NoticePack:
    """The finished file, and what is not in it."""

    content: bytes
    written: Sequence[NoticeRecord]
    left_out: Sequence[LeftOut]


def pack_make(
    records: Iterable[NoticeRecord], *, layout: Layout, due: date, year: int, now: datetime
) -> NoticePack:
    """This will write notices into one ZIP: a CSV for each municipality of 1 January, a list of
    those files, the notices that could not be written, and what this is and is not.

    Law: onestop_notice
    """
    by_home: dict[str, list[NoticeRecord]] = {}
    left_out: list[LeftOut] = []
    for record in records:
        column = _unwritable(record, layout)
        if column:
            left_out.append(LeftOut(record=record, column=column))
        else:
            by_home.setdefault(record.home_code, []).append(record)
    files = [
        (_file_name(code, year), home_csv(held, layout=layout))
        for code, held in sorted(by_home.items())
    ]
    head = [(READ_ME, _read_me(layout, due=due)), (SUMMARY, _summary(by_home, due=due, year=year))]
    if left_out:
        head.append((LEFT_OUT, _left_out(left_out)))
    return NoticePack(
        content=_zip([*head, *files], now=now),
        written=[record for _, held in sorted(by_home.items()) for record in held],
        left_out=left_out,
    )


def home_csv(records: Sequence[NoticeRecord], *, layout: Layout) -> bytes:
    """This will write the notices to one municipality.

    Raises:
        UnicodeEncodeError: a text holds a letter that the layout's code has not.
    """
    header = [column.header for column in layout.columns]
    rows = [row for record in records for row in _rows(record, layout)]
    return _encoded(_csv(header, rows), layout)


def _rows(record: NoticeRecord, layout: Layout) -> list[list[object]]:
    if layout.rows is RowsPer.DONATION and record.donations:
        return [_row(record, layout.columns, donation) for donation in record.donations]
    return [_row(record, layout.columns, None)]


def _row(
    record: NoticeRecord, columns: Sequence[Column], donation: tuple[date, int] | None
) -> list[object]:
    values = _values(record, donation)
    return [column.text if column.value is None else values[column.value] for column in columns]


def _values(
    record: NoticeRecord, donation: tuple[date, int] | None
) -> Mapping[NoticeValue, object]:
    donated_on, amount_yen = donation or (None, None)
    return {
        NoticeValue.NUMBER: record.number,
        NoticeValue.VERSION: record.version,
        NoticeValue.KIND: record.kind,
        NoticeValue.YEAR: record.year,
        NoticeValue.HOME_CODE: record.home_code,
        NoticeValue.HOME_NAME: record.home_name,
        NoticeValue.TOWN_CODE: record.town_code,
        NoticeValue.TOWN_NAME: record.town_name,
        NoticeValue.FULL_NAME: record.full_name,
        NoticeValue.FULL_KANA: record.full_kana,
        NoticeValue.BIRTH_DATE: record.birth_date,
        NoticeValue.BIRTH_DATE_ERA: _era(record.birth_date),
        NoticeValue.POSTAL_CODE: record.postal_code,
        NoticeValue.ADDRESS: record.address,
        NoticeValue.TOTAL_YEN: record.total_yen,
        NoticeValue.DONATION_COUNT: len(record.donations),
        NoticeValue.DONATIONS: " ".join(f"{on.isoformat()}:{yen}" for on, yen in record.donations),
        NoticeValue.DONATED_ON: donated_on,
        NoticeValue.AMOUNT_YEN: amount_yen,
        NoticeValue.MADE_ON: record.made_on,
        NoticeValue.BY_HAND: "",
    }


def _era(day: date | None) -> str:
    if day is None:
        return ""
    name, year = jptime.era_year(day)
    return f"{name}{year}.{day.month}.{day.day}"


def _unwritable(record: NoticeRecord, layout: Layout) -> str:
    """The heading of the first column that cannot be written, "" when all can."""
    for row in _rows(record, layout):
        for column, value in zip(layout.columns, row, strict=True):
            try:
                _encoded(csv_text.cell_write(value), layout)
            except UnicodeEncodeError:
                return column.header
    return ""


def _encoded(text: str, layout: Layout) -> bytes:
    return cp932.encode(text) if layout.encoding == cp932.ENCODING else text.encode(layout.encoding)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([csv_text.cell_write(value) for value in row] for row in rows)
    return held.getvalue()


def _file_name(home_code: str, year: int) -> str:
    return f"{home_code}-{year}.csv"


def _summary(by_home: Mapping[str, Sequence[NoticeRecord]], *, due: date, year: int) -> bytes:
    rows = [
        (
            code,
            held[0].home_name,
            _file_name(code, year),
            len(held),
            sum(len(record.donations) for record in held),
            sum(record.total_yen for record in held),
            due,
        )
        for code, held in sorted(by_home.items())
    ]
    return _csv(SUMMARY_HEADER, rows).encode("utf-8-sig")


def _left_out(left_out: Sequence[LeftOut]) -> bytes:
    rows = [
        (one.record.number, one.record.home_code, one.record.home_name, one.column)
        for one in left_out
    ]
    return _csv(LEFT_OUT_HEADER, rows).encode("utf-8-sig")


def _read_me(layout: Layout, *, due: date) -> bytes:
    sure = "" if layout.certainty.is_settled else f"({TO_CONFIRM})"
    lines = [
        "申告特例通知のファイル",
        "",
        NO_CLAIM,
        f"列の形と文字コードは町の設定です{sure}。文字コード: {layout.encoding}",
        f"送る期限: {jptime.words(due)}({TO_CONFIRM})",
        (
            "個人番号(マイナンバー)は入っていません。必要な列は空けてあります。"
            "この製品の外で、決められた取り扱いで書き込んでください。"
        ),
        "団体コードは、1月1日の住所の市区町村(全国地方公共団体コード6けた)です。",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8-sig")


def _zip(files: Sequence[tuple[str, bytes]], *, now: datetime) -> bytes:
    held = io.BytesIO()
    moment = now.astimezone(jptime.JST).timetuple()[:6]
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return held.getvalue()

"""Receipts as PDF: what stands on each, and in which words."""

import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno

from saleor_ext.common import jptime, money, paper
from saleor_ext.receipts import models, numbers
from saleor_ext.receipts.etax.elements import CLAUSES, KIND_NAME

TEMPLATE = Path(__file__).with_name("receipt.typ")
TITLE = "寄附金受領証明書"
REISSUED = "再発行"
STATEMENT = "次のとおり寄附金を受領したことを証明します。"
KEEP = "この証明書は、確定申告で寄附金控除を受けるときに使います。5年間保管してください。"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Where the paper is sent, for the window of an envelope."""

    postal_code: str
    address: Sequence[str]
    name: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What holds for all receipts of one file. `verify_url` is printed on each."""

    verify_url: str
    window_left_mm: int = 22
    window_top_mm: int = 22


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One receipt to print; with `mail` in the layout for window envelopes."""

    receipt: models.Receipt
    mail: Mail | None = None
    is_marked: bool = False


def receipts_pdf(*, sheets: Sequence[Sheet], layout: Layout, made_at: datetime) -> bytes:
    """This will set receipts into one PDF, each beginning on a page of its own.

    Law: receipt_items
    """
    data = {
        "title": TITLE,
        "author": sheets[0].receipt.facts["town_name"],
        "verify_url": layout.verify_url,
        "qr": _qr_png(layout.verify_url),
        "window_left_mm": layout.window_left_mm,
        "window_top_mm": layout.window_top_mm,
        "seals": _seals(sheets),
        "receipts": [_sheet_data(sheet) for sheet in sheets],
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=made_at)


@functools.lru_cache(maxsize=4)
def _qr_png(url: str) -> list[int]:
    held = io.BytesIO()
    segno.make(url, error="m").save(held, kind="png", border=0, scale=6)
    return list(held.getvalue())


def _seals(sheets: Sequence[Sheet]) -> dict[str, list[int]]:
    """Each seal once, by its id, as the numbers Typst makes bytes of."""
    found: dict[str, list[int]] = {}
    for sheet in sheets:
        seal = sheet.receipt.seal
        if seal is not None and str(seal.pk) not in found:
            found[str(seal.pk)] = list(bytes(seal.content))
    return found


def _sheet_data(sheet: Sheet) -> Mapping[str, Any]:
    receipt = sheet.receipt
    lines = list(receipt.lines.all())
    is_list = len(lines) > 1
    facts: Mapping[str, str] = receipt.facts
    return {
        "name": receipt.paper_name,
        "number": receipt.number,
        "code": numbers.code_print(receipt.verify_code),
        "statement": STATEMENT,
        "rows": _rows(receipt, lines),
        "lines": [_line_data(line) for line in lines] if is_list else [],
        "issued": f"{_day(receipt.issued_on)} 発行",
        "town_address": facts["town_address"],
        "town_name": facts["town_name"],
        "head_name": facts["head_name"],
        "phone": facts["phone"],
        "seal": str(receipt.seal_id or ""),
        "seal_words": f"{facts['town_name']}の公印",
        "mark": _mark(sheet),
        "mark_note": _mark_note(receipt),
        "mail": _mail_data(sheet.mail),
        "foot": KEEP,
    }


def _rows(receipt: models.Receipt, lines: Sequence[models.ReceiptLine]) -> list[list[str]]:
    facts: Mapping[str, str] = receipt.facts
    first = lines[0]
    number, received = first.number, _day(first.donated_on)
    if len(lines) > 1:
        number = f"{first.number} ほか{len(lines) - 1}件(下の表のとおり)"
        received = f"{receipt.year}年分(下の表のとおり)"
    return [
        ["受領証番号", number],
        ["寄附者の氏名", receipt.paper_name],
        ["寄附者の住所", receipt.paper_address],
        ["寄附金額", money.words(receipt.amount_yen)],
        ["受領年月日", received],
        ["寄附の種類", KIND_NAME],
        ["適用条文", CLAUSES],
        ["寄附を受けた団体", facts["town_name"]],
        ["所在地", facts["town_address"]],
        ["但し書き", facts["proviso"]],
    ]


def _line_data(line: models.ReceiptLine) -> Mapping[str, str]:
    return {
        "number": line.number,
        "day": _day(line.donated_on),
        "amount": money.words(line.amount_yen),
    }


def _mark(sheet: Sheet) -> str:
    receipt = sheet.receipt
    return REISSUED if sheet.is_marked or receipt.reissue_count or receipt.replaces_id else ""


def _mark_note(receipt: models.Receipt) -> str:
    notes = []
    if receipt.reissue_count and receipt.reissued_on:
        notes.append(f"{_day(receipt.reissued_on)} 再発行({receipt.reissue_count}回目)")
    if receipt.replaces is not None:
        notes.append(f"{_day(receipt.replaces.issued_on)}発行の証明書に代わるものです")
    return "　".join(notes)


def _mail_data(mail: Mail | None) -> Mapping[str, Any] | None:
    if mail is None:
        return None
    return {"postal_code": mail.postal_code, "address": list(mail.address), "name": mail.name}


def _day(day: date) -> str:
    return jptime.words(day).split("(", maxsplit=1)[0]

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
class PaperText:
    """What stands on one receipt. `lines` are number, day and yen of each donation."""

    name: str
    address: str
    lines: Sequence[tuple[str, date, int]]
    year: int
    issued_on: date
    code: str
    facts: Mapping[str, str]
    seal: models.SealImage | None = None
    mark: str = ""
    mark_note: str = ""

    @property
    def number(self) -> str:
        """The number of the first donation, under which the receipt goes."""
        return self.lines[0][0]


def text_of(receipt: models.Receipt, *, is_marked: bool = False) -> PaperText:
    """This will return what stands on a receipt; `is_marked` for a further copy of an original."""
    marked = is_marked or receipt.reissue_count > 0 or receipt.replaces is not None
    return PaperText(
        name=receipt.paper_name,
        address=receipt.paper_address,
        lines=[(line.number, line.donated_on, line.amount_yen) for line in receipt.lines.all()],
        year=receipt.year,
        issued_on=receipt.issued_on,
        code=receipt.verify_code,
        facts=receipt.facts,
        seal=receipt.seal,
        mark=REISSUED if marked else "",
        mark_note=_mark_note(receipt),
    )


def receipts_pdf(
    *, papers: Sequence[tuple[PaperText, Mail | None]], layout: Layout, made_at: datetime
) -> bytes:
    """This will set receipts into one PDF, each beginning on a page of its own; those with a
    `Mail` for window envelopes.

    Law: receipt_items
    """
    data = {
        "title": TITLE,
        "author": papers[0][0].facts["town_name"],
        "verify_url": layout.verify_url,
        "qr": _qr_png(layout.verify_url),
        "window_left_mm": layout.window_left_mm,
        "window_top_mm": layout.window_top_mm,
        "seals": _seals([text for text, _ in papers]),
        "receipts": [_sheet(text, mail) for text, mail in papers],
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=made_at)


@functools.lru_cache(maxsize=4)
def _qr_png(url: str) -> list[int]:
    held = io.BytesIO()
    segno.make(url, error="m").save(held, kind="png", border=0, scale=6)
    return list(held.getvalue())


def _seals(texts: Sequence[PaperText]) -> dict[str, list[int]]:
    """Each seal once, by its id, as the numbers Typst makes bytes of."""
    found: dict[str, list[int]] = {}
    for text in texts:
        if text.seal is not None and str(text.seal.pk) not in found:
            found[str(text.seal.pk)] = list(bytes(text.seal.content))
    return found


def _sheet(text: PaperText, mail: Mail | None) -> Mapping[str, Any]:
    is_list = len(text.lines) > 1
    return {
        "name": text.name,
        "number": text.number,
        "code": numbers.code_print(text.code),
        "statement": STATEMENT,
        "rows": _rows(text),
        "lines": [_line(*line) for line in text.lines] if is_list else [],
        "issued": f"{_day(text.issued_on)} 発行",
        "town_address": text.facts["town_address"],
        "town_name": text.facts["town_name"],
        "head_name": text.facts["head_name"],
        "phone": text.facts["phone"],
        "seal": str(text.seal.pk) if text.seal else "",
        "seal_words": f"{text.facts['town_name']}の公印",
        "mark": text.mark,
        "mark_note": text.mark_note,
        "mail": _mail_data(mail),
        "foot": KEEP,
    }


def _rows(text: PaperText) -> list[list[str]]:
    more = len(text.lines) - 1
    return [
        ["受領証番号", f"{text.number} ほか{more}件(下の表のとおり)" if more else text.number],
        ["寄附者の氏名", text.name],
        ["寄附者の住所", text.address],
        ["寄附金額", money.words(sum(yen for _, _, yen in text.lines))],
        ["受領年月日", f"{text.year}年分(下の表のとおり)" if more else _day(text.lines[0][1])],
        ["寄附の種類", KIND_NAME],
        ["適用条文", CLAUSES],
        ["寄附を受けた団体", text.facts["town_name"]],
        ["所在地", text.facts["town_address"]],
        ["但し書き", text.facts["proviso"]],
    ]


def _line(number: str, day: date, amount_yen: int) -> Mapping[str, str]:
    return {"number": number, "day": _day(day), "amount": money.words(amount_yen)}


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

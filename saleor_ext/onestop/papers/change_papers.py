"""第五十五号の六様式 (申告特例申請事項変更届出書) as PDF, as we put it together.

We have not seen the form itself. The paper says so in its frame at the top.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from saleor_ext.common import jptime, paper
from saleor_ext.law.messages import TO_CONFIRM
from saleor_ext.onestop import facts
from saleor_ext.onestop.papers import words

TEMPLATE = Path(__file__).with_name("change.typ")
MARK = f"当ソフトウェアによる再構成・{TO_CONFIRM}"
MARK_NOTE = (
    "第五十五号の六様式の原文を確かめられていないため、記載事項をもとに組み立てたものです。"
    "町が案内する届出書があれば、そちらをお使いください。"
)
ROWS_LEAST = 5
"""Lines of the table; those nothing was said about stay empty for writing by hand."""


def change_pdf(*, change: facts.OneStopChangeFacts, made_at: datetime) -> bytes:
    """This will set a change form for the applications of one donor's year.

    Law: onestop_change
    """
    era_year = words.era_year_words(date(change.year, 12, 31))
    town = change.town
    data = {
        "title": f"{change.year}年分 申告特例申請事項変更届出書(再構成)",
        "author": town.name,
        "mark": MARK,
        "mark_note": MARK_NOTE,
        "form_number": "第五十五号の六様式にあたるもの",
        "form_year": f"{era_year}寄附分",
        "form_title": "市町村民税・道府県民税 寄附金税額控除に係る申告特例申請事項変更届出書",
        "recipient": town.head_name,
        "has_gender": change.has_gender,
        "person": words.person_data(change.person),
        "number": _number(change.numbers),
        "lead": (
            "寄附金税額控除に係る申告特例申請書に記載した内容に変更があったので、届け出ます。"
            f"対象の申請書の整理番号: {'、'.join(change.numbers)}"
        ),
        "changes": _rows(change.items),
        "foot": [
            f"提出の期限: {jptime.words(change.deadline)} 必着",
            f"送り先: 〒{town.postal_code} {town.address} {town.name} 電話 {town.phone}",
            (
                "個人番号(マイナンバー)はご本人が手書きで記入し、本人確認の書類の写しを添えます"
                f"(書類の組み合わせは{TO_CONFIRM})。"
            ),
        ],
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=made_at)


def _number(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]} ほか{len(numbers) - 1}件"


def _rows(items: Sequence[facts.OneStopChangeItem]) -> list[list[str]]:
    rows = [[item.label, item.before, item.after] for item in items]
    return rows + [["", "", ""]] * (ROWS_LEAST - len(rows))

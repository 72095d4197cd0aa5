"""第五十五号の五様式 as PDF: one for a donation, or a year's set behind one cover."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from saleor_ext.common import jptime, money, paper
from saleor_ext.law.messages import TO_CONFIRM
from saleor_ext.onestop import facts
from saleor_ext.onestop.papers import form_words, words

TEMPLATE = Path(__file__).with_name("form.typ")

# Law: onestop_identity
ID_PAPERS = (
    "A. マイナンバーカードをお持ちの方: カードの表と裏の写し",
    (
        "B. 通知カード(記載が今のとおりのもの)か、マイナンバー入りの住民票の写し"
        " + 顔写真つきの本人確認書類1点の写し"
    ),
    "C. Bで顔写真つきの書類がない方: 番号の書類の写し + 顔写真のない本人確認書類2点の写し",
    (
        f"BとCの組み合わせ、1通の封筒に写しが1組で足りるかどうかは{TO_CONFIRM}です。"
        "送る前に、上の問い合わせ先にお確かめください。"
    ),
)
BY_HAND = (
    "申請書1枚ごとに、提出する日と、個人番号(マイナンバー)の12けたをご本人が手書きで書きます。",
    "マイナンバーは、このサイトにもメールにも入力しないでください。サイトはお預かりしません。",
    (
        "①と②の□には、マイページでお答えいただいたとおりに「レ」が入っています。空いている□は、"
        "当てはまることを確かめて、ご自分でお書きください。"
    ),
)
WARNINGS = (
    (
        "ワンストップ特例を申請する相手が1年に6団体以上になると、申請はすべて無効になります"
        "(同じ団体に何回寄附しても1団体と数えます)。"
    ),
    (
        "確定申告や住民税の申告をすると、申請はすべて無効になります。"
        "申告するときは、この寄附も含めてください。"
    ),
    "送ったあとに住所や氏名が変わったら、期限までに変更届出書を出してください。",
)
LATE = "この日までに町に届かなかった申請は受け付けられません。そのときは確定申告をしてください。"


def form_pdf(*, form: facts.OneStopFormFacts, has_cover: bool, made_at: datetime) -> bytes:
    """This will set the forms of one donor's year, each donation on a page of its own.

    Law: onestop_form, onestop_gender

    Args:
        form: what the forms say; names and addresses with letters our fonts can draw.
        has_cover: whether one page with list, enclosures, address and deadline goes before them.
        made_at: the moment written into the file, aware.
    """
    era_year = words.era_year_words(date(form.year, 12, 31))
    data = {
        "title": f"{form.year}年分 ワンストップ特例の申請書",
        "author": form.town.name,
        "town_name": form.town.name,
        "recipient": form.town.head_name,
        "has_gender": form.has_gender,
        "person": words.person_data(form.person),
        "is_return_free": form.is_return_free is True,
        "is_few_towns": form.is_few_towns is True,
        **_printed(era_year),
        "forms": [_form(line) for line in form.lines],
        "cover": _cover(form) if has_cover else None,
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=made_at)


def _printed(era_year: str) -> Mapping[str, Any]:
    """The form's own words."""
    return {
        "form_number": form_words.NUMBER,
        "form_year": f"{era_year}寄附分",
        "form_title": form_words.TITLE,
        "slip_title": f"{era_year}寄附分 {form_words.TITLE}受付書",
        "lead": form_words.LEAD,
        "notes": form_words.NOTES,
        "condition_lead": form_words.CONDITION_LEAD,
        "condition_first": form_words.CONDITION_FIRST,
        "first_notes": form_words.FIRST_NOTES,
        "condition_second": form_words.CONDITION_SECOND,
        "second_notes": form_words.SECOND_NOTES,
    }


def _form(line: facts.OneStopLine) -> Mapping[str, Any]:
    return {
        "number": line.number,
        "day": words.era_words(line.donated_on),
        "amount": money.words(line.amount_yen),
        "qr": words.qr_png(line.reception_url),
    }


def _cover(form: facts.OneStopFormFacts) -> Mapping[str, Any]:
    town = form.town
    return {
        "title": f"{form.year}年分 ワンストップ特例の申請書 一式",
        "name": form.person.name,
        "lead": (
            "寄附ごとの申請書を1つにまとめました。印刷して手書きで書き足し、"
            "本人確認の書類の写しといっしょにお送りください。この表紙も入れてください。"
        ),
        "facts": [
            [
                "送り先",
                f"〒{town.postal_code} {town.address}",
                f"{town.name} ふるさと納税 ワンストップ特例担当",
            ],
            ["期限", LATE, f"{jptime.words(form.deadline)} 必着"],
            ["問い合わせ", f"電話 {town.phone}", ""],
        ],
        "count": f"{len(form.lines)}枚",
        "lines": [
            [line.number, words.day_words(line.donated_on), money.words(line.amount_yen)]
            for line in form.lines
        ],
        "total": money.words(form.total_yen),
        "sections": [{"title": title, "words": list(said)} for title, said in _sections()],
    }


def _sections() -> list[tuple[str, Sequence[str]]]:
    return [
        ("手で書き足すところ", BY_HAND),
        (f"同封するもの(A・B・Cのどれか。{TO_CONFIRM})", ID_PAPERS),
        ("ご注意", WARNINGS),
    ]

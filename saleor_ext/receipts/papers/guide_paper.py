"""The page that says what to do with a year's receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from saleor_ext.common import money, paper

TEMPLATE = Path(__file__).with_name("guide.typ")
TO_CONFIRM = "自治体で要確認"


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What the page is about. `xml_trouble` says why there is no XML, "" when there is one."""

    year: int
    is_year_over: bool
    town_name: str
    phone: str
    donor_name: str
    count: int
    amount_yen: int
    xml_names: Sequence[str]
    xml_trouble: str
    is_test_signature: bool
    spelling_words: str


def guide_pdf(*, guide: Guide, made_at: datetime) -> bytes:
    """This will set the page.

    Law: receipt_use, receipt_keep
    """
    sections = [_taxes(guide), _one_stop(), _keep(guide)]
    data = {
        "title": f"{guide.year}年分 寄附金受領証明書のご案内",
        "author": guide.town_name,
        "lead": _lead(guide),
        "figures": [
            ["寄附された方", f"{guide.donor_name} 様"],
            ["証明書に載っている寄附", f"{guide.count}件"],
            ["合計", money.words(guide.amount_yen)],
        ],
        "sections": [{"title": title, "words": list(words)} for title, words in sections],
        "foot": f"お問い合わせ: {guide.town_name} 電話 {guide.phone}",
    }
    return paper.pdf_make(template=TEMPLATE, data=data, made_at=made_at)


def _lead(guide: Guide) -> str:
    if guide.is_year_over:
        return "この1年のご寄附をありがとうございました。同封のファイルの使い方です。"
    return (
        f"{guide.year}年の途中までの分です。年が明けてから、もう一度お取りください。"
        "いまのファイルは、その前に申告が要る方だけがお使いください。"
    )


def _taxes(guide: Guide) -> tuple[str, Sequence[str]]:
    title = "確定申告をする方"
    if guide.xml_trouble:
        return title, (guide.xml_trouble, "申告には、町からお送りする紙の証明書をお使いください。")
    names = "、".join(guide.xml_names)
    words = [
        (
            f"e-Taxで申告するときは、{names} を「寄附金控除」の証明書データとして読み込みます。"
            "証明書を1枚ずつ入力する必要はありません。"
        ),
        (
            "紙で申告するときは、国税庁の「QRコード付証明書等作成システム」にXMLを読み込ませ、"
            "できたQRコード付きの証明書を印刷して添えます。XMLをそのまま印刷したものは使えません。"
        ),
        f"同封のPDFを印刷したものを添えられるかどうかは、税務署にお確かめください({TO_CONFIRM})。",
    ]
    if guide.spelling_words:
        words.append(guide.spelling_words)
    if guide.is_test_signature:
        words.append("お試し用の証明書で署名しているため、このXMLは本当の申告には使えません。")
    return title, words


def _one_stop() -> tuple[str, Sequence[str]]:
    return "ワンストップ特例を申請した方", (
        "申告は要りません。証明書は保管してください。",
        (
            "確定申告をすると、ワンストップ特例の申請はすべて無効になります。"
            "申告するときは、この分も含めてください。"
        ),
    )


def _keep(guide: Guide) -> tuple[str, Sequence[str]]:
    return "お手元での保管", (
        "証明書は5年間保管してください。PDFとXMLは、届いたままの形で残してください。",
        "証明書が本物かどうかは、それぞれに書かれた番号と確認コードで確かめられます。",
        "返金や訂正があった寄附は、新しい証明書に替わります。もう一度お取りください。",
    )

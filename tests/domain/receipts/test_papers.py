"""Receipts as PDF, read back: text, tags, fonts, the mark for keeping; and the guide."""

import io
from datetime import date, datetime

import pikepdf
import pypdf
import pytest

from saleor_ext.common import jptime
from saleor_ext.flows.receipts import bundle, hand_out, sample
from saleor_ext.receipts import services
from saleor_ext.receipts.papers import guide_paper, receipt_papers
from tests.builders import receipts, world

pytestmark = pytest.mark.django_db

JANUARY = jptime.jst_moment(date(2027, 1, 5), hour=10)


def text_of(content: bytes) -> str:
    """The text of all pages without the spaces that setting puts in."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def tags_of(content: bytes) -> list[str]:
    """The kinds of all structure elements, in reading order."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return found


@pytest.fixture
def receipt():
    services.seal_keep(
        municipality_id=world.town_make().pk,
        content=receipts.seal_png(),
        now=world.NOW,
        actor="test",
    )
    donor = world.donor_make(family_name="𠮷田")
    receipts.given_make(donor=donor, days=[date(2026, 11, 24)])
    [made] = receipts.settle(donor)
    return made


def test_everything_that_must_stand_on_it_can_be_read_back(receipt):
    text = text_of(hand_out.receipt_pdf(receipt=receipt))

    for words in (
        "寄附金受領証明書",
        "𠮷田花子様",
        "受領証番号2026-000001",
        "寄附者の住所東京都千代田区架空町1-2-3見本ビル101",
        "寄附金額3,000円",
        "受領年月日2026年11月24日",
        "寄附の種類都道府県、市区町村に対する寄附金",
        "適用条文所得税法第78条２項及び法人税法第37条第３項",
        "寄附を受けた団体高知県幡見郡汐見町",
        "所在地高知県幡見郡汐見町本町1-1",
        "但し書きふるさと納税の寄附金として",
        "2026年11月24日発行",
        "汐見町長浜野みなと",
        "/receipts/verify/",
        f"確認コード{receipt.verify_code[:5]}-{receipt.verify_code[5:]}",
    ):
        assert words in text, words
    assert "再発行" not in text


def test_it_is_tagged_marked_for_keeping_and_carries_its_fonts(receipt):
    content = hand_out.receipt_pdf(receipt=receipt)

    tags = tags_of(content)
    assert {"/H1", "/Table", "/TH", "/TD", "/P", "/Figure"} <= set(tags)
    assert tags.count("/TR") == 11
    with pikepdf.open(io.BytesIO(content)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert str(pdf.Root.Lang).startswith("ja")
        assert len(pdf.pages) == 1
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font
        assert len(pdf.pages[0].get_images()) == 2  # the seal and the code for the page


def test_pictures_are_described_for_those_who_do_not_see_them(receipt):
    with pikepdf.open(io.BytesIO(hand_out.receipt_pdf(receipt=receipt))) as pdf:
        told = [str(one.Alt) for one in pdf.objects if _is_figure(one)]

    assert sorted(told) == ["確認ページの二次元コード", "高知県幡見郡汐見町の公印"]


def _is_figure(one):
    return isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"


def test_issued_again_it_says_so_and_keeps_number_and_content(receipt):
    before = text_of(hand_out.receipt_pdf(receipt=receipt))
    again = hand_out.receipt_reissue(
        receipt_id=receipt.pk,
        donor_id=None,
        reason="紛失",
        today=date(2026, 12, 1),
        now=world.NOW,
        actor="test",
    )

    after = text_of(hand_out.receipt_pdf(receipt=again))

    assert "再発行2026年12月1日再発行(1回目)" in after
    assert after.replace("再発行2026年12月1日再発行(1回目)", "") == before


def test_a_corrected_one_names_the_one_it_replaces(receipt):
    right = hand_out.addressee_correct(
        receipt_id=receipt.pk,
        donor_name="吉田　花子",
        donor_address=receipt.donor_address,
        reason="字の誤り",
        today=date(2026, 12, 1),
        now=world.NOW,
        actor="test",
    )

    text = text_of(hand_out.receipt_pdf(receipt=right))

    assert "吉田花子様" in text
    assert "2026年11月24日発行の証明書に代わるものです" in text


def test_a_year_of_months_fits_on_one_page_with_every_donation():
    receipts.settings_make(grouping="year")
    donor = world.donor_make()
    receipts.given_make(donor=donor, days=[date(2026, month, 5) for month in range(1, 13)])
    [year] = receipts.settle(donor, now=JANUARY)

    content = _windowed(year, JANUARY)

    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
    text = text_of(content)
    assert "2026-000001ほか11件(下の表のとおり)" in text
    assert "寄附金額36,000円" in text
    for month in range(1, 13):
        assert f"2026-{month:06d}2026年{month}月5日3,000円" in text


def _windowed(receipt, now: datetime) -> bytes:
    mail = hand_out.mails_of([receipt])[receipt.donor_id]
    return receipt_papers.receipts_pdf(
        papers=[(receipt_papers.text_of(receipt), mail)],
        layout=receipt_papers.Layout(verify_url=hand_out.verify_url()),
        made_at=now,
    )


def test_the_address_stands_where_the_window_is(receipt):
    reader = pypdf.PdfReader(io.BytesIO(_windowed(receipt, world.NOW)))
    found = {}

    def visit(text, page, line, _font, _size):
        if "100-9999" in text:
            left = line[4] * page[0] + line[5] * page[2] + page[4]
            bottom = line[4] * page[1] + line[5] * page[3] + page[5]
            found["left_mm"] = left * 25.4 / 72
            found["top_mm"] = 297 - bottom * 25.4 / 72

    reader.pages[0].extract_text(visitor_text=visit)

    assert 22 <= found["left_mm"] <= 24
    assert 22 <= found["top_mm"] <= 28


def test_the_sample_is_marked_as_one():
    receipts.settings_make(is_window_envelope=True)

    text = text_of(sample.sample_pdf(today=world.TODAY, now=world.NOW))

    assert "見本太郎様" in text
    assert "〒000-0000" in text


def guide(**changes):
    values = {
        "year": 2026,
        "is_year_over": True,
        "town_name": "高知県幡見郡汐見町",
        "phone": "0000-00-0001",
        "donor_name": "山田　花子",
        "count": 12,
        "amount_yen": 36000,
        "xml_names": ["TEG822-2026.xml"],
        "xml_trouble": "",
        "is_test_signature": False,
        "spelling_words": "",
    }
    return guide_paper.Guide(**values | changes)


def test_the_guide_says_on_one_page_what_to_do_with_the_files():
    content = guide_paper.guide_pdf(guide=guide(), made_at=world.NOW)

    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
    text = text_of(content)
    for words in (
        "2026年分寄附金受領証明書のご案内",
        "TEG822-2026.xml",
        "XMLをそのまま印刷したものは使えません",
        "自治体で要確認",
        "ワンストップ特例を申請した方",
        "5年間保管してください",
        "36,000円",
    ):
        assert words in text, words
    assert "お試し用の証明書" not in text


def test_without_a_certificate_the_guide_says_why_there_is_no_xml():
    text = text_of(
        guide_paper.guide_pdf(
            guide=guide(xml_names=[], xml_trouble=bundle.NO_CERTIFICATE), made_at=world.NOW
        )
    )

    assert "e-Tax用のXMLはまだありません" in text
    assert "読み込みます" not in text

"""Papers as PDF: tagged, for keeping, fonts inside; and which characters can be drawn."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest

from saleor_ext.common import paper

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: datetime(year: 2026, month: 11, day: 24))
#set text(font: "Noto Serif JP", lang: "ja")
= #data.title
#data.name
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "one.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def made(template, name="髙﨑 𠮷子"):
    return paper.pdf_make(template=template, data={"title": "証明書", "name": name}, made_at=AT)


def test_a_paper_is_tagged_and_marked_for_keeping_and_for_reading_aloud(template):
    with pikepdf.open(io.BytesIO(made(template))) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang) == "ja"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root


def test_all_fonts_are_inside_the_file(template):
    with pikepdf.open(io.BytesIO(made(template))) as pdf:
        [font] = pdf.pages[0].Resources.Font.values()
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "NotoSerifJP" in str(descriptor.FontName)
        assert "/FontFile3" in descriptor


def test_the_same_paper_is_the_same_file(template):
    assert made(template) == made(template)


def test_a_moment_with_a_fraction_of_a_second_is_no_trouble(template):
    at = AT.replace(microsecond=123456)

    assert paper.pdf_make(
        template=template, data={"title": "証明書", "name": "花子"}, made_at=at
    ) == made(template, name="花子")


def test_what_people_type_is_never_read_as_markup(template):
    assert made(template, name='#panic("x") $1$ *a* @b')


def test_names_with_rare_letters_can_be_drawn():
    assert paper.glyphs_missing("髙﨑 𠮷野　邉邊 德栁濵槗 𡈽") == []


def test_a_letter_without_a_glyph_is_named_once():
    assert paper.glyphs_missing("山𨺓本𨺓\u0007") == ["𨺓", "\u0007"]


def test_a_variant_is_drawn_only_where_the_font_has_it():
    assert paper.glyphs_missing("葛\U000e0100城") == []
    assert paper.glyphs_missing("葛\U000e01ef城") == ["葛\U000e01ef"]

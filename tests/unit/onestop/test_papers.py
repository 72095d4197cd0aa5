"""The one-stop papers, set and read back: text, tags, fonts, the code, and the empty boxes."""

import dataclasses
import io
from datetime import UTC, date, datetime

import pikepdf
import pypdf
import pytest
import segno

from saleor_ext.onestop import facts
from saleor_ext.onestop.papers import change_papers, form_papers, words

MADE_AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
TOWN = facts.OneStopTown(
    code="394041",
    name="高知県幡見郡汐見町",
    head_name="汐見町長　浜野みなと",
    postal_code="789-0000",
    address="高知県幡見郡汐見町本町1-1",
    phone="0000-00-0001",
)
HANAKO = facts.OneStopPerson(
    name="𠮷田　花子",
    kana="ヨシダ　ハナコ",
    postal_code="100-9999",
    address="東京都千代田区架空町1-2-3　見本ビル101",
    phone="090-0000-0001",
    birth_date=date(1980, 4, 1),
)
URL = "https://salon.example.lg.jp/staff/onestop/reception/0123456789abcdef/"


def line_make(month, *, amount_yen=3000):
    return facts.OneStopLine(
        application_id=month,
        public_id="0123456789abcdef",
        number=f"2026-{month:06d}-7",
        donated_on=date(2026, month, 5),
        amount_yen=amount_yen,
        reception_url=URL,
    )


def form_make(**changes):
    values = {
        "town": TOWN,
        "year": 2026,
        "deadline": date(2027, 1, 10),
        "person": HANAKO,
        "lines": (line_make(11),),
        "is_return_free": True,
        "is_few_towns": True,
        "has_gender": False,
    }
    return facts.OneStopFormFacts(**values | changes)


def form_set(*, has_cover=False, **changes):
    return form_papers.form_pdf(form=form_make(**changes), has_cover=has_cover, made_at=MADE_AT)


def change_set(**changes):
    values = {
        "town": TOWN,
        "year": 2026,
        "deadline": date(2027, 1, 10),
        "person": HANAKO,
        "numbers": ("2026-000011-7",),
        "items": (
            facts.OneStopChangeItem(label="住所", before="東京都千代田区", after="大阪府架空市"),
        ),
        "has_gender": False,
    }
    change = facts.OneStopChangeFacts(**values | changes)
    return change_papers.change_pdf(change=change, made_at=MADE_AT)


def texts_of(content):
    """The text of each page without the spaces that setting puts in."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


def figures_of(content):
    """What is told of each picture to those who do not see it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            str(one.Alt)
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]


def tags_of(content):
    found = set()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one:
                found.add(str(one.S))
    return found


def test_a_form_says_what_the_law_asks_for():
    [text] = texts_of(form_set())

    for said in (
        "第五十五号の五様式(附則第二条の四関係)",
        "令和8年寄附分市町村民税・道府県民税寄附金税額控除に係る申告特例申請書",
        "汐見町長浜野みなと殿",
        "整理番号2026-000011-7",
        "〒100-9999東京都千代田区架空町1-2-3見本ビル101",
        "電話番号090-0000-0001",
        "フリガナヨシダハナコ",
        "氏名𠮷田花子",
        "個人番号ご本人が手書きで記入してください。",
        "生年月日昭和55年4月1日",
        "1.当団体に対する寄附に関する事項",
        "令和8年11月5日3,000円",
        "2.申告の特例の適用に関する事項",
        "(注1)上記に記載した内容に変更があった場合、申告特例対象年の翌年の1月10日までに",
        "(注2)",
        "附則第7条第6項(第13項)各号",
        "①地方税法附則第7条第1項(第8項)に規定する申告特例対象寄附者であるレ",
        "所得税法第120条第1項",
        "②地方税法附則第7条第2項(第9項)に規定する要件に該当する者であるレ",
        "地方団体の長の数が5以下",
        "(切り取らないでください。)",
        "令和8年寄附分市町村民税・道府県民税寄附金税額控除に係る申告特例申請書受付書",
        "受付日付印",
        "受付団体名高知県幡見郡汐見町",
        "𠮷田花子殿",
    ):
        assert said in text, said
    assert "性別" not in text


def lines_drawn(content):
    """How wide and high each straight line of the first page is, in tenths of a millimetre."""
    found, begun = [], (0.0, 0.0)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for values, operator in pikepdf.parse_content_stream(pdf.pages[0]):
            if str(operator) == "m":
                begun = tuple(float(one) for one in values)
            elif str(operator) == "l":
                ended = tuple(float(one) for one in values)
                found.append(tuple(_tenths(a - b) for a, b in zip(ended, begun, strict=True)))
                begun = ended
    return found


def _tenths(points):
    return round(abs(points) / 72 * 254)


def test_the_number_has_twelve_empty_boxes_and_nothing_in_them():
    content = form_set()

    drawn = lines_drawn(content)
    assert drawn.count((0, 82)) == 13  # eight millimetres and half a line at each end
    assert drawn.count((722, 0)) == 2  # twelve times six
    [text] = texts_of(content)
    assert "個人番号ご本人が手書きで記入してください。" in text


def test_what_is_not_known_is_left_to_be_written_by_hand():
    person = dataclasses.replace(HANAKO, birth_date=None, phone="", kana="")

    [text] = texts_of(form_set(person=person, is_return_free=None, is_few_towns=False))

    assert "生年月日年月日" in text
    assert "申告特例対象寄附者である(注)" in text
    assert "要件に該当する者である(注)" in text
    assert "レ" not in text


def test_the_column_for_gender_is_there_when_the_town_wants_it():
    [text] = texts_of(form_set(has_gender=True))

    assert "性別男・女" in text


def test_the_code_holds_the_address_of_the_counters_page_and_nothing_else():
    content = form_set()

    assert figures_of(content) == ["受付窓口用の二次元コード"]
    [image] = pypdf.PdfReader(io.BytesIO(content)).pages[0].images
    held = segno.make(URL, error="m").matrix_iter(scale=6, border=2)
    pixels = image.image.convert("L")
    assert [
        [1 if pixels.getpixel((x, y)) < 128 else 0 for x in range(pixels.width)]
        for y in range(pixels.height)
    ] == [[int(one) for one in row] for row in held]


def test_it_is_tagged_marked_for_keeping_and_carries_its_fonts():
    content = form_set(has_cover=True)

    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P", "/Figure", "/L"} <= tags_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang).startswith("ja")
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font


def test_a_year_of_twelve_is_one_cover_and_twelve_forms():
    lines = tuple(line_make(month) for month in range(1, 13))

    cover, *forms = texts_of(form_set(has_cover=True, lines=lines))

    assert len(forms) == 12
    for month, text in enumerate(forms, start=1):
        assert f"整理番号2026-{month:06d}-7" in text
        assert f"令和8年{month}月5日3,000円" in text
        assert f"{month}2026-{month:06d}-72026年{month}月5日3,000円" in cover
    for said in (
        "2026年分ワンストップ特例の申請書一式",
        "𠮷田花子様",
        "〒789-0000高知県幡見郡汐見町本町1-1",
        "2027年1月10日(日)必着",
        "(12枚)",
        "合計36,000円",
        "同封するもの(A・B・Cのどれか。自治体で要確認)",
        "マイナンバーカードをお持ちの方",
        "6団体以上になると、申請はすべて無効",
        "確定申告や住民税の申告をすると、申請はすべて無効",
        "マイナンバーは、このサイトにもメールにも入力しないでください",
    ):
        assert said in cover, said


@pytest.mark.parametrize("has_gender", [True, False])
def test_the_longest_texts_stay_on_the_forms_page(has_gender):
    person = dataclasses.replace(
        HANAKO, name="寿" * 50 + "　" + "限" * 50, kana="ジ" * 101, address="長" * 300
    )
    line = line_make(11, amount_yen=9_999_999_999)

    [text] = texts_of(form_set(person=person, lines=(line,), has_gender=has_gender))

    assert text.count("長" * 20) >= 2
    assert "受付団体名" in text


def test_the_change_form_says_that_it_is_put_together_by_us():
    [text] = texts_of(change_set())

    for said in (
        "当ソフトウェアによる再構成・自治体で要確認",
        "第五十五号の六様式の原文を確かめられていない",
        "申告特例申請事項変更届出書",
        "汐見町長浜野みなと殿",
        "整理番号2026-000011-7",
        "事項変更前変更後住所東京都千代田区大阪府架空市",
        "2027年1月10日(日)必着",
        "個人番号ご本人が手書きで記入してください。",
    ):
        assert said in text, said


def test_a_change_for_a_whole_year_names_every_form_on_one_page():
    numbers = tuple(f"2026-{month:06d}-7" for month in range(1, 13))

    [text] = texts_of(change_set(numbers=numbers, has_gender=True))

    assert "整理番号2026-000001-7ほか11件" in text
    assert "、".join(numbers) in text
    assert "性別男・女" in text


def test_an_eras_first_year_has_its_own_word():
    assert words.era_words(date(2019, 5, 1)) == "令和元年5月1日"
    assert words.era_words(date(1989, 1, 7)) == "昭和64年1月7日"

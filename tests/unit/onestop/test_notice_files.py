"""Notices as CSV, byte for byte against files written by hand, and what cannot be written."""

import dataclasses
import io
import zipfile
from datetime import UTC, date, datetime

import pytest

from saleor_ext.law.errors import LawDataInvalid
from saleor_ext.onestop import notice_files, notice_layout

NOW = datetime(2027, 1, 12, 1, 30, tzinfo=UTC)
DUE = date(2027, 1, 31)
HANAKO = notice_files.NoticeRecord(
    number="2026-17",
    version=1,
    kind="新規",
    year=2026,
    home_code="131016",
    home_name="東京都千代田区",
    town_code="394041",
    town_name="高知県幡見郡汐見町",
    full_name="山田　花子",
    full_kana="ヤマダ　ハナコ",
    birth_date=date(1980, 4, 1),
    postal_code="100-9999",
    address="東京都千代田区架空町1-2-3 見本ビル101",
    donations=((date(2026, 11, 5), 3000), (date(2026, 12, 5), 5000)),
    made_on=date(2027, 1, 12),
)
TARO = dataclasses.replace(
    HANAKO,
    number="2026-18",
    home_code="271004",
    home_name="大阪府大阪市",
    full_name="髙橋　太郎",
    full_kana="",
    birth_date=None,
    postal_code="530-9999",
    address="大阪府大阪市北区架空〜1−2",
    donations=((date(2026, 11, 5), 3000),),
)
TAKEN_BACK = dataclasses.replace(HANAKO, version=2, kind="取消", donations=())

HEADER = (
    "通知番号,版,区分,寄附年,住所地団体コード,住所地団体名,氏名,フリガナ,生年月日,郵便番号,住所,"
    "個人番号(この製品の外で記入),寄附金額の合計,寄附の件数,寄附の内訳,寄附先団体コード,"
    "寄附先団体名,作成日\r\n"
)
HANAKO_ROW = (
    "2026-17,1,新規,2026,131016,東京都千代田区,山田　花子,ヤマダ　ハナコ,1980-04-01,100-9999,"
    "東京都千代田区架空町1-2-3 見本ビル101,,8000,2,2026-11-05:3000 2026-12-05:5000,394041,"
    "高知県幡見郡汐見町,2027-01-12\r\n"
)
TAKEN_BACK_ROW = (
    "2026-17,2,取消,2026,131016,東京都千代田区,山田　花子,ヤマダ　ハナコ,1980-04-01,100-9999,"
    "東京都千代田区架空町1-2-3 見本ビル101,,0,0,,394041,高知県幡見郡汐見町,2027-01-12\r\n"
)
TARO_ROW = (
    "2026-18,1,新規,2026,271004,大阪府大阪市,髙橋　太郎,,,530-9999,大阪府大阪市北区架空〜1−2,"
    ",3000,1,2026-11-05:3000,394041,高知県幡見郡汐見町,2027-01-12\r\n"
)
SUMMARY = (
    "団体コード,団体名,ファイル,通知の数,寄附の数,金額の合計,送る期限\r\n"
    "131016,東京都千代田区,131016-2026.csv,2,2,8000,2027-01-31\r\n"
    "271004,大阪府大阪市,271004-2026.csv,1,1,3000,2027-01-31\r\n"
)


def pack(*records, **changes):
    layout = dataclasses.replace(notice_layout.layout_now(), **changes)
    return notice_files.pack_make(records, layout=layout, due=DUE, year=2026, now=NOW)


def files_of(made):
    with zipfile.ZipFile(io.BytesIO(made.content)) as held:
        return {name: held.read(name) for name in held.namelist()}


def layout_of(tmp_path, text):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.toml"
    path.write_text(
        'source = "x"\ncertainty = "M"\nchecked = 2026-11-26\n' + text, encoding="utf-8"
    )
    return notice_layout.layout_read(path)


def test_each_municipality_gets_its_file_and_the_list_names_them():
    made = pack(TARO, HANAKO, TAKEN_BACK)

    files = files_of(made)
    assert list(files) == [
        "00-readme.txt",
        "00-summary.csv",
        "131016-2026.csv",
        "271004-2026.csv",
    ]
    assert files["131016-2026.csv"] == ("\ufeff" + HEADER + HANAKO_ROW + TAKEN_BACK_ROW).encode()
    assert files["271004-2026.csv"] == ("\ufeff" + HEADER + TARO_ROW).encode()
    assert files["00-summary.csv"] == ("\ufeff" + SUMMARY).encode()
    assert (made.written, made.left_out) == ([HANAKO, TAKEN_BACK, TARO], [])
    assert pack(TARO, HANAKO, TAKEN_BACK).content == made.content


def test_it_says_what_it_is_not_and_that_no_number_is_in_it():
    said = files_of(pack(HANAKO))["00-readme.txt"].decode("utf-8-sig")

    assert "eLTAX(地方税ポータルシステム)の様式ではありません" in said
    assert "個人番号(マイナンバー)は入っていません" in said
    assert "2027年1月31日(日)(自治体で要確認)" in said
    assert "列の形と文字コードは町の設定です(自治体で要確認)" in said


def test_in_shift_jis_the_letters_are_those_of_windows():
    files = files_of(pack(TARO, encoding="cp932"))

    # 髙 is IBM's, ～ and － the full-width ones, as Windows writes them.
    wanted = (HEADER + TARO_ROW).replace("〜", "～").replace("−", "－")
    assert files["271004-2026.csv"] == wanted.encode("cp932").replace(b"\xee\xe0", b"\xfb\xfc")
    assert b"\xfb\xfc" in files["271004-2026.csv"]


def test_what_cannot_be_written_is_left_out_whole_and_listed():
    rare = dataclasses.replace(HANAKO, full_name="𠮷田　花子")

    made = pack(rare, TARO, encoding="cp932")

    files = files_of(made)
    assert "131016-2026.csv" not in files
    assert files["00-left-out.csv"].decode("utf-8-sig") == (
        "通知番号,団体コード,団体名,書けなかった列\r\n2026-17,131016,東京都千代田区,氏名\r\n"
    )
    assert [one.column for one in made.left_out] == ["氏名"]
    assert made.written == [TARO]


def test_columns_code_and_rows_are_the_towns_to_set(tmp_path):
    layout = layout_of(
        tmp_path,
        """
encoding = "cp932"
rows = "donation"
columns = [
  { header = "kind", text = "通知" },
  { header = "born", value = "birth_date_era" },
  { header = "on", value = "donated_on" },
  { header = "yen", value = "amount_yen" },
  { header = "number", value = "by_hand" },
]
""",
    )

    assert notice_files.home_csv([HANAKO, TAKEN_BACK], layout=layout) == (
        "kind,born,on,yen,number\r\n"
        "通知,昭和55.4.1,2026-11-05,3000,\r\n"
        "通知,昭和55.4.1,2026-12-05,5000,\r\n"
        "通知,昭和55.4.1,,,\r\n"
    ).encode("cp932")


GOOD = 'encoding = "utf-8"\nrows = "person"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('encoding = "latin"\nrows = "person"\ncolumns = []', "encoding は"),
        ('encoding = "utf-8"\nrows = "town"\ncolumns = []', "rows は"),
        (GOOD + "columns = []", "列は1から"),
        (GOOD + "columns = [3]", "1番目の列"),
        (GOOD + 'columns = [{ header = "a", value = "my_number" }]', "知らない value"),
        (GOOD + 'columns = [{ header = "a", value = "year", text = "x" }]', "どちらか一つ"),
        (GOOD + 'columns = [{ header = "a", value = "amount_yen" }]', '"donation" のときだけ'),
        (
            GOOD + 'columns = [{ header = "a", text = "1" }, { header = "a", text = "2" }]',
            "見出しはそれぞれ",
        ),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(tmp_path, text, told):
    with pytest.raises(LawDataInvalid, match=told):
        layout_of(tmp_path, text)


def test_the_layout_that_comes_with_us_is_to_be_confirmed():
    assert not notice_layout.layout_now().certainty.is_settled

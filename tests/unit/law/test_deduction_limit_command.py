"""manage.py deduction_limit, as it is typed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.usefixtures("now")

TABLE = "income_man_yen,family\n500,夫婦\n300,夫婦+子2人(大学生と高校生)\n"


def typed(*arguments):
    out, notes = StringIO(), StringIO()
    call_command("deduction_limit", *arguments, stdout=out, stderr=notes)
    return out.getvalue(), notes.getvalue()


def test_json_is_the_limit_and_nothing_else():
    out, notes = typed("--income", "5000000", "--family", "couple", "--json")

    assert json.loads(out) == {"limit_yen": 49_000}
    assert notes == ""


def test_a_dash_is_null():
    out, _ = typed("--income", "3000000", "--family", "couple_univ_high", "--json")

    assert json.loads(out) == {"limit_yen": None}


def test_words_say_what_is_not_known():
    out, _ = typed("--income", "5,000,000円", "--family", "single")

    assert "2026年の寄附の上限の目安: 61,000円" in out
    assert "住宅ローン控除" in out
    assert "お住まいの市区町村" in out


def test_notes_go_beside_the_answer():
    out, notes = typed("--income", "120000000", "--family", "single", "--year", "2027", "--json")

    assert json.loads(out) == {"limit_yen": 4_382_000}
    assert "193万円" in notes
    assert "2,500万円を超える" in notes


def test_the_figures_of_papers_lead_to_the_same():
    slip, _ = typed(
        *["--slip-income", "3560000", "--social-insurance", "750000", "--spouse", "--json"]
    )
    notice, _ = typed(
        *["--levy", "202500", "--taxable", "2050000", "--personal-difference", "100000", "--json"]
    )

    assert json.loads(slip) == json.loads(notice) == {"limit_yen": 49_000}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_table_is_printed_again_with_its_third_column(ending, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE.replace("\n", ending).encode())

    out, _ = typed("--csv", str(path))

    assert out.split(ending) == [
        "income_man_yen,family,limit_yen",
        "500,夫婦,49000",
        "300,夫婦+子2人(大学生と高校生),",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("income,family\n500,夫婦\n", "1行目"),
        (f"{TABLE}abc,夫婦\n", "4行目: 収入(万円)は数字で"),
        (f"{TABLE}-5,夫婦\n", "4行目: 給与収入は0以上"),
        (f"{TABLE}500,三世代\n", "4行目: 家族構成は"),
        (f"{TABLE}500\n", "4行目"),
        ("", "1行目"),
    ],
)
def test_a_table_with_a_wrong_row_prints_nothing(text, told, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    out = StringIO()

    with pytest.raises(CommandError, match=r".") as caught:
        call_command("deduction_limit", "--csv", str(path), stdout=out)

    assert told in str(caught.value)
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--income=-5", "--family", "single"], "給与収入は0以上"),
        (["--income", "abc", "--family", "single"], "給与収入は数字で"),
        (["--income", "5000000", "--family", "x"], "家族構成は single"),
        (["--income", "5000000"], "--family"),
        (["--family", "single"], "--income"),
        (["--income", "2999999", "--family", "single"], "3,000,000円より少ない"),
        (["--income", "5000000", "--family", "single", "--year", "2019"], "2019年"),
        (["--income", "5000000", "--family", "single", "--year", "来年"], "年は数字で"),
        (["--levy", "5"], "--taxable"),
        ([], "どれか1組"),
        (["--income", "1", "--levy", "5"], "どれか1組"),
        (["--csv", "/nowhere/table.csv"], "読めません"),
    ],
)
def test_what_cannot_be_read_is_told(arguments, told):
    with pytest.raises(CommandError, match=r".") as caught:
        call_command("deduction_limit", *arguments)

    assert told in str(caught.value)

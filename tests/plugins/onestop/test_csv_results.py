"""Results of online applications as CSV: what is read, and what is refused and how that is told."""

from datetime import UTC, datetime

import pytest

from plugins.onestop.csv_results.results import COLUMNS, CsvResults
from saleor_ext.contracts.onestop import Fault, IdentityMethod, OnlineResult, Outcome, RowFault

HEADING = ",".join(COLUMNS)
GOOD = "A-1,2026,2026-000001-7,寄附ごと,受付,2026-12-01 10:15,署名用電子証明書"
# Its last digit belongs to the eleven before it; nobody's number.
LIKE_A_NUMBER = "123456789018"


def read(*rows, encoding="utf-8"):
    return CsvResults().results_read("\r\n".join([*rows, ""]).encode(encoding))


def faults(*rows):
    made = read(*rows)
    assert made.results == ()
    return [(one.row, one.column, one.fault) for one in made.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_row_is_read_in_either_code(encoding):
    made = read(HEADING, GOOD, encoding=encoding)

    assert made.faults == ()
    assert made.results == (
        OnlineResult(
            row=2,
            reference="A-1",
            year=2026,
            numbers=("2026-000001-7",),
            is_whole_year=False,
            outcome=Outcome.ACCEPTED,
            applied_at=datetime(2026, 12, 1, 1, 15, tzinfo=UTC),
            identity=IdentityMethod.SIGNATURE,
        ),
    )


def test_a_whole_year_several_numbers_and_wide_letters_are_read():
    made = read(
        "氏名," + HEADING,
        '見本　花子,Ａ－２,２０２６年,"2026-000001、2026-000002"'
        ",1年分,却下,2026/12/1 9:05:07,券面読取",
    )

    [one] = made.results
    assert (one.reference, one.numbers) == ("A-2", ("2026-000001", "2026-000002"))
    assert (one.is_whole_year, one.outcome) == (True, Outcome.REFUSED)
    assert one.applied_at == datetime(2026, 12, 1, 0, 5, 7, tzinfo=UTC)
    assert one.identity is IdentityMethod.CARD_READ


def test_every_fault_of_every_row_is_told_and_no_result_is_given():
    assert faults(
        HEADING,
        GOOD,
        "A-2,令和8,x_y,全部,受付,きのう,署名",
        "A-3,2026",
        ",,,,,,電話",
        GOOD,
    ) == [
        (3, "寄附年", Fault.YEAR_WRONG),
        (3, "対象", Fault.VALUE_UNKNOWN),
        (3, "申請日時", Fault.MOMENT_WRONG),
        (3, "本人確認", Fault.VALUE_UNKNOWN),
        (3, "整理番号", Fault.NUMBER_WRONG),
        (4, "", Fault.CELL_COUNT),
        (5, "受付番号", Fault.VALUE_MISSING),
        (5, "寄附年", Fault.VALUE_MISSING),
        (5, "対象", Fault.VALUE_MISSING),
        (5, "結果", Fault.VALUE_MISSING),
        (5, "申請日時", Fault.VALUE_MISSING),
        (5, "本人確認", Fault.VALUE_UNKNOWN),
        (5, "整理番号", Fault.VALUE_MISSING),
        (6, "受付番号", Fault.REFERENCE_TWICE),
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([""], (0, "", Fault.EMPTY)),
        ([HEADING], (0, "", Fault.EMPTY)),
        ([HEADING.replace("結果", "状態"), GOOD], (1, "結果", Fault.COLUMN_MISSING)),
        ([HEADING + ",結果", GOOD + ",受付"], (1, "結果", Fault.COLUMN_TWICE)),
        ([HEADING, 'A-1,"2026'], (0, "", Fault.UNREADABLE)),
        ([HEADING, *[GOOD] * 10_001], (0, "", Fault.TOO_LONG)),
        (["x" * 5_000_001], (0, "", Fault.TOO_LONG)),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_as_such(rows, told):
    assert faults(*rows) == [told]


def test_what_is_no_text_is_unreadable():
    for content in (b"\x00\x01\x02\x03", b"PK\x03\x04\xff\xff", "受付番号,結果".encode("utf-16")):
        made = CsvResults().results_read(content)
        assert [one.fault for one in made.faults] == [Fault.UNREADABLE]


@pytest.mark.parametrize(
    "name", ["個人番号", "マイナンバー", "My Number", "mynumber", "個人　番号"]
)
def test_a_column_that_announces_numbers_is_refused(name):
    assert faults(f"{HEADING},{name}", f"{GOOD},") == [(0, "8列目", Fault.INDIVIDUAL_NUMBER)]


@pytest.mark.parametrize(
    "cell", [LIKE_A_NUMBER, "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８"]
)
def test_a_column_with_a_number_in_it_is_refused_and_the_number_is_told_to_nobody(cell):
    made = read(f"{HEADING},備考", GOOD, f"{GOOD},{cell}".replace("A-1", "A-2"))

    assert made.faults == (RowFault(row=0, column="8列目", fault=Fault.INDIVIDUAL_NUMBER),)
    assert cell not in repr(made)


def test_a_number_in_place_of_a_heading_or_reference_is_refused_too():
    assert faults(LIKE_A_NUMBER, "x") == [(0, "1列目", Fault.INDIVIDUAL_NUMBER)]
    assert faults(HEADING, GOOD.replace("A-1", LIKE_A_NUMBER)) == [
        (0, "1列目", Fault.INDIVIDUAL_NUMBER)
    ]


def test_other_twelve_digits_and_the_card_itself_are_no_number():
    made = read(f"{HEADING},マイナンバーカードの読取,控え", f"{GOOD},済,123456789012")

    assert made.faults == ()

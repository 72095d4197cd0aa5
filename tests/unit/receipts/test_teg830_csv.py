"""The CSV for TEG830: byte for byte, every column, the next certificate after 1,010 donations."""

from dataclasses import replace
from datetime import date

import pytest

from saleor_ext.receipts.etax import csv_files, teg830, teg830_csv

CERTIFICATE = teg830.Certificate(
    id="x",
    year=2026,
    donor_name="山田　花子",
    donor_id="12",
    donor_address="東京都千代田区架空町１－２－３",
    lines=[
        teg830.Line(number="2026-000001", amount_yen=3000, donated_on=date(2026, 1, 4)),
        teg830.Line(
            number="2026-000002", amount_yen=5000, donated_on=date(2026, 12, 31), is_cancelled=True
        ),
    ],
    operator=teg830.Operator(
        name="汐見町ふるさと公社",
        corporate_number="7000012050002",
        town_name="汐見町",
        town_corporate_number="",
    ),
    made_on=date(2027, 1, 5),
)
# Written by hand from the columns of the specification (law.md 2.3).
GOLDEN = (
    "TEG830,000A,山田　花子,東京都千代田区架空町１－２－３,12,汐見町ふるさと公社,7000012050002,"
    "5,9,1,5,5,8,2,,3000,2026-000001,2026,1,4,汐見町,,3000,,0\r\n"
    "TEG830,000A,山田　花子,東京都千代田区架空町１－２－３,12,汐見町ふるさと公社,7000012050002,"
    "5,9,1,5,5,8,2,,3000,2026-000002,2026,12,31,汐見町,,5000,,1\r\n"
).encode("cp932")


def texts(certificate, *, first_group=0):
    return [text for _, text in teg830_csv.rows_text(certificate, first_group=first_group)]


def test_a_year_is_what_the_specification_asks_for_byte_for_byte():
    [content] = csv_files.files_make(texts(CERTIFICATE, first_group=10))

    assert content == GOLDEN


def test_what_is_more_than_a_certificate_holds_goes_into_the_next_group():
    line = CERTIFICATE.lines[0]
    lines = [replace(line, number=f"2026-{number:06d}") for number in range(1, 1012)]

    made = list(teg830_csv.rows_text(replace(CERTIFICATE, lines=lines), first_group=3))

    assert [group for group, _ in made] == [3] * 1010 + [4]
    assert made[0][1].split(",")[15] == "3030000"
    assert made[-1][1].split(",")[15] == "3000"
    assert {len(text.split(",")) for _, text in made} == {teg830_csv.COLUMNS}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"donor_name": "𠮷田"}, "donor_name"),
        ({"donor_address": "あ" * 101}, "donor_address"),
        ({"operator": replace(CERTIFICATE.operator, name="社" * 21)}, "operator_name"),
        ({"operator": replace(CERTIFICATE.operator, town_name="")}, "town_name"),
        (
            {"lines": [replace(CERTIFICATE.lines[0], amount_yen=10_000_000_000_000)]},
            "amount",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_by_its_field(changes, field):
    with pytest.raises(csv_files.RowUnwritable) as refused:
        texts(replace(CERTIFICATE, **changes))

    assert refused.value.field == field


def test_an_address_that_is_not_known_stays_empty():
    assert texts(replace(CERTIFICATE, donor_address=""))[0].split(",")[3] == ""

"""The CSV for the tax office's program: byte for byte, in its letters, ten thousand a file."""

from datetime import date

import pytest

from saleor_ext.receipts.etax import csv_files, teg822

TOWN = teg822.Town(
    name="高知県幡見郡汐見町",
    address="高知県幡見郡汐見町本町１－１",
    proviso="ふるさと納税の寄附金として",
)
KOCHI = bytes.fromhex("8d82926d8ca794a68ca98c538eac8ca992ac")
ADDRESS = KOCHI + bytes.fromhex("967b92ac8250817c8250")
PROVISO = bytes.fromhex("82d382e982b382c694 5b90c582cc8af195 8d8be082c682b582c4".replace(" ", ""))
# Two records written by hand from the columns of the specification, letters from JIS X 0208's
# table in code page 932: 山 8E52 田 9363 　 8140 花 89D4 子 8E71, 髙 FBFC 﨑 FAB1.
GOLDEN = (
    b"TEG822,0000,2026000007," + bytes.fromhex("8e5293638140 89d48e71".replace(" ", ""))
    + b",2,,3000," + KOCHI + b"," + ADDRESS + b",2026,1,4," + PROVISO + b",2026-000007\r\n"
    + b"TEG822,0001,2026000008," + bytes.fromhex("fbfcfab1")
    + b",2,,12000," + KOCHI + b"," + ADDRESS + b",2026,12,31," + PROVISO + b",2026-000008\r\n"
)  # fmt: skip


def row(name="山田　花子", *, number=7, amount_yen=3000, on=date(2026, 1, 4), group=0, town=TOWN):
    line = teg822.Line(
        number=f"2026{number:06d}",
        other_number=f"2026-{number:06d}",
        amount_yen=amount_yen,
        donated_on=on,
    )
    return csv_files.row_text(csv_files.Row(group=group, donor_name=name, line=line), town=town)


def test_two_records_are_what_the_specification_asks_for_byte_for_byte():
    rows = [row(), row("髙﨑", number=8, amount_yen=12000, on=date(2026, 12, 31), group=1)]

    [content] = csv_files.files_make(rows)

    assert content == GOLDEN


def test_every_record_has_fourteen_columns_whatever_stands_in_a_name():
    assert len(row('山田, "花子"\r\n').split(",")) == csv_files.COLUMNS
    assert '"' not in row('山田 "花子"')


def test_letters_with_two_codes_are_written_with_the_one_the_file_has():
    assert row("山〜田−花‖子").encode("cp932").count(b"\x81\x60\x93\x63\x81\x7c") == 1


@pytest.mark.parametrize("name", ["", "𠮷田", "ﾔﾏﾀﾞ", "鷗", "あ" * 101])
def test_a_name_that_cannot_be_written_is_refused_by_its_field(name):
    with pytest.raises(csv_files.RowUnwritable) as refused:
        row(name)

    assert refused.value.field == "donor_name"


def test_ten_thousand_records_fill_a_file():
    files = list(csv_files.files_make(row() for _ in range(10_001)))

    assert [content.count(b"\r\n") for content in files] == [10_000, 1]


def test_groups_are_written_with_four_letters_and_digits():
    assert [csv_files.group_code(number) for number in (0, 35, 36, 36**4 - 1)] == [
        "0000",
        "000Z",
        "0010",
        "ZZZZ",
    ]

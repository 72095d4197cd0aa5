"""TEG830: the year's certificate of a designated operator, both sides and the next file."""

from datetime import date

import pytest
from lxml import etree

from saleor_ext.receipts.etax import elements, signature, teg830

OPERATOR = teg830.Operator(
    name="汐見町ふるさと公社",
    corporate_number="1234567890123",
    town_name="汐見町",
    town_corporate_number="",
)
# Written by hand from the form's specification (law.md 2.3; TEG830 1.0 of 2021-04-26).
GOLDEN = (
    '<TEG830 xmlns="http://xml.e-tax.nta.go.jp/XSD/kyotsu"'
    ' xmlns:gen="http://xml.e-tax.nta.go.jp/XSD/general" VR="1.0" id="TEG830-2026-1-1"'
    ' page="1" sakuseiDay="2027-01-05" sakuseiNM="汐見町ふるさと公社" softNM="furusato-salon">'
    '<TEG830-1 page="1">'
    "<WMA00000><gen:era>5</gen:era><gen:yy>8</gen:yy></WMA00000>"
    "<WMB00000><kubun_CD>2</kubun_CD>"
    "<kubun_NM>都道府県、市区町村に対する寄附金</kubun_NM></WMB00000>"
    "<WMC00000>山田　花子</WMC00000>"
    "<WMD00000>12</WMD00000>"
    "<WME00000>東京都千代田区架空町１－２－３</WME00000>"
    "<WMF00000>3000</WMF00000>"
    "<WMG00000>所得税法第78条２項及び法人税法第37条第３項</WMG00000>"
    "<WMI00000><gen:era>5</gen:era><gen:yy>9</gen:yy><gen:mm>1</gen:mm><gen:dd>5</gen:dd>"
    "</WMI00000>"
    "<WMJ00000>汐見町ふるさと公社</WMJ00000>"
    "<WMK00000><gen:hojinbango>1234567890123</gen:hojinbango></WMK00000>"
    "<WML00000>"
    "<WML00010><WML00020>2026-000001</WML00020>"
    "<WML00030><gen:yyyy>2026</gen:yyyy><gen:mm>1</gen:mm><gen:dd>4</gen:dd></WML00030>"
    "<WML00040><WML00050>汐見町</WML00050></WML00040>"
    "<WML00070>3000</WML00070></WML00010>"
    "<WML00010><WML00020>2026-000002</WML00020>"
    "<WML00030><gen:yyyy>2026</gen:yyyy><gen:mm>1</gen:mm><gen:dd>4</gen:dd></WML00030>"
    "<WML00040><WML00050>汐見町</WML00050></WML00040>"
    "<WML00070>3000</WML00070><WML00090><kubun_CD>1</kubun_CD></WML00090></WML00010>"
    "</WML00000>"
    "</TEG830-1>"
    "</TEG830>"
)


def made(count, *, cancelled=()):
    certificate = teg830.Certificate(
        id="TEG830-2026-1",
        year=2026,
        donor_name="山田　花子",
        donor_id="12",
        donor_address="東京都千代田区架空町１－２－３",
        lines=[
            teg830.Line(
                number=f"2026-{number:06d}",
                amount_yen=3000,
                donated_on=date(2026, 1, 4),
                is_cancelled=number in cancelled,
            )
            for number in range(1, count + 1)
        ],
        operator=OPERATOR,
        made_on=date(2027, 1, 5),
    )
    return list(teg830.teg830_make(certificate))


def test_it_says_what_the_specification_asks_for_and_does_not_count_what_was_cancelled():
    [root] = made(2, cancelled={2})

    assert etree.tostring(root, encoding="unicode") == GOLDEN


def test_ten_donations_fit_on_the_first_side():
    [root] = made(10)

    assert len(root.findall(".//{*}WML00010")) == 10
    assert root.find("{*}TEG830-2") is None


def test_the_eleventh_of_a_year_of_months_goes_to_the_second_side():
    [root] = made(12)

    assert len(root.findall(".//{*}WML00010")) == 10
    assert len(root.findall(".//{*}WMN00010")) == 2
    assert root.findtext(".//{*}WMM00000") == "山田　花子"
    assert root.findtext(".//{*}WMF00000") == "36000"


def test_the_second_side_takes_fifty_blocks_of_twenty_and_the_rest_a_next_file():
    first, second = made(1011)

    assert len(first.findall(".//{*}WMN00000")) == 50
    assert len(first.findall(".//{*}WMN00010")) == 1000
    assert len(second.findall(".//{*}WML00010")) == 1
    assert second.findtext(".//{*}WMF00000") == "3000"
    assert len(made(1010)) == 1


@pytest.mark.parametrize("count", [1, 11, 12, 1011])
def test_it_is_valid_for_the_tax_office(schemas, signer, count):
    for root in made(count, cancelled={1}):
        content = elements.document(signature.sign(root, signer=signer), form="TEG830")

        schemas["TEG830"].assertValid(etree.fromstring(content))


def test_years_before_reiwa_have_no_certificate():
    with pytest.raises(ValueError, match="Reiwa"):
        elements.reiwa_year(2018)

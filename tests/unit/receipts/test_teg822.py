"""TEG822: what it says, byte for byte, valid for the tax office, and signed by the town."""

from datetime import date

import pytest
from lxml import etree
from signxml.exceptions import InvalidDigest

from saleor_ext.receipts.etax import elements, signature, teg822

TOWN = teg822.Town(
    name="高知県幡見郡汐見町",
    address="高知県幡見郡汐見町本町１－１",
    proviso="ふるさと納税の寄附金として",
)
# Written by hand from the form's specification (law.md 2.3; TEG822 1.0 of 2021-04-16).
GOLDEN = (
    '<TEG822 xmlns="http://xml.e-tax.nta.go.jp/XSD/kyotsu"'
    ' xmlns:gen="http://xml.e-tax.nta.go.jp/XSD/general" VR="1.0" id="TEG822-2026-2026000007-1"'
    ' page="1" sakuseiDay="2027-01-05" sakuseiNM="高知県幡見郡汐見町" softNM="furusato-salon">'
    "<WLA00000>山田　花子</WLA00000>"
    "<WLB00000>"
    "<WLB00010>2026000007</WLB00010>"
    "<WLB00020><kubun_CD>2</kubun_CD>"
    "<kubun_NM>都道府県、市区町村に対する寄附金</kubun_NM></WLB00020>"
    "<WLB00030>所得税法第78条２項及び法人税法第37条第３項</WLB00030>"
    "<WLB00050>3000</WLB00050>"
    "<WLB00060><gen:yyyy>2026</gen:yyyy><gen:mm>1</gen:mm><gen:dd>4</gen:dd></WLB00060>"
    "<WLB00070>高知県幡見郡汐見町</WLB00070>"
    "<WLB00080>高知県幡見郡汐見町本町１－１</WLB00080>"
    "<WLB00090>2026-000007</WLB00090>"
    "<WLB00100>ふるさと納税の寄附金として</WLB00100>"
    "</WLB00000>"
    "</TEG822>"
)
HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<?xml-stylesheet type="text/xsl"'
    ' href="https://xml.e-tax.nta.go.jp/xsl/1.0/CMTEG822-001.xsl"?>\n'
)


def lines(count):
    return [
        teg822.Line(
            number=f"2026{number:06d}",
            other_number=f"2026-{number:06d}",
            amount_yen=3000,
            donated_on=date(2026, 1, 4),
        )
        for number in range(7, 7 + count)
    ]


def made(count=1):
    certificate = teg822.Certificate(
        id="TEG822-2026-2026000007",
        donor_name="山田　花子",
        lines=lines(count),
        town=TOWN,
        made_on=date(2027, 1, 5),
    )
    return list(teg822.teg822_make(certificate))


def signed_file(root, signer):
    return elements.document(signature.sign(root, signer=signer), form="TEG822")


def test_it_says_what_the_specification_asks_for_byte_for_byte(signer):
    [root] = made()

    assert etree.tostring(root, encoding="unicode") == GOLDEN
    content = signed_file(root, signer)
    assert content.startswith((HEADER + GOLDEN.removesuffix("</TEG822>")).encode())
    assert content.endswith(b"</dsig:Signature></TEG822>\n")


def test_a_hundred_donations_fill_a_file_and_the_next_one_begins_another():
    first, second = made(101)

    assert (len(first.findall("{*}WLB00000")), len(second.findall("{*}WLB00000"))) == (100, 1)
    assert first.get("id") != second.get("id")
    assert second.findtext("{*}WLA00000") == "山田　花子"
    assert len(made(100)) == 1


@pytest.mark.parametrize("count", [1, 12, 101])
def test_it_is_valid_for_the_tax_office(schemas, signer, count):
    for root in made(count):
        read = etree.fromstring(signed_file(root, signer))

        schemas["TEG822"].assertValid(read)


def test_without_its_signature_it_is_not(schemas):
    [root] = made()

    assert not schemas["TEG822"].validate(root)


def test_the_signature_is_the_last_child_and_covers_the_whole_root(signer):
    [root] = made(3)

    read = etree.fromstring(signed_file(root, signer))

    assert read[-1].tag == f"{{{signature.DSIG}}}Signature"
    assert len(read.findall(f"{{{signature.DSIG}}}Signature")) == 1
    reference = read.find(f".//{{{signature.DSIG}}}Reference")
    assert reference.get("URI") == f"#{read.get('id')}"
    covered = signature.verified(read, certificate=signer.certificate)
    assert covered.tag == read.tag
    assert len(covered.findall("{*}WLB00000")) == 3


def test_a_changed_amount_breaks_the_signature(signer):
    [root] = made()
    content = signed_file(root, signer).replace(b">3000<", b">9000<")

    with pytest.raises(InvalidDigest):
        signature.verified(etree.fromstring(content), certificate=signer.certificate)

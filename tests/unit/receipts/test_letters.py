"""Letters e-Tax knows, and how names are written with them. The spelling given is never changed."""

import sys

import pytest
from lxml import etree

from saleor_ext.receipts.etax import letters
from tests.tools import etax_schema


def test_common_names_are_allowed():
    assert letters.is_allowed("山田　花子")
    assert letters.is_allowed("髙﨑 德栁濵邉邊")
    assert letters.is_allowed("Mary O'Neil ヴァイオレット")


@pytest.mark.parametrize("letter", ["𠮷", "ﾔ", "ﾟ", "葛\U000e0100", "㐂", "\u0000", "\u0085", "가"])
def test_what_e_tax_does_not_know_is_not_allowed(letter):
    assert not letters.is_allowed(f"山{letter}")


def test_a_known_variant_is_written_as_offices_write_it():
    written = letters.etax_written("𠮷田　㐂一")

    assert written.text == "吉田　喜一"
    assert written.is_whole


def test_a_variation_selector_falls_away():
    assert letters.etax_written("葛\U000e0100城").text == "葛城"


def test_half_width_katakana_become_full_width():
    assert letters.etax_written("ﾔﾏﾀﾞ").text == "ヤマダ"


def test_a_letter_nobody_knows_is_named_and_kept():
    written = letters.etax_written("𨺓田　花子")

    assert written.text == "𨺓田　花子"
    assert written.unknown == ("𨺓",)
    assert not written.is_whole


def test_paper_keeps_every_letter_the_fonts_can_draw():
    assert letters.paper_written("𠮷田　㐂一 葛\U000e0100城").text == "𠮷田　㐂一 葛\U000e0100城"


def test_every_substitute_is_known_to_e_tax_and_its_letter_is_not():
    assert [one for one in letters.SUBSTITUTES.values() if not letters.is_allowed(one)] == []
    assert [one for one in letters.SUBSTITUTES if letters.is_allowed(one)] == []


def test_addresses_are_written_full_width():
    assert letters.address_written("本町1-12") == "本町１－１２"


def test_our_rule_is_the_schemas_rule_letter_by_letter(schemas, tmp_path):
    """Every letter of the first plane, and some beyond, as General.xsd's `str` takes it."""
    source = etax_schema.folder()
    assert source is not None
    work = tmp_path / "schemas"
    work.mkdir()
    etax_schema.schemas(source, work)
    probe = work / "general" / "probe.xsd"
    probe.write_text(
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:gen="{etax_schema.GENERAL}" targetNamespace="urn:probe">'
        f'<xsd:import namespace="{etax_schema.GENERAL}" schemaLocation="General.xsd"/>'
        '<xsd:element name="one" type="gen:str"/></xsd:schema>',
        encoding="utf-8",
    )
    schema = etree.XMLSchema(etree.parse(probe))
    element = etree.Element("{urn:probe}one")
    differing = []
    for code in [*range(0x20, 0x10000), *range(0x20000, 0x20100), 0xE0100]:
        letter = chr(code)
        if 0xD800 <= code < 0xE000 or code in {0xFFFE, 0xFFFF}:
            continue
        element.text = letter
        if schema.validate(element) != letters.is_allowed(letter):
            differing.append(hex(code))

    assert differing == []
    assert sys.maxunicode > 0x10000

"""Parts that all of the tax office's XML certificates share: root, dates, amounts, style sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from lxml import etree

KYOTSU = "http://xml.e-tax.nta.go.jp/XSD/kyotsu"
GENERAL = "http://xml.e-tax.nta.go.jp/XSD/general"
STYLESHEET = "https://xml.e-tax.nta.go.jp/xsl/1.0/CM{form}-001.xsl"
SOFTWARE = "furusato-salon"

KIND_MUNICIPALITY = "2"
# As the tax office's own template of the form writes them. Law: receipt_kind
KIND_NAME = "都道府県、市区町村に対する寄附金"
CLAUSES = "所得税法第78条２項及び法人税法第37条第３項"

ERA_REIWA = 5
_REIWA_ZERO = 2018

Element: TypeAlias = Any
"""An element of lxml, which comes without types."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands in the root element. `id` is what the signature refers to."""

    form: str
    id: str
    made_by: str
    made_on: date
    page: int = 1


def root(head: Head) -> Element:
    """This will begin a certificate."""
    names: Mapping[str | None, str] = {None: KYOTSU, "gen": GENERAL}
    made = etree.Element(etree.QName(KYOTSU, head.form), nsmap=dict(names))
    made.set("VR", "1.0")
    made.set("id", head.id)
    made.set("page", str(head.page))
    made.set("sakuseiDay", head.made_on.isoformat())
    made.set("sakuseiNM", head.made_by)
    made.set("softNM", SOFTWARE)
    return made


def add(parent: Element, name: str, text: str | None = None) -> Element:
    """This will add an element of the form itself."""
    made = etree.SubElement(parent, etree.QName(KYOTSU, name))
    made.text = text
    return made


def general(parent: Element, **values: object) -> None:
    """This will add elements of the general vocabulary, in the order given."""
    for name, value in values.items():
        etree.SubElement(parent, etree.QName(GENERAL, name)).text = str(value)


def day(parent: Element, name: str, on: date) -> None:
    """This will add a day by the western calendar, no leading zeros."""
    general(add(parent, name), yyyy=on.year, mm=on.month, dd=on.day)


def era_day(parent: Element, name: str, on: date) -> None:
    """This will add a day by the Japanese calendar. Only 令和 is needed.

    Raises:
        ValueError: the day is before 令和.
    """
    general(add(parent, name), era=ERA_REIWA, yy=reiwa_year(on.year), mm=on.month, dd=on.day)


def reiwa_year(year: int) -> int:
    """This will return the year of 令和: 2026 is 8.

    Raises:
        ValueError: the year is before 令和.
    """
    if year <= _REIWA_ZERO:
        raise ValueError("before Reiwa")
    return year - _REIWA_ZERO


def kind(parent: Element, name: str, code: str = KIND_MUNICIPALITY, label: str = KIND_NAME) -> None:
    """This will add a code with its name; without a label only the code."""
    made = add(parent, name)
    add(made, "kubun_CD", code)
    if label:
        add(made, "kubun_NM", label)


def document(signed: Element, *, form: str) -> bytes:
    """This will write a finished certificate as a file, with the tax office's style sheet."""
    sheet = etree.ProcessingInstruction(
        "xml-stylesheet", f'type="text/xsl" href="{STYLESHEET.format(form=form)}"'
    )
    body = etree.tostring(signed, encoding="unicode")
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(sheet, encoding="unicode")}\n'
    return f"{text}{body}\n".encode()

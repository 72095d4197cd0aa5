"""TEG822, 寄附金受領証明書(令和3年分以降複数寄附対応用): what a municipality itself may issue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from saleor_ext.receipts.etax import elements

FORM = "TEG822"
LINES_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One donation. `number` is of letters and digits only, `other_number` as it is printed."""

    number: str
    other_number: str
    amount_yen: int
    donated_on: date


@dataclass(frozen=True, kw_only=True)
class Town:
    """Who received the donations."""

    name: str
    address: str
    proviso: str


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What one donor's files say. Texts hold only letters e-Tax knows."""

    id: str
    donor_name: str
    lines: Sequence[Line]
    town: Town
    made_on: date


def teg822_make(certificate: Certificate) -> Iterator[elements.Element]:
    """This will write a donor's certificates without signatures, 100 donations in each.

    Law: receipt_xml
    """
    for number, first in enumerate(range(0, len(certificate.lines), LINES_MOST), start=1):
        yield _one(certificate, number, certificate.lines[first : first + LINES_MOST])


def _one(certificate: Certificate, number: int, lines: Sequence[Line]) -> elements.Element:
    head = elements.Head(
        form=FORM,
        id=f"{certificate.id}-{number}",
        made_by=certificate.town.name,
        made_on=certificate.made_on,
    )
    root = elements.root(head)
    elements.add(root, "WLA00000", certificate.donor_name)
    for line in lines:
        _line_add(root, line, certificate.town)
    return root


def _line_add(root: elements.Element, line: Line, town: Town) -> None:
    made = elements.add(root, "WLB00000")
    elements.add(made, "WLB00010", line.number)
    elements.kind(made, "WLB00020")
    elements.add(made, "WLB00030", elements.CLAUSES)
    elements.add(made, "WLB00050", str(line.amount_yen))
    elements.day(made, "WLB00060", line.donated_on)
    elements.add(made, "WLB00070", town.name)
    elements.add(made, "WLB00080", town.address)
    if line.other_number and line.other_number != line.number:
        elements.add(made, "WLB00090", line.other_number)
    elements.add(made, "WLB00100", town.proviso)

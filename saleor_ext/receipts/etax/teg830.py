"""TEG830, 寄附金控除に関する証明書: one for the year, which only a designated operator may issue.

The first side (一面) holds ten donations, the second (二面) fifty blocks of twenty. What does not
fit goes into a next file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from saleor_ext.receipts.etax import elements

FORM = "TEG830"
FIRST_SIDE_MOST = 10
BLOCK_MOST = 20
BLOCKS_MOST = 50
LINES_MOST = FIRST_SIDE_MOST + BLOCK_MOST * BLOCKS_MOST
CANCELLED = "1"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One donation. A cancelled one is listed and not counted."""

    number: str
    amount_yen: int
    donated_on: date
    is_cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who issues (証明書発行者), and the town the donations went to, each with 法人番号 or ""."""

    name: str
    corporate_number: str
    town_name: str
    town_corporate_number: str


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What one donor's certificate of a year says. An address that cannot be written is ""."""

    id: str
    year: int
    donor_name: str
    donor_id: str
    donor_address: str
    lines: Sequence[Line]
    operator: Operator
    made_on: date


def teg830_make(certificate: Certificate) -> Iterator[elements.Element]:
    """This will write a donor's certificates of a year without signatures.

    Law: receipt_designated_operator
    """
    for number, first in enumerate(range(0, len(certificate.lines), LINES_MOST), start=1):
        yield _one(certificate, number, certificate.lines[first : first + LINES_MOST])


def _one(certificate: Certificate, number: int, lines: Sequence[Line]) -> elements.Element:
    head = elements.Head(
        form=FORM,
        id=f"{certificate.id}-{number}",
        made_by=certificate.operator.name,
        made_on=certificate.made_on,
    )
    root = elements.root(head)
    _first_side_add(root, certificate, lines)
    if len(lines) > FIRST_SIDE_MOST:
        _second_side_add(root, certificate, lines[FIRST_SIDE_MOST:])
    return root


def _first_side_add(
    root: elements.Element, certificate: Certificate, lines: Sequence[Line]
) -> None:
    side = elements.add(root, f"{FORM}-1")
    side.set("page", "1")
    elements.general(
        elements.add(side, "WMA00000"),
        era=elements.ERA_REIWA,
        yy=elements.reiwa_year(certificate.year),
    )
    elements.kind(side, "WMB00000")
    elements.add(side, "WMC00000", certificate.donor_name)
    _optional_add(side, "WMD00000", certificate.donor_id)
    _optional_add(side, "WME00000", certificate.donor_address)
    total = sum(line.amount_yen for line in lines if not line.is_cancelled)
    elements.add(side, "WMF00000", str(total))
    elements.add(side, "WMG00000", elements.CLAUSES)
    elements.era_day(side, "WMI00000", certificate.made_on)
    elements.add(side, "WMJ00000", certificate.operator.name)
    _corporate_add(side, "WMK00000", certificate.operator.corporate_number)
    listed = elements.add(side, "WML00000")
    for line in lines[:FIRST_SIDE_MOST]:
        _line_add(elements.add(listed, "WML00010"), "WML", line, certificate.operator)


def _second_side_add(
    root: elements.Element, certificate: Certificate, lines: Sequence[Line]
) -> None:
    side = elements.add(root, f"{FORM}-2")
    side.set("page", "2")
    elements.add(side, "WMM00000", certificate.donor_name)
    for first in range(0, len(lines), BLOCK_MOST):
        block = elements.add(side, "WMN00000")
        for line in lines[first : first + BLOCK_MOST]:
            _line_add(elements.add(block, "WMN00010"), "WMN", line, certificate.operator)


def _line_add(made: elements.Element, prefix: str, line: Line, operator: Operator) -> None:
    _optional_add(made, f"{prefix}00020", line.number)
    elements.day(made, f"{prefix}00030", line.donated_on)
    receiver = elements.add(made, f"{prefix}00040")
    elements.add(receiver, f"{prefix}00050", operator.town_name)
    _corporate_add(receiver, f"{prefix}00060", operator.town_corporate_number)
    elements.add(made, f"{prefix}00070", str(line.amount_yen))
    if line.is_cancelled:
        elements.kind(made, f"{prefix}00090", code=CANCELLED, label="")


def _optional_add(parent: elements.Element, name: str, text: str) -> None:
    if text:
        elements.add(parent, name, text)


def _corporate_add(parent: elements.Element, name: str, number: str) -> None:
    if number:
        elements.general(elements.add(parent, name), hojinbango=number)

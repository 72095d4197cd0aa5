"""What the one-stop papers are told: plain facts, without a database behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class OneStopTown:
    """The town that the form is addressed to. `head_name` holds the office too."""

    code: str
    name: str
    head_name: str
    postal_code: str
    address: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class OneStopPerson:
    """The applicant as the form names him. What we do not know is "" or None: to be written by
    hand, as the individual number always is.
    """

    name: str
    kana: str
    postal_code: str
    address: str
    phone: str
    birth_date: date | None


@dataclass(frozen=True, kw_only=True)
class OneStopLine:
    """One donation and its application. `number` is the 整理番号 on the form; `reception_url` is
    what its QR holds: a page for staff, without personal data.
    """

    application_id: int
    public_id: str
    number: str
    donated_on: date
    amount_yen: int
    reception_url: str


@dataclass(frozen=True, kw_only=True)
class OneStopFormFacts:
    """What the forms 55-5 of one donor and year say. `deadline` is the last day to arrive.

    `is_return_free` and `is_few_towns` are the two statements of the form as the donor made them
    (附則第7条第1項, 第2項), None where he was not asked. With `has_gender` the form has the column.
    """

    town: OneStopTown
    year: int
    deadline: date
    person: OneStopPerson
    lines: tuple[OneStopLine, ...]
    is_return_free: bool | None
    is_few_towns: bool | None
    has_gender: bool

    @property
    def total_yen(self) -> int:
        """All donations of the forms together."""
        return sum(line.amount_yen for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class OneStopChangeItem:
    """One line of the table of form 55-6: what, before, after, as printed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class OneStopChangeFacts:
    """What form 55-6 says: the person as before, the applications it is about, what changed."""

    town: OneStopTown
    year: int
    deadline: date
    person: OneStopPerson
    numbers: tuple[str, ...]
    items: tuple[OneStopChangeItem, ...]
    has_gender: bool


ANSWERS: Mapping[str, str] = {
    "is_return_free": "所得税の確定申告をする必要がなく、するつもりもありません",
    "is_resident_tax_free": "ほかの目的で住民税の申告をする必要もありません",
    "is_few_towns": "ふるさと納税をする自治体は、この町をふくめて1年に5団体までです",
    "is_income_low": "給与の収入は1年に2,000万円までです",
    "is_deduction_free": "医療費控除など、確定申告が必要な控除を受けません",
}
"""The questions about eligibility as the donor reads and confirms them, by key."""

WORDING = "2026-11"
"""Which wording of the questions this is; kept with the answers. Law: onestop_eligibility"""

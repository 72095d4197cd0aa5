"""What the product asks of a service that takes one-stop applications online.

Standard library only. Such a service reads the donor's card itself; what comes back to us is that
somebody applied for which donations, when, and how he was identified. 個人番号 never comes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What the service says of an application (結果)."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class IdentityMethod(StrEnum):
    """How the service made sure who applied and which number is his (本人確認の方法)."""

    SIGNATURE = "signature"
    """The card's certificate for signing (署名用電子証明書)."""
    CARD_READ = "card_read"
    """The card's printed face and number, read by an app (券面事項入力補助)."""


class Fault(StrEnum):
    """Why a file, or a row of it, cannot be read."""

    UNREADABLE = "unreadable"  # not in a code or form that the service writes
    EMPTY = "empty"
    TOO_LONG = "too_long"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    INDIVIDUAL_NUMBER = "individual_number"  # a column holds, or announces, 個人番号
    CELL_COUNT = "cell_count"
    VALUE_MISSING = "value_missing"
    VALUE_UNKNOWN = "value_unknown"
    NUMBER_WRONG = "number_wrong"
    YEAR_WRONG = "year_wrong"
    MOMENT_WRONG = "moment_wrong"
    REFERENCE_TWICE = "reference_twice"


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """One thing wrong. `row` is its line in the file, the heading being 1 (0 for the whole file);
    `column` is a heading of ours, never what stands in a cell.
    """

    row: int
    column: str
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class OnlineResult:
    """One application as the service reports it.

    `reference` is the service's own number for it, the same whenever it is reported again.
    `numbers` are 整理番号 or 受領証番号 of ours, at least one; with `is_whole_year` the application
    is for all donations that their donor made in `year`. `applied_at` is aware.
    """

    row: int
    reference: str
    year: int
    numbers: tuple[str, ...]
    is_whole_year: bool
    outcome: Outcome
    applied_at: datetime
    identity: IdentityMethod


@dataclass(frozen=True, kw_only=True)
class ResultsRead:
    """What was read of a file. With any fault nothing of it is to be used."""

    results: Sequence[OnlineResult]
    faults: Sequence[RowFault]


class OnlineApplications(Protocol):
    """A service for online applications, as far as its results go."""

    code: str
    label: str
    file_help: str
    """For staff: which file of the service is meant, in Japanese."""

    def results_read(self, content: bytes) -> ResultsRead:
        """This will read a file of results. It neither keeps nor logs anything of it.

        A file in which a column holds or announces 個人番号 has the one fault INDIVIDUAL_NUMBER,
        with `column` saying which in a way that shows no number.
        """
        ...

"""One row of the file, cell by cell: what may stand there, and what is said when it does not."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from saleor_ext.contracts.onestop import Fault, IdentityMethod, Outcome, RowFault

Meaning = TypeVar("Meaning")

JST = ZoneInfo("Asia/Tokyo")
REFERENCE, YEAR, NUMBERS = "受付番号", "寄附年", "整理番号"
SCOPE, OUTCOME, APPLIED, IDENTITY = "対象", "結果", "申請日時", "本人確認"

SCOPES: Mapping[str, bool] = {"1年分": True, "寄附ごと": False}
OUTCOMES: Mapping[str, Outcome] = {"受付": Outcome.ACCEPTED, "却下": Outcome.REFUSED}
IDENTITIES: Mapping[str, IdentityMethod] = {
    "署名用電子証明書": IdentityMethod.SIGNATURE,
    "券面読取": IdentityMethod.CARD_READ,
}
REFERENCE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
YEAR_FIRST, YEAR_LAST = 2015, 2999
NUMBER_PATTERN = re.compile(r"[A-Za-z0-9-]{1,50}")
NUMBERS_MOST = 100
_BETWEEN = re.compile(r"[\s、,;/]+")
_MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)


@dataclass(kw_only=True)
class Row:
    """A row being read. Its faults name columns, never what stands in them."""

    line: int
    values: Mapping[str, str]
    faults: list[RowFault] = field(default_factory=list)

    def note(self, column: str, fault: Fault) -> None:
        """This will note that something is wrong in a column."""
        self.faults.append(RowFault(row=self.line, column=column, fault=fault))

    def reference(self) -> str:
        """This will read the service's number for the application."""
        text = self._plain(REFERENCE)
        if text and not REFERENCE_PATTERN.fullmatch(text):
            self.note(REFERENCE, Fault.NUMBER_WRONG)
        return text

    def year(self) -> int | None:
        """This will read the year of the donations."""
        text = self._plain(YEAR).removesuffix("年")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and YEAR_FIRST <= int(text) <= YEAR_LAST):
            self.note(YEAR, Fault.YEAR_WRONG)
            return None
        return int(text)

    def numbers(self) -> tuple[str, ...]:
        """This will read the numbers of donations: one or several, parted by spaces or 、."""
        found = tuple(dict.fromkeys(one for one in _BETWEEN.split(self._plain(NUMBERS)) if one))
        if len(found) > NUMBERS_MOST or not all(NUMBER_PATTERN.fullmatch(one) for one in found):
            self.note(NUMBERS, Fault.NUMBER_WRONG)
        return found

    def is_whole_year(self) -> bool | None:
        """This will read whether the application is for all donations of the year."""
        return self._word(SCOPE, SCOPES)

    def outcome(self) -> Outcome | None:
        """This will read what became of the application."""
        return self._word(OUTCOME, OUTCOMES)

    def identity(self) -> IdentityMethod | None:
        """This will read how the donor was identified."""
        return self._word(IDENTITY, IDENTITIES)

    def applied_at(self) -> datetime | None:
        """This will read when was applied, a time in Japan."""
        text = self._plain(APPLIED)
        if not text:
            return None
        for form in _MOMENTS:
            try:
                return datetime.strptime(text, form).replace(tzinfo=JST)
            except ValueError:
                continue
        self.note(APPLIED, Fault.MOMENT_WRONG)
        return None

    def _word(self, column: str, words: Mapping[str, Meaning]) -> Meaning | None:
        text = self._plain(column)
        if text and text not in words:
            self.note(column, Fault.VALUE_UNKNOWN)
        return words.get(text)

    def _plain(self, column: str) -> str:
        """The cell with widths folded; empty ones are noted, none may be."""
        text = unicodedata.normalize("NFKC", self.values[column]).strip()
        if not text:
            self.note(column, Fault.VALUE_MISSING)
        return text

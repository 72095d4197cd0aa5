"""Results of online applications as a CSV file, as a service's export or a spreadsheet gives it."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plugins.onestop.csv_results import cells
from saleor_ext.contracts.individual_number import is_like_number, is_like_number_name
from saleor_ext.contracts.onestop import Fault, OnlineResult, ResultsRead, RowFault

ENCODINGS = ("utf-8-sig", "cp932")
ROWS_MOST = 10_000
BYTES_MOST = 5_000_000
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
COLUMNS = (
    cells.REFERENCE,
    cells.YEAR,
    cells.NUMBERS,
    cells.SCOPE,
    cells.OUTCOME,
    cells.APPLIED,
    cells.IDENTITY,
)


class CsvResults:
    """CSVファイル. The headings of `COLUMNS`, in any order; others are not read."""

    code = "csv"
    label = "CSVファイル"
    file_help = (
        "1行目に「" + "」「".join(COLUMNS) + "」の見出しがあるCSV(UTF-8かShift_JIS)。"
        "ほかの列は読みません。マイナンバーの列がある、またはマイナンバーに見える数字がある"
        "ファイルは受け付けません。"
    )

    def results_read(self, content: bytes) -> ResultsRead:
        """This will read a file; with any fault none of its results are returned."""
        if len(content) > BYTES_MOST:
            return _failed(RowFault(row=0, column="", fault=Fault.TOO_LONG))
        rows = _rows(content)
        if rows is None:
            return _failed(RowFault(row=0, column="", fault=Fault.UNREADABLE))
        faults = _file_faults(rows)
        if faults:
            return _failed(*faults)
        reading = _Reading(places={name: rows[0][1].index(name) for name in COLUMNS})
        for line, values in rows[1:]:
            reading.add(line, values)
        if reading.faults:
            return _failed(*reading.faults)
        return ResultsRead(results=tuple(reading.results), faults=())


def _failed(*faults: RowFault) -> ResultsRead:
    return ResultsRead(results=(), faults=faults)


def _rows(content: bytes) -> list[tuple[int, list[str]]] | None:
    """Every row that is not empty with its line, cells trimmed; None when it is no such file."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            return None
        try:
            return _rows_of(text)
        except csv.Error:
            return None
    return None


def _rows_of(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = ((reader.line_num, [value.strip() for value in values]) for values in reader)
    return [(line, values) for line, values in rows if any(values)]


def _file_faults(rows: Sequence[tuple[int, list[str]]]) -> list[RowFault]:
    """What is wrong with the file as a whole. 個人番号 comes first: nothing else is said then."""
    if not rows:
        return [RowFault(row=0, column="", fault=Fault.EMPTY)]
    heading = rows[0][1]
    for place in range(max(len(values) for _, values in rows)):
        if _is_number_column(rows, place):
            name = f"{place + 1}列目"
            return [RowFault(row=0, column=name, fault=Fault.INDIVIDUAL_NUMBER)]
    missing = [name for name in COLUMNS if name not in heading]
    twice = [name for name in COLUMNS if heading.count(name) > 1]
    if missing or twice:
        return [
            *(RowFault(row=1, column=name, fault=Fault.COLUMN_MISSING) for name in missing),
            *(RowFault(row=1, column=name, fault=Fault.COLUMN_TWICE) for name in twice),
        ]
    if len(rows) == 1:
        return [RowFault(row=0, column="", fault=Fault.EMPTY)]
    if len(rows) - 1 > ROWS_MOST:
        return [RowFault(row=0, column="", fault=Fault.TOO_LONG)]
    return []


def _is_number_column(rows: Sequence[tuple[int, list[str]]], place: int) -> bool:
    heading = rows[0][1]
    if place < len(heading) and is_like_number_name(heading[place]):
        return True
    return any(place < len(values) and is_like_number(values[place]) for _, values in rows)


@dataclass(kw_only=True)
class _Reading:
    """What was made of the rows so far."""

    places: Mapping[str, int]
    results: list[OnlineResult] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, line: int, values: Sequence[str]) -> None:
        """This will read one row, or note everything that is wrong with it."""
        if len(values) <= max(self.places.values()):
            self.faults.append(RowFault(row=line, column="", fault=Fault.CELL_COUNT))
            return
        row = cells.Row(line=line, values={name: values[at] for name, at in self.places.items()})
        reference = row.reference()
        if reference in self.seen:
            row.note(cells.REFERENCE, Fault.REFERENCE_TWICE)
        self.seen.add(reference)
        result = self._result(row, reference)
        if row.faults:
            self.faults += row.faults
        elif result is not None:
            self.results.append(result)

    def _result(self, row: cells.Row, reference: str) -> OnlineResult | None:
        year, scope, outcome = row.year(), row.is_whole_year(), row.outcome()
        applied, identity, numbers = row.applied_at(), row.identity(), row.numbers()
        if year is None or scope is None or outcome is None or applied is None or identity is None:
            return None
        return OnlineResult(
            row=row.line,
            reference=reference,
            year=year,
            numbers=numbers,
            is_whole_year=scope,
            outcome=outcome,
            applied_at=applied,
            identity=identity,
        )

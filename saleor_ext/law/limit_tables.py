"""The dated figures behind the deduction limit, as fixtures/law/deduction_limit.toml has them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saleor_ext.law import data_files, errors

FILE = "deduction_limit.toml"
YEAR_LAST = 2100
_HEAD = frozenset({"name", "text", "from_year", "to_year", "source", "certainty", "checked"})
_ROW = frozenset({"up_to_yen", "percent", "plus_yen", "difference_yen"})
FIGURES: Mapping[str, frozenset[str]] = {
    "salary_deduction": frozenset({"rows"}),
    "salary_step": frozenset({"below_yen", "step_yen"}),
    "income_adjustment": frozenset({"over_yen", "most_yen", "percent"}),
    "social_insurance": frozenset({"rows"}),
    "basic_deduction": frozenset({"rows"}),
    "basic_difference": frozenset({"difference_yen"}),
    "spouse_deduction": frozenset({"rows"}),
    "dependants": frozenset(
        {
            "high_school_yen",
            "high_school_difference_yen",
            "university_yen",
            "university_difference_yen",
        }
    ),
    "adjustment_credit": frozenset({"low_taxable_yen", "percent", "least_yen", "income_most_yen"}),
    "levy": frozenset({"percent", "step_yen"}),
    "special_deduction": frozenset({"percent", "own_share_yen"}),
    "income_tax_rates": frozenset({"surtax_permille", "rows"}),
}
"""Which numbers each figure has; the cap of the special deduction is the only optional one."""
_OPTIONAL = frozenset({"cap_yen"})


@dataclass(frozen=True, kw_only=True)
class Band:
    """A step of a table: holds up to `up_to_yen` (included), the last one for everything above."""

    up_to_yen: int | None
    percent: int = 0
    plus_yen: int = 0
    difference_yen: int = 0

    def amount_yen(self, of_yen: int) -> int:
        """This will return the percentage of an amount plus the fixed part, floored to the yen."""
        return of_yen * self.percent // 100 + self.plus_yen


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One dated figure with its source. Years are those of the donation, both included."""

    name: str
    text: str
    from_year: int
    to_year: int | None
    source: str
    certainty: data_files.Certainty
    numbers: Mapping[str, int]
    rows: tuple[Band, ...]

    def band(self, yen: int) -> Band:
        """This will return the step an amount falls into; upper bounds are included."""
        return next(row for row in self.rows if row.up_to_yen is None or yen <= row.up_to_yen)

    def holds_in(self, year: int) -> bool:
        """This will say whether the figure is used for donations of a year."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)


@dataclass(frozen=True, kw_only=True)
class LimitTables:
    """All figures, and the range in which they are known."""

    first_year: int
    known_through: int
    salary_least_yen: int
    salary_table_most_yen: int
    figures: tuple[Figure, ...]

    def of_year(self, year: int) -> dict[str, Figure]:
        """This will return the figures for donations of a year, by name.

        Raises:
            LimitYearUnknown: the year lies before the first one whose figures are known.
        """
        if not self.first_year <= year <= YEAR_LAST:
            raise errors.LimitYearUnknown(year=year)
        return {figure.name: figure for figure in self.figures if figure.holds_in(year)}


def limit_tables() -> LimitTables:
    """This will return the figures of the present data file.

    Raises:
        LawDataInvalid: the file is missing or breaks its own rules.
    """
    return tables_read(data_files.data_path(FILE))


@functools.cache
def tables_read(path: Path) -> LimitTables:
    """This will read and check a file of figures."""
    data = data_files.data_read(path)
    heads = ("first_year", "known_through", "salary_least_yen", "salary_table_most_yen")
    data_files.keys_only(data, frozenset({*heads, "figures"}), where=path.name)
    entries: list[dict[str, Any]] = data_files.value_of(data, "figures", list, where=path.name)
    tables = LimitTables(
        **{name: data_files.value_of(data, name, int, where=path.name) for name in heads},
        figures=tuple(_figure(entry) for entry in entries),
    )
    for year in range(tables.first_year, tables.known_through + 2):
        _complete_check(tables, year=year)
    return tables


def _complete_check(tables: LimitTables, *, year: int) -> None:
    names = [figure.name for figure in tables.figures if figure.holds_in(year)]
    if sorted(names) != sorted(FIGURES):
        raise errors.LawDataInvalid(f"{FILE}: {year}年の数字が足りないか、重なっています")


def _figure(entry: Mapping[str, Any]) -> Figure:
    name = data_files.value_of(entry, "name", str, where=FILE)
    if name not in FIGURES:
        raise errors.LawDataInvalid(f"{FILE}: 知らない数字です({name})")
    numbers = FIGURES[name]
    data_files.keys_only(entry, _HEAD | numbers | _OPTIONAL, where=name)
    has_rows = "rows" in numbers
    names = (numbers - {"rows"}) | (_OPTIONAL & set(entry))
    return Figure(
        name=name,
        text=data_files.value_of(entry, "text", str, where=name),
        from_year=data_files.value_of(entry, "from_year", int, where=name),
        to_year=data_files.value_of(entry, "to_year", int, where=name)
        if "to_year" in entry
        else None,
        source=data_files.value_of(entry, "source", str, where=name),
        certainty=data_files.certainty_of(entry, where=name),
        numbers={key: data_files.value_of(entry, key, int, where=name) for key in names},
        rows=_rows(data_files.value_of(entry, "rows", list, where=name), name) if has_rows else (),
    )


def _rows(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[Band, ...]:
    for row in rows:
        data_files.keys_only(row, _ROW, where=name)
    bands = tuple(
        Band(
            up_to_yen=row.get("up_to_yen"),
            **{
                key: data_files.value_of(row, key, int, where=name)
                for key in _ROW - {"up_to_yen"}
                if key in row
            },
        )
        for row in rows
    )
    bounds = [band.up_to_yen for band in bands[:-1] if isinstance(band.up_to_yen, int)]
    is_rising = len(bounds) == len(bands) - 1 and bounds == sorted(set(bounds))
    if not bands or bands[-1].up_to_yen is not None or not is_rising:
        raise errors.LawDataInvalid(f"{name}: 段が下から順に並び、最後の段に上限がないこと")
    return bands

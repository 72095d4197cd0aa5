"""The papers of the ledger (寄附台帳): every row, day by day, and totals by month, tier, use and
prefecture.

Money given back counts in the period in which it was given back, as in the town's cash book; what
was given in an earlier period stays in that period's paper as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from saleor_ext.common import jptime
from saleor_ext.common.places import PREFECTURES
from saleor_ext.donations import models
from saleor_ext.flows.books.period import Period

CHUNK = 500
NOT_KNOWN = "(記録なし)"
LEFT_TO_TOWN = "指定なし(町が決める)"


class PaperKind(StrEnum):
    """Which paper."""

    LEDGER = "ledger"
    DAYS = "days"
    MONTHS = "months"
    TIERS = "tiers"
    USES = "uses"
    PREFECTURES = "prefectures"


TITLES: dict[PaperKind, str] = {
    PaperKind.LEDGER: "寄附台帳",
    PaperKind.DAYS: "日計表",
    PaperKind.MONTHS: "月別の集計",
    PaperKind.TIERS: "プラン別の集計",
    PaperKind.USES: "使い道別の集計",
    PaperKind.PREFECTURES: "都道府県別の集計",
}


@dataclass(frozen=True, kw_only=True)
class PaperColumn:
    """One column; `kind` is text, day, moment, count or yen. `weight` is its share of the width."""

    label: str
    kind: str = "text"
    weight: int = 2
    is_personal: bool = False
    is_file_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper with its rows, read while they are used. `totals` is empty for the ledger itself."""

    kind: PaperKind
    period: Period
    columns: tuple[PaperColumn, ...]
    rows: Iterable[Sequence[object]]
    row_count: int
    totals: tuple[object, ...]

    @property
    def title(self) -> str:
        """What stands on top of it."""
        return TITLES[self.kind]


LEDGER_COLUMNS: tuple[tuple[PaperColumn, Callable[[models.Donation], object]], ...] = (
    (PaperColumn(label="受領証番号"), lambda row: row.receipt_label or "返金"),
    (PaperColumn(label="寄附日", kind="day"), lambda row: row.donated_on),
    (PaperColumn(label="お名前", weight=3, is_personal=True), lambda row: row.donor_name),
    (PaperColumn(label="ご住所", weight=6, is_personal=True), lambda row: row.donor_address),
    (PaperColumn(label="寄附額", kind="yen"), lambda row: row.amount_yen),
    (PaperColumn(label="プラン", weight=3), lambda row: row.tier_name),
    (PaperColumn(label="使い道", weight=4), lambda row: row.use_name or LEFT_TO_TOWN),
    (PaperColumn(label="返礼品", weight=4), lambda row: _box_title(row)),
    (PaperColumn(label="調達費用", kind="yen", is_file_only=True), lambda row: _cost_yen(row)),
    (PaperColumn(label="都道府県", is_file_only=True), lambda row: row.donor_prefecture),
    (PaperColumn(label="決済の番号", is_file_only=True), lambda row: row.attempt.key),
    (
        PaperColumn(label="返金のもとの受領証番号", is_file_only=True),
        lambda row: row.corrects.receipt_label if row.corrects else "",
    ),
    (PaperColumn(label="記録した日時", kind="moment", is_file_only=True), lambda r: r.recorded_at),
)
SUM_COLUMNS = (
    PaperColumn(label="寄附の件数", kind="count"),
    PaperColumn(label="寄附した人", kind="count"),
    PaperColumn(label="寄附の額", kind="yen"),
    PaperColumn(label="返金の件数", kind="count"),
    PaperColumn(label="返金の額", kind="yen"),
    PaperColumn(label="差し引き", kind="yen"),
)
_FIRST_COLUMN: dict[PaperKind, PaperColumn] = {
    PaperKind.DAYS: PaperColumn(label="日", kind="day", weight=4),
    PaperKind.MONTHS: PaperColumn(label="月", weight=4),
    PaperKind.TIERS: PaperColumn(label="プラン", weight=4),
    PaperKind.USES: PaperColumn(label="使い道", weight=4),
    PaperKind.PREFECTURES: PaperColumn(label="都道府県", weight=4),
}


def paper_make(*, kind: PaperKind, period: Period, may_see_people: bool, is_file: bool) -> Paper:
    """This will read one paper. Who may not see people's data gets it without those columns."""
    if kind is PaperKind.LEDGER:
        return _ledger(period, may_see_people=may_see_people, is_file=is_file)
    rows = _grouped(kind, period)
    return Paper(
        kind=kind,
        period=period,
        columns=(_FIRST_COLUMN[kind], *SUM_COLUMNS),
        rows=rows,
        row_count=len(rows),
        totals=("合計", *_sums(_rows(period).aggregate(**_SUMS))),
    )


def _rows(period: Period) -> QuerySet[models.Donation]:
    return models.Donation.objects.filter(donated_on__gte=period.first, donated_on__lte=period.last)


def _ledger(period: Period, *, may_see_people: bool, is_file: bool) -> Paper:
    shown = [
        (column, value)
        for column, value in LEDGER_COLUMNS
        if (may_see_people or not column.is_personal) and (is_file or not column.is_file_only)
    ]
    rows = _rows(period).select_related("attempt__cycle__snapshot__box_plan", "corrects")
    return Paper(
        kind=PaperKind.LEDGER,
        period=period,
        columns=tuple(column for column, _ in shown),
        rows=_ledger_rows(rows, [value for _, value in shown]),
        row_count=rows.count(),
        totals=(),
    )


def _ledger_rows(
    rows: QuerySet[models.Donation], values: list[Callable[[models.Donation], object]]
) -> Iterator[tuple[object, ...]]:
    for row in rows.order_by("donated_on", "pk").iterator(chunk_size=CHUNK):
        yield tuple(value(row) for value in values)


def _box_title(row: models.Donation) -> str:
    box = row.attempt.cycle.snapshot.box_plan
    return box.title if box else "なし"


def _cost_yen(row: models.Donation) -> int | None:
    """Written once, with the donation: a row that gives money back costs nothing anew."""
    return None if row.corrects_id else row.attempt.cycle.snapshot.procurement_cost_yen


_GIVEN = Q(corrects__isnull=True)
_SUMS: dict[str, Any] = {
    "given_count": Count("pk", filter=_GIVEN),
    "donor_count": Count("donor", filter=_GIVEN, distinct=True),
    "given_yen": Sum("amount_yen", filter=_GIVEN, default=0),
    "back_count": Count("pk", filter=~_GIVEN),
    "back_yen": Sum("amount_yen", filter=~_GIVEN, default=0),
    "left_yen": Sum("amount_yen", default=0),
}
_GROUPED_BY: dict[PaperKind, Any] = {
    PaperKind.DAYS: F("donated_on"),
    PaperKind.MONTHS: TruncMonth("donated_on"),
    PaperKind.TIERS: F("tier_name"),
    PaperKind.USES: F("use_name"),
    PaperKind.PREFECTURES: F("donor_prefecture"),
}


def _grouped(kind: PaperKind, period: Period) -> list[tuple[object, ...]]:
    found = _rows(period).order_by().values(group=_GROUPED_BY[kind]).annotate(**_SUMS)
    ordered = sorted(found, key=lambda row: _order(kind, row))
    return [(_group_words(kind, row["group"]), *_sums(row)) for row in ordered]


def _order(kind: PaperKind, row: Mapping[str, Any]) -> Any:
    """Time runs on, prefectures stand from north to south, the rest by what came in."""
    if kind in {PaperKind.DAYS, PaperKind.MONTHS}:
        return row["group"]
    if kind is PaperKind.PREFECTURES:
        name = row["group"]
        return PREFECTURES.index(name) if name in PREFECTURES else len(PREFECTURES)
    return (-row["left_yen"], row["group"])


def _group_words(kind: PaperKind, group: Any) -> object:
    if kind is PaperKind.MONTHS:
        month = jptime.month_start(group)
        return f"{month.year}年{month.month}月"
    if kind is PaperKind.USES:
        return group or LEFT_TO_TOWN
    return group or NOT_KNOWN


def _sums(row: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in _SUMS)

"""The rehearsal of the coming months as staff see it: sums by month, one member's events, rows to
keep.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from saleor_ext.dashboard import charts, messages
from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.rehearsal.events import Event
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import selectors
from saleor_ext.operation import models as operation_models
from saleor_ext.operation import rehearsals

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class CountRow:
    """Something with its count in each month, and donors as examples."""

    label: str
    counts: tuple[int, ...]
    total: int
    examples: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """One month of all members."""

    month: date
    donations: int
    donations_yen: int
    at_risk_yen: int
    boxes: int


@dataclass(frozen=True, kw_only=True)
class ReportPart:
    """A report in words and shapes."""

    months: tuple[MonthLine, ...]
    total_yen: int
    total_donations: int
    total_boxes: int
    at_risk_yen: int
    chart: charts.Chart
    producers: tuple[CountRow, ...]
    stops: tuple[CountRow, ...]
    turns: tuple[CountRow, ...]
    shortages: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class RehearsalPage:
    """The latest rehearsal and how far it is. One that is neither over nor at work any more was
    ended from outside: `is_silent`.
    """

    latest: operation_models.Rehearsal | None
    latest_actor: str
    percent: int
    is_open: bool
    is_silent: bool
    report: ReportPart | None


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One thing that will happen to a member."""

    day: date
    month: date
    label: str
    detail: str
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class MemberRehearsalPage:
    """A member's coming months."""

    donor_id: int
    tier_name: str
    public_id: str
    lines: tuple[EventLine, ...]
    total_yen: int
    chart: charts.Chart


def rehearsal_page(*, now: datetime, rehearsal_id: int | None = None) -> RehearsalPage:
    """This will show the latest rehearsal, or the one asked for, as it stands at a moment."""
    rows = operation_models.Rehearsal.objects.order_by("-pk")
    if rehearsal_id is not None:
        rows = rows.filter(pk=rehearsal_id)
    latest = rows.first()
    if latest is None:
        return RehearsalPage(
            latest=None, latest_actor="", percent=0, is_open=False, is_silent=False, report=None
        )
    is_open = rehearsals.is_at_work(latest, now=now)
    return RehearsalPage(
        latest=latest,
        latest_actor=messages.actor_words(latest.actor),
        percent=100 * latest.done_count // latest.total_count if latest.total_count else 0,
        is_open=is_open,
        is_silent=latest.ended_at is None and not is_open,
        report=_report_part(latest.report) if latest.report else None,
    )


def _report_part(report: dict[str, Any]) -> ReportPart:
    months = tuple(
        MonthLine(
            month=date.fromisoformat(row["month"]),
            donations=row["donations"],
            donations_yen=row["donations_yen"],
            at_risk_yen=row["at_risk_yen"],
            boxes=row["boxes"],
        )
        for row in report["months"]
    )
    examples = report["examples"]
    return ReportPart(
        months=months,
        total_yen=sum(line.donations_yen for line in months),
        total_donations=sum(line.donations for line in months),
        total_boxes=sum(line.boxes for line in months),
        at_risk_yen=sum(line.at_risk_yen for line in months),
        chart=_chart([(line.month, line.donations_yen, line.at_risk_yen) for line in months]),
        producers=tuple(_count_row(row["name"], row["parcels"]) for row in report["producers"]),
        stops=tuple(
            _count_row(messages.reason_words(row["code"]), row["counts"], examples.get(row["code"]))
            for row in report["stops"]
        ),
        turns=tuple(
            _count_row(messages.TURNS[row["code"]], row["counts"], examples.get(row["code"]))
            for row in report["turns"]
        ),
        shortages=tuple(
            {**row, "month": date.fromisoformat(row["month"])} for row in report["shortages"]
        ),
    )


def _count_row(label: str, counts: list[int], examples: list[int] | None = None) -> CountRow:
    return CountRow(
        label=label, counts=tuple(counts), total=sum(counts), examples=tuple(examples or ())
    )


def _chart(rows: list[tuple[date, int, int]]) -> charts.Chart:
    return charts.bars_draw(
        [
            charts.BarInput(label=f"{month.month}月", amounts=(yen - risk, risk))
            for month, yen, risk in rows
        ]
    )


def report_rows(rehearsal: operation_models.Rehearsal) -> Iterator[tuple[str, str, str, int]]:
    """This will list a report's figures one by one: kind, name, month, figure."""
    report = rehearsal.report
    assumed = report.get("assumed", {})
    yield "仮定", "一度で通らない寄附(%)", "", assumed.get("declined_percent", 0)
    yield "仮定", "そのうち、あとで受け取れる寄附(%)", "", assumed.get("recovered_percent", 0)
    months = [row["month"][:7] for row in report["months"]]
    for row in report["months"]:
        month = row["month"][:7]
        yield "寄附", "件数", month, row["donations"]
        yield "寄附", "金額(円)", month, row["donations_yen"]
        yield "寄附", "うちカードの期限切れ(円)", month, row["at_risk_yen"]
        yield "お届け", "箱", month, row["boxes"]
    for row in report["producers"]:
        for month, count in zip(months, row["parcels"], strict=True):
            yield "生産者ごとのお届け", row["name"], month, count
    for kind, words in (("stops", messages.reason_words), ("turns", messages.turn_words)):
        title = "止まる月" if kind == "stops" else "出来事"
        for row in report[kind]:
            for month, count in zip(months, row["counts"], strict=True):
                yield title, words(row["code"]), month, count
    for row in report["shortages"]:
        name = f"{row['gift']}(在庫 {row['free']})"
        yield "足りなくなる品", name, row["month"][:7], row["needed"]


def member_page(*, public_id: str, today: date) -> MemberRehearsalPage:
    """This will rehearse one membership.

    Raises:
        NotFound: there is none by this id.
    """
    membership = selectors.membership_by_public_id(public_id=public_id)
    events = rehearsing.rehearse_member(membership=membership, today=today)
    months = rehearsing.months_of(today=today)
    given = [event for event in events if event.turn == "donation"]
    at_risk = [event for event in events if event.turn == "card_expired"]
    sums = [
        (
            month,
            sum(event.amount_yen for event in given if _is_in(event, month)),
            sum(event.amount_yen for event in at_risk if _is_in(event, month)),
        )
        for month in months
    ]
    return MemberRehearsalPage(
        donor_id=membership.donor_id,
        tier_name=membership.tier.name,
        public_id=membership.public_id,
        lines=tuple(_event_line(event) for event in events),
        total_yen=sum(event.amount_yen for event in given),
        chart=_chart(sums),
    )


def _is_in(event: Event, month: date) -> bool:
    return (event.day.year, event.day.month) == (month.year, month.month)


def _event_line(event: Event) -> EventLine:
    return EventLine(
        day=event.day,
        month=event.month,
        label=messages.turn_words(event.turn),
        detail=_detail(event),
        amount_yen=event.amount_yen if event.turn in {"donation", "owed"} else 0,
    )


def _detail(event: Event) -> str:
    if event.box is not None:
        facts = fulfilment_selectors.box_facts(box=event.box)
        senders = "、".join(parcel.producer.name for parcel in facts.producers)
        return f"{event.box.title}({senders})"
    return messages.reason_words(event.reason) if event.reason else event.tier_name


def member_rows(*, public_id: str, today: date) -> Iterator[tuple[str, str, str, str, int]]:
    """This will list one membership's events: day, month, what, details, yen."""
    for line in member_page(public_id=public_id, today=today).lines:
        yield line.day.isoformat(), f"{line.month:%Y-%m}", line.label, line.detail, line.amount_yen

"""What the staff pages about notices to home municipalities show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.flows.onestop import home_notices
from saleor_ext.law import messages as law_messages
from saleor_ext.law.errors import LawDataInvalid
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import models, notice_layout, selectors, states
from saleor_ext.onestop.notice_files import NO_CLAIM

YEARS_BACK = 5
YEAR_FIRST = 2015
EXPORTS_SHOWN = 10
UNKNOWN_SHOWN = 50
_N = states.NoticeState


@dataclass(frozen=True, kw_only=True)
class HomeLine:
    """The notices to one municipality."""

    code: str
    name: str
    total: int
    waiting: int
    sent: int
    returned: int
    amount_yen: int


@dataclass(frozen=True, kw_only=True)
class ExportLine:
    """A file that was taken out, and how much of it was sent."""

    export: models.NoticeExport
    actor: str
    total: int
    left_out: int
    sent: int

    @property
    def to_send(self) -> int:
        """How many of it nobody said were sent."""
        return self.total - self.left_out - self.sent


@dataclass(frozen=True, kw_only=True)
class NoticesPage:
    """A year's notices: what is to be made, by municipality, and the files."""

    year: int
    years: Sequence[int]
    due: date
    days_left: int
    from_day: date
    is_open: bool
    to_make: int
    at_desk: int
    unknown: Sequence[models.OneStopYear]
    unknown_count: int
    homes: Sequence[HomeLine]
    waiting: int
    returned: int
    exports: Sequence[ExportLine]
    layout: notice_layout.Layout | None
    layout_problem: str
    no_claim: str = NO_CLAIM
    to_confirm: str = law_messages.TO_CONFIRM


def notices_page(*, year: int, today: date) -> NoticesPage:
    """This will gather a year's notices."""
    town = membership_selectors.municipality_get()
    unknown = home_notices.unknown_homes(year=year)
    layout, problem = _layout()
    homes = _homes(municipality_id=town.pk, year=year)
    return NoticesPage(
        year=year,
        years=range(today.year, max(today.year - YEARS_BACK, YEAR_FIRST), -1),
        due=home_notices.due_of(year=year),
        days_left=home_notices.days_left(year=year, today=today),
        from_day=home_notices.residence_day(year=year),
        is_open=today >= home_notices.residence_day(year=year),
        to_make=home_notices.to_make_count(year=year) - len(unknown),
        at_desk=_at_desk(municipality_id=town.pk, year=year),
        unknown=unknown[:UNKNOWN_SHOWN],
        unknown_count=len(unknown),
        homes=homes,
        waiting=sum(line.waiting for line in homes),
        returned=sum(line.returned for line in homes),
        exports=_exports(municipality_id=town.pk, year=year),
        layout=layout,
        layout_problem=problem,
    )


def _layout() -> tuple[notice_layout.Layout | None, str]:
    try:
        return notice_layout.layout_now(), ""
    except LawDataInvalid as error:
        return None, str(error)


def _at_desk(*, municipality_id: int, year: int) -> int:
    """Applications that may still become part of a notice."""
    return models.OneStopApplication.objects.filter(
        onestop_year__municipality_id=municipality_id,
        onestop_year__year=year,
        state__in=sorted(states.APPLICATION_AT_DESK),
    ).count()


def _homes(*, municipality_id: int, year: int) -> list[HomeLine]:
    again = Q(state=_N.RETURNED, return_step=states.ReturnStep.SEND_AGAIN)
    rows = (
        models.HomeNotice.objects.filter(municipality_id=municipality_id, onestop_year__year=year)
        .exclude(state=_N.REPLACED)
        .values("home_code", "home_name")
        .annotate(
            total=Count("pk"),
            waiting=Count("pk", filter=Q(state=_N.MADE) | again),
            sent=Count("pk", filter=Q(state__in=[_N.SENT, _N.RESENT, _N.DONE])),
            returned=Count("pk", filter=Q(state=_N.RETURNED)),
            amount_yen=Sum("total_yen"),
        )
        .order_by("home_code", "home_name")
    )
    return [
        HomeLine(
            code=row["home_code"],
            name=row["home_name"],
            total=row["total"],
            waiting=row["waiting"],
            sent=row["sent"],
            returned=row["returned"],
            amount_yen=row["amount_yen"],
        )
        for row in rows
    ]


def _exports(*, municipality_id: int, year: int) -> list[ExportLine]:
    rows = models.NoticeExport.objects.filter(municipality_id=municipality_id, year=year).annotate(
        total=Count("items"),
        left_out=Count("items", filter=~Q(items__left_out="")),
        sent=Count("items", filter=Q(items__sent_on__isnull=False)),
    )
    return [
        ExportLine(
            export=row,
            actor=messages.actor_words(row.actor),
            total=row.total,
            left_out=row.left_out,
            sent=row.sent,
        )
        for row in rows.order_by("-pk")[:EXPORTS_SHOWN]
    ]


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice in the list of a municipality."""

    notice: models.HomeNotice
    tone: str


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One move of a notice."""

    at: datetime
    label: str
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoticePage:
    """One notice with its donations and everything that happened to it."""

    notice: models.HomeNotice
    tone: str
    lines: Sequence[models.HomeNoticeLine]
    events: Sequence[EventLine]
    others: Sequence[models.HomeNotice]
    can_return: bool
    can_correct: bool
    can_end: bool
    no_claim: str = NO_CLAIM


def home_lines(*, year: int, home_code: str) -> list[NoticeLine]:
    """This will list the notices to one municipality that no newer version replaced."""
    town = membership_selectors.municipality_get()
    rows = selectors.notices_current(municipality_id=town.pk, year=year)
    return [
        NoticeLine(notice=row, tone=tones.NOTICE[row.state])
        for row in rows.filter(home_code=home_code)
    ]


def notice_page(*, notice_id: int) -> NoticePage:
    """This will gather one notice.

    Raises:
        NotFound: there is none.
    """
    notice = selectors.notice_get(notice_id=notice_id)
    others = models.HomeNotice.objects.filter(onestop_year_id=notice.onestop_year_id)
    is_current = notice.state != _N.REPLACED
    return NoticePage(
        notice=notice,
        tone=tones.NOTICE[notice.state],
        lines=list(notice.lines.all()),
        events=[_event(row) for row in notice.events.order_by("-pk")],
        others=list(others.exclude(pk=notice.pk).order_by("version")),
        can_return=notice.state in {_N.SENT, _N.RESENT},
        can_correct=is_current and notice.erased_at is None,
        can_end=notice.state in states.NOTICE_TRANSITIONS[_N.DONE],
    )


def _event(row: models.HomeNoticeEvent) -> EventLine:
    labels = dict(_N.choices)
    return EventLine(
        at=row.at,
        label=str(labels.get(row.to_state, row.to_state)),
        actor=messages.actor_words(row.actor),
        reason=_reason(row.reason),
    )


def _reason(text: str) -> str:
    """Codes of reason and next step in words; other texts as they are."""
    known = dict(states.ReturnReason.choices) | dict(states.ReturnStep.choices)
    known["new_version"] = "新しい版を作成"
    return "、".join(str(known.get(part, part)) for part in text.split(",") if part)

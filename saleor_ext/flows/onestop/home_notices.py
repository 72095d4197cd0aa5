"""Notices to the municipalities where donors lived on 1 January: made, sent, come back, corrected.

Law: onestop_notice
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from saleor_ext.common import jobs, jptime, municipalities, my_number
from saleor_ext.law import register
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import errors, exporting, models, notices, selectors, states

MAKE_TASK = "onestop.notices_make"
TOPIC = "onestop_notice"
ITEMS_AT_ONCE = 500
_Step = states.ReturnStep
_N = states.NoticeState


@dataclass(frozen=True, kw_only=True)
class Home:
    """The municipality of 1 January: six digits, and prefecture with name."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """How many notices were made, and of how many donors the municipality is not known."""

    made: int
    unknown: int


def residence_day(*, year: int) -> date:
    """This will return the day whose residence counts for a year's donations."""
    return date(year + 1, 1, 1)


def due_of(*, year: int) -> date:
    """This will return the day by which a year's notices are to be sent.

    Law: onestop_notice
    """
    last = date(year, 12, 31)
    month = register.number_on(topic=TOPIC, name="month", day=last)
    day = register.number_on(topic=TOPIC, name="day", day=last)
    return date(year + 1, month or 1, day or 31)


def home_of(row: models.OneStopYear) -> Home | None:
    """This will return where a donor lived on 1 January as far as we know, None when we do not.

    What the office put right on an earlier notice holds as long as the address is the same.
    """
    town = membership_selectors.municipality_get()
    return _home(row, selectors.notice_current(onestop_year_id=row.pk), town=town)


def _home(
    row: models.OneStopYear,
    earlier: models.HomeNotice | None,
    *,
    town: membership_models.Municipality,
) -> Home | None:
    if earlier is not None and (earlier.postal_code, earlier.address) == (
        row.postal_code,
        row.address,
    ):
        return Home(code=earlier.home_code, name=earlier.home_name)
    code = row.residence_code or municipalities.code_find(
        postal_code=row.postal_code,
        prefecture=row.prefecture,
        city=row.address.removeprefix(row.prefecture),
    )
    name = _name_of(code, town=town)
    return Home(code=code, name=name) if name else None


def _name_of(code: str, *, town: membership_models.Municipality) -> str:
    """Our own town stands in no list while it is an invented one."""
    if code == town.code:
        return f"{town.prefecture}{town.county}{town.name}"
    return municipalities.name_find(code)


def notices_make(*, year: int, today: date, now: datetime, actor: str) -> Made:
    """This will make the notices of all donors of a year that none names as things are; each
    donor's in a transaction of its own. It may run any number of times, and beside itself.

    Raises:
        NoticeTooEarly: 1 January after the year is still to come.
    """
    _not_too_early(year=year, today=today)
    made = unknown = 0
    for row in list(_to_notice(year=year)):
        home = home_of(row)
        if home is None:
            unknown += 1
        else:
            made += _make_one(row, home=home, now=now, actor=actor)
    return Made(made=made, unknown=unknown)


@transaction.atomic
def _make_one(row: models.OneStopYear, *, home: Home, now: datetime, actor: str) -> int:
    """Whoever comes second waits for the year's row, and finds that nothing is to be done."""
    models.OneStopYear.objects.select_for_update().get(pk=row.pk)
    if not _to_notice(year=row.year).filter(pk=row.pk).exists():
        return 0
    try:
        notices.notice_make(
            onestop_year_id=row.pk, home_code=home.code, home_name=home.name, now=now, actor=actor
        )
    except errors.NoticeNothingToSay:
        return 0
    return 1


def notices_make_ask(*, year: int, today: date, actor: str) -> None:
    """This will have a worker make a year's notices.

    Raises:
        NoticeTooEarly: 1 January after the year is still to come.
    """
    _not_too_early(year=year, today=today)
    jobs.enqueue(MAKE_TASK, year=year, actor=actor)


def home_set(
    *,
    onestop_year_id: int,
    home_code: str,
    home_name: str,
    today: date,
    now: datetime,
    actor: str,
) -> models.HomeNotice:
    """This will make a donor's notice to a municipality that the office names: because we do not
    know it, or because the earlier one came back. The name may be left out where we know the code.

    Raises:
        NotFound: there is no such year of a donor.
        NoticeTooEarly: 1 January is still to come.
        NoticeHomeWrong: no municipality has that code, or its name is not known and not given.
        NoticeNothingToSay: nothing is accepted, and nothing is to be taken back.
    """
    row = selectors.year_get(onestop_year_id=onestop_year_id)
    _not_too_early(year=row.year, today=today)
    town = membership_selectors.municipality_get()
    name = _name_of(home_code, town=town) or home_name.strip()
    if not municipalities.is_code(home_code) or not name:
        raise errors.NoticeHomeWrong()
    return notices.notice_make(
        onestop_year_id=row.pk, home_code=home_code, home_name=name[:60], now=now, actor=actor
    )


def _not_too_early(*, year: int, today: date) -> None:
    if today < residence_day(year=year):
        raise errors.NoticeTooEarly(from_day=residence_day(year=year))


def _to_notice(*, year: int) -> QuerySet[models.OneStopYear]:
    town = membership_selectors.municipality_get()
    return selectors.years_to_notice(municipality_id=town.pk, year=year)


def to_make_count(*, year: int) -> int:
    """This will count the donors of a year who need a notice, or need it made anew."""
    return _to_notice(year=year).count()


def unknown_homes(*, year: int) -> list[models.OneStopYear]:
    """This will list donors who need a notice and of whom we do not know the municipality."""
    rows = list(_to_notice(year=year))
    held = selectors.notices().filter(onestop_year__in=rows).exclude(state=_N.REPLACED)
    earlier = {notice.onestop_year_id: notice for notice in held}
    town = membership_selectors.municipality_get()
    return [row for row in rows if _home(row, earlier.get(row.pk), town=town) is None]


@transaction.atomic
def notice_came_back(
    *,
    notice_id: int,
    returned_on: date,
    reason: str,
    step: str,
    note: str,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    """This will note that a notice came back, why, and what is done next; giving up ends it.

    Raises:
        NotFound: there is none.
        MyNumberRefused: the note looks like it holds an individual number; nothing was kept.
        NoticeReturnUnnamed: reason or next step is not one of the known.
        NoticeSentInFuture: the day is to come, or before it was sent.
        InvalidTransition: it was not out.
    """
    my_number.refuse(note, field="note")
    notice = selectors.notice_get(notice_id=notice_id)
    if returned_on > today or (notice.sent_on is not None and returned_on < notice.sent_on):
        raise errors.NoticeSentInFuture()
    notices.notice_return(
        notice_id=notice_id,
        returned_on=returned_on,
        reason=reason,
        step=step,
        note=note.strip(),
        now=now,
        actor=actor,
    )
    if step == _Step.GIVE_UP:
        notices.notice_done(notice_id=notice_id, now=now, actor=actor, reason=step)


def sent_note(
    *, export_id: int, home_code: str, sent_on: date, today: date, now: datetime, actor: str
) -> int:
    """This will note of a file's notices, or of those to one municipality, that they were sent;
    returns how many. The notices themselves follow at once where they are few, else by a worker.

    Raises:
        NotFound: there is no such file.
        NoticeSentInFuture: the day is to come, or before the file was made.
    """
    noted = exporting.sent_note(
        export_id=export_id, home_code=home_code, sent_on=sent_on, today=today, actor=actor
    )
    if noted <= FEW:
        sent_follow(now=now)
    return noted


FEW = 50
"""So many notices are moved while somebody waits for the page."""


def sent_follow(*, now: datetime) -> int:
    """This will move notices whose sending was noted, 500 at most; returns how many there were.

    Found by state, so that a lost message is only late.
    """
    items = list(exporting.items_waiting()[:ITEMS_AT_ONCE])
    for item in items:
        with transaction.atomic():
            _follow(item, now=now)
            exporting.item_followed(item_id=item.pk)
    return len(items)


def _follow(item: models.NoticeExportItem, *, now: datetime) -> None:
    """One that was replaced or sent meanwhile stays what it is."""
    state = selectors.notice_get(notice_id=item.notice_id).state
    move = {_N.MADE: notices.notice_send, _N.RETURNED: notices.notice_resend}.get(_N(state))
    if move is None or item.sent_on is None:
        return
    move(notice_id=item.notice_id, sent_on=item.sent_on, now=now, actor=item.sent_by)


def notices_waiting(*, year: int, home_code: str = "") -> Sequence[models.HomeNotice]:
    """This will list a year's notices that are to be sent: made, or come back to be sent again."""
    town = membership_selectors.municipality_get()
    rows = selectors.notices_current(municipality_id=town.pk, year=year)
    if home_code:
        rows = rows.filter(home_code=home_code)
    made = rows.filter(state=_N.MADE)
    again = rows.filter(state=_N.RETURNED, return_step=_Step.SEND_AGAIN)
    return list((made | again).order_by("home_code", "pk"))


def days_left(*, year: int, today: date) -> int:
    """This will return how many days are left until a year's notices are due; 0 on that day."""
    return (due_of(year=year) - today).days


def year_now(*, now: datetime) -> int:
    """This will return the year whose notices are the office's present business: last year's."""
    return jptime.jst_date(now).year - 1

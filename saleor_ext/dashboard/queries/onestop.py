"""What the staff pages about the one-stop exception show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.flows.onestop import forms as flow_forms
from saleor_ext.onestop import facts, models, selectors, states

_A = states.ApplicationState


@dataclass(frozen=True, kw_only=True)
class ApplicationLine:
    """One application of the donor's year."""

    row: models.OneStopApplication
    tone: str
    is_this: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One move of an application."""

    at: datetime
    number: str
    label: str
    actor: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """One question with the donor's answer."""

    text: str
    is_yes: bool


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A reported change: what, before, after."""

    row: models.OneStopChange
    items: tuple[tuple[str, str, str], ...]
    is_waiting: bool


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """One application with the others of the donor's year, and what can be done with them."""

    application: models.OneStopApplication
    year: models.OneStopYear
    tone: str
    lines: Sequence[ApplicationLine]
    answers: Sequence[AnswerLine]
    answers_row: models.OneStopAnswers | None
    changes: Sequence[ChangeLine]
    events: Sequence[EventLine]
    notice: models.HomeNotice | None
    days_left: int
    is_late: bool
    can_receive: bool
    can_judge: bool
    can_review: bool
    can_void: bool
    can_change: bool


def desk_page(*, public_id: str, today: date) -> DeskPage:
    """This will gather one application with everything of its year.

    Raises:
        NotFound: there is none.
    """
    application = selectors.application_get(public_id=public_id)
    year = application.onestop_year
    found = list(selectors.applications_of(donor_id=year.donor_id, year=year.year))
    state = _A(application.state)
    answers = selectors.answers_latest(onestop_year_id=year.pk)
    live = [one for one in found if one.state != _A.VOID]
    return DeskPage(
        application=application,
        year=year,
        tone=tones.ONESTOP[application.state],
        lines=[_line(one, this=application) for one in found],
        answers=_answers(answers),
        answers_row=answers,
        changes=[_change(one) for one in selectors.changes_of(onestop_year_id=year.pk)],
        events=_events(found),
        notice=selectors.notice_current(onestop_year_id=year.pk),
        days_left=(application.deadline - today).days,
        is_late=today > application.deadline,
        can_receive=state in states.APPLICATION_AWAITED,
        can_judge=state in {_A.RECEIVED, _A.REVIEWING},
        can_review=state in {_A.RECEIVED, _A.INCOMPLETE},
        can_void=state != _A.VOID,
        can_change=any(one.state in states.APPLICATION_ACCEPTED for one in live),
    )


def choices_for(
    page: DeskPage, *, froms: frozenset[states.ApplicationState]
) -> list[tuple[str, str]]:
    """This will list the year's applications that a move is open to, as a form offers them."""
    return [
        (str(line.row.pk), f"{line.row.number}({line.row.donation.donated_on:%-m月%-d日})")
        for line in page.lines
        if line.row.state in froms
    ]


def _line(one: models.OneStopApplication, *, this: models.OneStopApplication) -> ApplicationLine:
    labels = dict(states.Missing.choices)
    return ApplicationLine(
        row=one,
        tone=tones.ONESTOP[one.state],
        is_this=one.pk == this.pk,
        missing=tuple(str(labels[code]) for code in one.missing_list),
    )


def _answers(row: models.OneStopAnswers | None) -> list[AnswerLine]:
    if row is None:
        return []
    return [
        AnswerLine(text=facts.ANSWERS.get(name, name), is_yes=bool(value))
        for name, value in row.answers.items()
    ]


def _change(row: models.OneStopChange) -> ChangeLine:
    return ChangeLine(
        row=row,
        items=tuple(
            (label, str(row.before.get(name, "")), str(row.after.get(name, "")))
            for name, label in flow_forms.LABELS.items()
            if name in row.after
        ),
        is_waiting=row.state == states.ChangeState.WRITTEN,
    )


def _events(found: Sequence[models.OneStopApplication]) -> list[EventLine]:
    by_id = {one.pk: one.number for one in found}
    labels = dict(states.ApplicationState.choices)
    return [
        EventLine(
            at=row.at,
            number=by_id[row.application_id],
            label=str(labels[row.to_state]),
            actor=messages.actor_words(row.actor),
            reason=_reason_words(row.reason),
        )
        for row in selectors.events_of(application_ids=list(by_id))
    ]


def _reason_words(reason: str) -> str:
    tables = (states.VoidReason, states.IdentityKind, states.ReceivedAs, states.Missing)
    labels = {str(value): str(label) for table in tables for value, label in table.choices}
    known = {"change_received": "変更届出書が届いた", "notice_made_anew": "通知を作り直した"}
    return "、".join(labels.get(one, known.get(one, one)) for one in reason.split(",") if one)

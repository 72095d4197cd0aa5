"""Writing about the one-stop exception: wishes, answers, and every move of an application."""

import functools
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from saleor_ext.common import moves
from saleor_ext.common.errors import NotFound
from saleor_ext.onestop import errors, facts, models, numbers, selectors, states

_State = states.ApplicationState
_move = functools.partial(
    moves.move_by_key, models.OneStopApplication, transitions=states.APPLICATION_TRANSITIONS
)
RULES = ("onestop_eligibility", "onestop_deadline")
SETTINGS = frozenset(
    {
        "has_gender",
        "remind_from_day",
        "close_after_days",
        "keep_years",
        "confirmed",
    }
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """The applicant's columns of a year, as his donor row has them."""

    full_name: str
    full_kana: str
    birth_date: date | None
    phone: str
    postal_code: str
    prefecture: str
    address: str
    residence_code: str


PERSON_FIELDS = tuple(Person.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How, and on which day in Japan, a form came in."""

    received_as: str
    received_on: date


def settings_set(*, municipality_id: int, values: Mapping[str, Any]) -> models.OneStopSettings:
    """This will keep how a town handles the exception from now on."""
    unknown = set(values) - SETTINGS
    if unknown:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    row, _ = models.OneStopSettings.objects.update_or_create(
        municipality_id=municipality_id, defaults=dict(values)
    )
    return row


def year_hold(*, donor_id: int, municipality_id: int, year: int) -> models.OneStopYear:
    """This will lock a donor's year, making it where it is not there, in the caller's
    transaction. Whoever writes about a year's applications holds it first.
    """
    models.OneStopYear.objects.get_or_create(
        donor_id=donor_id,
        municipality_id=municipality_id,
        year=year,
        defaults={"deadline": selectors.deadline_of(year=year)},
    )
    rows = models.OneStopYear.objects.select_for_update()
    return rows.get(donor_id=donor_id, municipality_id=municipality_id, year=year)


@transaction.atomic
def wish_set(
    *,
    donor_id: int,
    municipality_id: int,
    year: int,
    is_wanted: bool,
    origin: str,
    now: datetime,
    actor: str,
) -> models.OneStopYear:
    """This will keep whether a donor wants the exception for a year. Applications follow it
    elsewhere.
    """
    row = year_hold(donor_id=donor_id, municipality_id=municipality_id, year=year)
    row.is_wanted, row.wished_at, row.wished_by, row.origin = is_wanted, now, actor, origin
    row.save(update_fields=["is_wanted", "wished_at", "wished_by", "origin"])
    return row


@transaction.atomic
def answers_add(
    *, onestop_year_id: int, answers: Mapping[str, bool], now: datetime, actor: str
) -> models.OneStopAnswers:
    """This will keep the answers about eligibility as they were given, beside earlier ones.

    Law: onestop_eligibility

    Raises:
        OnestopAnswersMissing: not every question was answered; nothing was kept.
    """
    if set(answers) != set(facts.ANSWERS):
        raise errors.OnestopAnswersMissing()
    is_eligible = all(answers.values())
    models.OneStopYear.objects.filter(pk=onestop_year_id).update(is_eligible=is_eligible)
    return models.OneStopAnswers.objects.create(
        onestop_year_id=onestop_year_id,
        answers=dict(answers),
        wording=facts.WORDING,
        rules=list(RULES),
        at=now,
        actor=actor,
    )


def person_follow(*, onestop_year: models.OneStopYear, person: Person) -> bool:
    """This will copy the donor's columns to a year, until a form of it came in; after that only
    reported changes count. Returns whether something changed.
    """
    values = asdict(person)
    if onestop_year.is_person_fixed or onestop_year.erased_at is not None:
        return False
    if all(getattr(onestop_year, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(onestop_year, name, value)
    onestop_year.save(update_fields=list(values))
    return True


@transaction.atomic
def application_make(
    *,
    onestop_year: models.OneStopYear,
    donation_id: int,
    receipt_number: int,
    now: datetime,
    actor: str,
) -> models.OneStopApplication:
    """This will make the application for a donation. The caller holds the year."""
    turn = models.OneStopApplication.objects.filter(donation_id=donation_id).count()
    application = models.OneStopApplication.objects.create(
        public_id=secrets.token_hex(8),
        onestop_year=onestop_year,
        donation_id=donation_id,
        number=numbers.number_make(
            year=onestop_year.year, receipt_number=receipt_number, turn=turn
        ),
        state=_State.WISHED,
        made_at=now,
        deadline=onestop_year.deadline,
    )
    moves.move_note(application, now=now, actor=actor)
    return application


def application_send(*, application_id: int, now: datetime, actor: str, reason: str = "") -> None:
    """This will note that the form was sent, or taken by the donor from his page.

    Raises:
        InvalidTransition: it was sent, or came in, before.
    """
    _move(application_id, to=_State.SENT, now=now, actor=actor, reason=reason)


@transaction.atomic
def application_receive(
    *, application_id: int, arrival: Arrival, today: date, now: datetime, actor: str
) -> None:
    """This will note that a form came in. The day it arrived decides, in Japan.

    Law: onestop_deadline

    Raises:
        OnestopReceivedInFuture: that day is to come, or before the donation.
        OnestopLate: it was after the last day; the application is as it was.
        InvalidTransition: it came in before.
    """
    row = _get(application_id)
    if not row.donation.donated_on <= arrival.received_on <= today:
        raise errors.OnestopReceivedInFuture()
    if arrival.received_on > row.deadline:
        raise errors.OnestopLate(deadline=row.deadline)
    _move(
        application_id,
        to=_State.RECEIVED,
        now=now,
        actor=actor,
        reason=arrival.received_as,
        received_as=arrival.received_as,
        received_on=arrival.received_on,
    )
    models.OneStopYear.objects.filter(pk=row.onestop_year_id).update(is_person_fixed=True)


def application_review(*, application_id: int, now: datetime, actor: str) -> None:
    """This will note that staff look at an application, or again because what lacked came in.

    Raises:
        InvalidTransition: it is not at the desk.
    """
    _move(application_id, to=_State.REVIEWING, now=now, actor=actor, missing="")


def application_incomplete(
    *, application_id: int, missing: Collection[str], now: datetime, actor: str
) -> None:
    """This will note what an application lacks (codes of `states.Missing`).

    Raises:
        OnestopMissingUnnamed: nothing, or something unknown, was named.
        InvalidTransition: it is not being looked at.
    """
    codes = [str(code) for code in states.Missing.values if code in missing]
    if not codes or len(codes) != len(set(missing)):
        raise errors.OnestopMissingUnnamed()
    text = ",".join(codes)
    _move(application_id, to=_State.INCOMPLETE, now=now, actor=actor, reason=text, missing=text)


def application_accept(
    *, application_id: int, identity_kind: str, today: date, now: datetime, actor: str
) -> None:
    """This will accept an application: number and person were confirmed by such documents.

    Law: onestop_identity

    Raises:
        InvalidTransition: it is not being looked at.
    """
    if identity_kind not in states.IdentityKind.values:
        raise ValueError("no such kind of documents")
    _move(
        application_id,
        to=_State.ACCEPTED,
        now=now,
        actor=actor,
        reason=identity_kind,
        identity_kind=identity_kind,
        identity_on=today,
        identity_by=actor,
        accepted_on=today,
    )


def application_void(*, application_id: int, reason: str, now: datetime, actor: str) -> None:
    """This will declare an application void (codes of `states.VoidReason`).

    Raises:
        InvalidTransition: it was void before.
    """
    if reason not in states.VoidReason.values:
        raise ValueError("no such reason")
    _move(
        application_id,
        to=_State.VOID,
        now=now,
        actor=actor,
        reason=reason,
        void_reason=reason,
        missing="",
    )


def application_note(*, application_id: int, note: str) -> None:
    """This will keep what staff want to remember about an application.

    Raises:
        NotFound: there is none.
    """
    rows = models.OneStopApplication.objects.filter(pk=application_id)
    if not rows.update(note=note[:500]):
        raise NotFound(what="one-stop application")


def applications_move(
    *, application_ids: Sequence[int], to: str, now: datetime, actor: str, reason: str = ""
) -> None:
    """This will move several applications on, for notices and changes; all or none.

    Raises:
        InvalidTransition: one of them cannot be moved so.
    """
    with transaction.atomic():
        for application_id in application_ids:
            _move(application_id, to=to, now=now, actor=actor, reason=reason)


def _get(application_id: int) -> models.OneStopApplication:
    row = selectors.applications().filter(pk=application_id).first()
    if row is None:
        raise NotFound(what="one-stop application")
    return row


@transaction.atomic
def year_erase(*, onestop_year_id: int, now: datetime) -> bool:
    """This will take out of a donor's year everything that says who he is: name, address,
    birthday, phone, notes, answers and what changes said. Amounts, days, states and who did what
    stay. Returns whether there was something to erase.

    Law: onestop_keep, onestop_birthday
    """
    row = models.OneStopYear.objects.select_for_update().get(pk=onestop_year_id)
    if row.erased_at is not None:
        return False
    for name in PERSON_FIELDS:
        setattr(row, name, None if name == "birth_date" else "")
    row.erased_at = now
    row.save()
    row.answers.update(answers={})
    row.changes.update(before={}, after={})
    row.applications.update(note="")
    row.notices.update(
        full_name="",
        full_kana="",
        birth_date=None,
        postal_code="",
        address="",
        return_note="",
        erased_at=now,
    )
    return True

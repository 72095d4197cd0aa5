"""What the office does with applications: received, looked at, incomplete, accepted, void.

Several applications of one donor's year are handled together, as they come in one envelope: all
or none. The year is held first, as everywhere.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import my_number
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.onestop import letters, wishing
from saleor_ext.onestop import models, numbers, selectors, services, states

_A = states.ApplicationState


@transaction.atomic
def applications_receive(
    *,
    application_ids: Sequence[int],
    received_as: str,
    received_on: date,
    today: date,
    now: datetime,
    actor: str,
) -> models.OneStopYear:
    """This will note that forms came in, and thank the donor by mail.

    Raises:
        NotFound: they are not of one year, or there are none.
        OnestopLate, OnestopReceivedInFuture, InvalidTransition: nothing was noted.
    """
    row = _hold(application_ids)
    arrival = services.Arrival(received_as=received_as, received_on=received_on)
    for application_id in application_ids:
        services.application_receive(
            application_id=application_id, arrival=arrival, today=today, now=now, actor=actor
        )
    letters.mail_put("onestop_received", onestop_year=row, now=now)
    return row


@transaction.atomic
def applications_incomplete(
    *,
    application_ids: Sequence[int],
    missing: Collection[str],
    now: datetime,
    actor: str,
) -> models.OneStopYear:
    """This will note what is missing, and write to the donor.

    Raises:
        NotFound: they are not of one year, or there are none.
        OnestopMissingUnnamed, InvalidTransition: nothing was noted.
    """
    row = _hold(application_ids)
    for application_id in application_ids:
        services.application_incomplete(
            application_id=application_id, missing=missing, now=now, actor=actor
        )
    letters.mail_put("onestop_incomplete", onestop_year=row, now=now)
    return row


@transaction.atomic
def applications_review(
    *, application_ids: Sequence[int], now: datetime, actor: str
) -> models.OneStopYear:
    """This will note that applications are looked at, or that what they lacked came in.

    Raises:
        NotFound: they are not of one year, or there are none.
        InvalidTransition: nothing was noted.
    """
    row = _hold(application_ids)
    for application_id in application_ids:
        services.application_review(application_id=application_id, now=now, actor=actor)
    return row


@transaction.atomic
def applications_accept(
    *,
    application_ids: Sequence[int],
    identity_kind: str,
    today: date,
    now: datetime,
    actor: str,
) -> models.OneStopYear:
    """This will accept applications whose number and person were confirmed, and tell the donor.

    Law: onestop_identity

    Raises:
        NotFound: they are not of one year, or there are none.
        InvalidTransition: nothing was accepted.
    """
    row = _hold(application_ids)
    for application_id in application_ids:
        services.application_accept(
            application_id=application_id,
            identity_kind=identity_kind,
            today=today,
            now=now,
            actor=actor,
        )
    letters.mail_put("onestop_accepted", onestop_year=row, now=now)
    return row


@transaction.atomic
def applications_void(
    *, application_ids: Sequence[int], reason: str, now: datetime, actor: str
) -> models.OneStopYear:
    """This will declare applications void and tell the donor what to do instead. A reason that
    concerns the whole year ends the wish, and every application of the year with it.

    Raises:
        NotFound: they are not of one year, or there are none.
        InvalidTransition: one was void before; nothing was changed.
    """
    row = _hold(application_ids)
    if reason in states.VOID_OF_YEAR and row.is_wanted:
        return wishing.wish_withdraw(
            donor_id=row.donor_id,
            year=row.year,
            reason=reason,
            now=now,
            actor=actor,
            is_office=True,
        )
    for application_id in application_ids:
        services.application_void(
            application_id=application_id, reason=reason, now=now, actor=actor
        )
    letters.mail_put("onestop_void", onestop_year=row, now=now)
    return row


def note_set(*, application_id: int, note: str) -> None:
    """This will keep what staff want to remember.

    Raises:
        MyNumberRefused: it looks like it holds an individual number; nothing was kept.
    """
    my_number.refuse(note, field="note")
    services.application_note(application_id=application_id, note=note)


def application_find(*, typed: str) -> models.OneStopApplication | None:
    """This will find an application by a number typed from its form, None when there is none."""
    return selectors.application_by_number(number=numbers.number_read(typed))


def _hold(application_ids: Sequence[int]) -> models.OneStopYear:
    years = set(
        models.OneStopApplication.objects.filter(pk__in=application_ids).values_list(
            "onestop_year_id", flat=True
        )
    )
    if len(years) != 1:
        raise NotFound(what="one-stop applications of one year")
    return models.OneStopYear.objects.select_for_update().get(pk=years.pop())

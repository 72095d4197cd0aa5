"""What the office does with applications: received, looked at, incomplete, accepted, void.

Several applications of one donor's year are handled together, as they come in one envelope: all
or none. The year is held first, as everywhere.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import my_number
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows.onestop import letters, wishing
from saleor_ext.onestop import models, numbers, selectors, services, states

BATCH_MOST = 200
_QR = re.compile(r"/staff/onestop/([0-9a-f]{16})/?\Z")


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
    """This will find an application by a number typed from its form, or by what its QR holds;
    None when there is none.
    """
    if scanned := _QR.search(typed.strip()):
        return selectors.applications().filter(public_id=scanned[1]).first()
    return selectors.application_by_number(number=numbers.number_read(typed))


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """What became of one typed line: `code` says why it was refused, "" when it was noted."""

    typed: str
    number: str
    code: str


@dataclass(frozen=True, kw_only=True)
class BatchReport:
    """What became of a batch, line by line in the order typed."""

    lines: tuple[BatchLine, ...]
    application_ids: tuple[int, ...]

    @property
    def received(self) -> int:
        """How many were noted."""
        return sum(1 for line in self.lines if not line.code)


def batch_receive(
    *,
    typed: str,
    received_as: str,
    received_on: date,
    today: date,
    now: datetime,
    actor: str,
) -> BatchReport:
    """This will note that many forms came in, one number or QR a line, each donor's together. A
    line that cannot be noted does not stop the others.
    """
    texts = [line.strip() for line in typed.splitlines() if line.strip()][:BATCH_MOST]
    found = {text: application_find(typed=text) for text in texts}
    by_year: dict[int, list[models.OneStopApplication]] = {}
    for application in {one.pk: one for one in found.values() if one is not None}.values():
        by_year.setdefault(application.onestop_year_id, []).append(application)
    codes: dict[int, str] = {}
    for group in by_year.values():
        codes |= _group_receive(
            group,
            received_as=received_as,
            received_on=received_on,
            today=today,
            now=now,
            actor=actor,
        )
    return BatchReport(
        lines=tuple(_batch_line(text, found[text], codes) for text in texts),
        application_ids=tuple(codes),
    )


def _group_receive(
    group: Sequence[models.OneStopApplication],
    *,
    received_as: str,
    received_on: date,
    today: date,
    now: datetime,
    actor: str,
) -> dict[int, str]:
    """Those of one donor that can be noted; the others with the code of why not."""
    arrival = services.Arrival(received_as=received_as, received_on=received_on)
    codes: dict[int, str] = {}
    with transaction.atomic():
        row = _hold([one.pk for one in group])
        for one in group:
            try:
                services.application_receive(
                    application_id=one.pk, arrival=arrival, today=today, now=now, actor=actor
                )
            except Refusal as error:
                codes[one.pk] = error.code
            else:
                codes[one.pk] = ""
        if "" in codes.values():
            letters.mail_put("onestop_received", onestop_year=row, now=now)
    return codes


def _batch_line(
    text: str, application: models.OneStopApplication | None, codes: dict[int, str]
) -> BatchLine:
    if application is None:
        return BatchLine(typed=my_number.masked(text)[:60], number="", code="not_found")
    return BatchLine(
        typed=text[:60], number=application.number, code=codes.get(application.pk, "not_found")
    )


def _hold(application_ids: Sequence[int]) -> models.OneStopYear:
    years = set(
        models.OneStopApplication.objects.filter(pk__in=application_ids).values_list(
            "onestop_year_id", flat=True
        )
    )
    if len(years) != 1:
        raise NotFound(what="one-stop applications of one year")
    return models.OneStopYear.objects.select_for_update().get(pk=years.pop())

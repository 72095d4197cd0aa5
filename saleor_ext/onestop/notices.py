"""The notices to donors' municipalities (55-7): made, sent, come back, sent again, done."""

import functools
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from saleor_ext.common import moves
from saleor_ext.onestop import errors, models, selectors, services, states

_State = states.NoticeState
_move = functools.partial(
    moves.move_by_key, models.HomeNotice, transitions=states.NOTICE_TRANSITIONS
)
_Application = states.ApplicationState


@transaction.atomic
def notice_make(
    *, onestop_year_id: int, home_code: str, home_name: str, now: datetime, actor: str
) -> models.HomeNotice:
    """This will make the record of a donor's notice for a year as applications stand now.

    An earlier one is replaced. Where all its applications are void and it went out before, the
    new one takes it back; where it never went out, it is only replaced.

    Law: onestop_notice

    Raises:
        NoticeHomeUnknown: the municipality of 1 January is not named.
        NoticeNothingToSay: nothing is accepted, and nothing was sent that must be taken back.
    """
    if not home_code or not home_name:
        raise errors.NoticeHomeUnknown()
    year = models.OneStopYear.objects.select_for_update().get(pk=onestop_year_id)
    live = selectors.applications_live(onestop_year_id=year.pk)
    accepted = [
        row for row in live if row.state in states.APPLICATION_ACCEPTED and row.given_yen > 0
    ]
    earlier = selectors.notice_current(onestop_year_id=year.pk)
    was_sent = earlier is not None and earlier.sent_on is not None and not earlier.is_withdrawal
    if not accepted and not was_sent:
        raise errors.NoticeNothingToSay()
    if earlier is not None:
        _move(earlier.pk, to=_State.REPLACED, now=now, actor=actor, reason="new_version")
    notice = _write(year, accepted, home_code=home_code, home_name=home_name, now=now)
    moves.move_note(notice, now=now, actor=actor)
    _applications_follow(accepted, now=now, actor=actor)
    return notice


def _write(
    year: models.OneStopYear,
    accepted: list[models.OneStopApplication],
    *,
    home_code: str,
    home_name: str,
    now: datetime,
) -> models.HomeNotice:
    last = models.HomeNotice.objects.filter(onestop_year=year).aggregate(top=Max("version"))["top"]
    notice = models.HomeNotice.objects.create(
        municipality_id=year.municipality_id,
        onestop_year=year,
        version=(last or 0) + 1,
        state=_State.MADE,
        is_withdrawal=not accepted,
        home_code=home_code,
        home_name=home_name,
        full_name=year.full_name,
        full_kana=year.full_kana,
        birth_date=year.birth_date,
        postal_code=year.postal_code,
        address=year.address,
        total_yen=sum(row.given_yen for row in accepted),
        made_at=now,
    )
    models.HomeNoticeLine.objects.bulk_create(
        models.HomeNoticeLine(
            notice=notice,
            application=row,
            position=position,
            donated_on=row.donation.donated_on,
            amount_yen=row.given_yen,
        )
        for position, row in enumerate(accepted)
    )
    return notice


def _applications_follow(
    accepted: list[models.OneStopApplication], *, now: datetime, actor: str
) -> None:
    """Those named before and unchanged go through `changed`, so that their record says so."""
    told = [row.pk for row in accepted if row.state not in states.APPLICATION_TO_NOTICE]
    made_before = [
        row.pk for row in accepted if row.pk in told and row.state != _Application.NOTICE_MADE
    ]
    services.applications_move(
        application_ids=made_before,
        to=_Application.CHANGED,
        now=now,
        actor=actor,
        reason="notice_made_anew",
    )
    to_move = [row.pk for row in accepted if row.pk not in told or row.pk in made_before]
    services.applications_move(
        application_ids=to_move, to=_Application.NOTICE_MADE, now=now, actor=actor
    )


@transaction.atomic
def notice_send(*, notice_id: int, sent_on: date, now: datetime, actor: str) -> None:
    """This will note that a notice was sent.

    Raises:
        InvalidTransition: it was sent, or replaced, before.
    """
    _move(notice_id, to=_State.SENT, now=now, actor=actor, sent_on=sent_on)
    _lines_move(notice_id, _Application.NOTICED, now=now, actor=actor)


@transaction.atomic
def notice_return(
    *,
    notice_id: int,
    returned_on: date,
    reason: str,
    step: str,
    note: str,
    now: datetime,
    actor: str,
) -> None:
    """This will note that a notice came back, why, and what is done next.

    Raises:
        NoticeReturnUnnamed: reason or next step is not one of the known.
        InvalidTransition: it was not out.
    """
    if reason not in states.ReturnReason.values or step not in states.ReturnStep.values:
        raise errors.NoticeReturnUnnamed()
    _move(
        notice_id,
        to=_State.RETURNED,
        now=now,
        actor=actor,
        reason=f"{reason},{step}",
        returned_on=returned_on,
        return_reason=reason,
        return_step=step,
        return_note=note[:500],
    )
    _lines_move(notice_id, _Application.NOTICE_RETURNED, now=now, actor=actor)


@transaction.atomic
def notice_resend(*, notice_id: int, sent_on: date, now: datetime, actor: str) -> None:
    """This will note that a notice that came back was sent again as it was.

    Raises:
        InvalidTransition: it had not come back.
    """
    _move(notice_id, to=_State.RESENT, now=now, actor=actor, sent_on=sent_on)
    _lines_move(notice_id, _Application.NOTICED, now=now, actor=actor)


def notice_done(*, notice_id: int, now: datetime, actor: str, reason: str = "") -> None:
    """This will note that nothing more is to be done for a notice.

    Raises:
        InvalidTransition: it never went out, or was replaced.
    """
    _move(notice_id, to=_State.DONE, now=now, actor=actor, reason=reason)


def _lines_move(notice_id: int, to: str, *, now: datetime, actor: str) -> None:
    """Applications that became void or changed meanwhile stay what they are."""
    froms = states.APPLICATION_TRANSITIONS[to]
    rows = models.OneStopApplication.objects.filter(
        notice_lines__notice_id=notice_id, state__in=sorted(froms)
    )
    services.applications_move(
        application_ids=list(rows.order_by("pk").values_list("pk", flat=True)),
        to=to,
        now=now,
        actor=actor,
    )

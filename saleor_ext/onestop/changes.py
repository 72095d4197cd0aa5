"""Reported changes (55-6): written by the donor, received by the office, or dropped."""

import functools
import secrets
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import moves
from saleor_ext.onestop import errors, models, selectors, services, states

_State = states.ChangeState
_move = functools.partial(
    moves.move_by_key, models.OneStopChange, transitions=states.CHANGE_TRANSITIONS
)


@transaction.atomic
def change_write(
    *,
    onestop_year: models.OneStopYear,
    after: Mapping[str, object],
    now: datetime,
    actor: str,
) -> models.OneStopChange:
    """This will keep what a donor reports as changed; one he wrote before is dropped.

    The caller holds the year. Keys of `after` are columns of `services.Person`.

    Raises:
        OnestopNothingAccepted: no application of the year was accepted.
        OnestopChangeEmpty: nothing differs.
    """
    rows = selectors.applications_live(onestop_year_id=onestop_year.pk)
    if not rows.filter(state__in=sorted(states.APPLICATION_ACCEPTED)).exists():
        raise errors.OnestopNothingAccepted()
    new = {name: _plain(value) for name, value in after.items()}
    old = {name: _plain(getattr(onestop_year, name)) for name in services.PERSON_FIELDS}
    differing = [name for name in services.PERSON_FIELDS if name in new and new[name] != old[name]]
    if not differing:
        raise errors.OnestopChangeEmpty()
    earlier = selectors.change_written(onestop_year_id=onestop_year.pk)
    if earlier is not None:
        change_drop(change_id=earlier.pk, now=now, actor=actor, reason="written_anew")
    change = models.OneStopChange.objects.create(
        onestop_year=onestop_year,
        public_id=secrets.token_hex(8),
        state=_State.WRITTEN,
        before={name: old[name] for name in differing},
        after={name: new[name] for name in differing},
        written_at=now,
    )
    moves.move_note(change, now=now, actor=actor)
    return change


@transaction.atomic
def change_receive(
    *, change_id: int, received_on: date, today: date, now: datetime, actor: str
) -> models.OneStopChange:
    """This will note that a report came in: the year's person is now as it says, and accepted
    applications, noticed ones too, are `changed`.

    Law: onestop_change

    Raises:
        OnestopReceivedInFuture: the day is to come.
        OnestopLate: it came in after the last day.
        InvalidTransition: it came in, or was dropped, before.
    """
    change = models.OneStopChange.objects.select_related("onestop_year").get(pk=change_id)
    if received_on > today:
        raise errors.OnestopReceivedInFuture()
    if received_on > change.onestop_year.deadline:
        raise errors.OnestopLate(deadline=change.onestop_year.deadline)
    year = models.OneStopYear.objects.select_for_update().get(pk=change.onestop_year_id)
    _move(change_id, to=_State.RECEIVED, now=now, actor=actor, received_on=received_on)
    for name, value in change.after.items():
        is_day = name == "birth_date" and value
        setattr(year, name, date.fromisoformat(str(value)) if is_day else value)
    year.save(update_fields=list(change.after))
    ids = [
        row.pk
        for row in selectors.applications_live(onestop_year_id=year.pk)
        if row.state in states.APPLICATION_ACCEPTED and row.state != states.ApplicationState.CHANGED
    ]
    services.applications_move(
        application_ids=ids,
        to=states.ApplicationState.CHANGED,
        now=now,
        actor=actor,
        reason="change_received",
    )
    change.refresh_from_db()
    return change


def change_drop(*, change_id: int, now: datetime, actor: str, reason: str) -> None:
    """This will drop a report that never came in.

    Raises:
        InvalidTransition: it came in, or was dropped, before.
    """
    _move(change_id, to=_State.DROPPED, now=now, actor=actor, reason=reason)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")

"""Writing about rehearsals: asked for, at work, done."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from saleor_ext.operation import models, states

_State = states.RehearsalState
# One that gave no sign of life for so long was ended from outside.
SILENT = timedelta(minutes=10)
KEPT = 20


@transaction.atomic
def rehearsal_begin(
    *,
    as_of: date,
    months: int,
    total: int,
    now: datetime,
    actor: str,
    declined_percent: int = 0,
    recovered_percent: int = 0,
) -> models.Rehearsal:
    """This will write down that a rehearsal is wanted, or return the one that is at work.

    One that fell silent is given up for it; of those that are over the latest ones are kept.
    """
    open_ones = models.Rehearsal.objects.select_for_update().filter(
        state__in=sorted(states.REHEARSAL_OPEN)
    )
    for rehearsal in open_ones:
        if is_at_work(rehearsal, now=now):
            return rehearsal
        _end(rehearsal.pk, to=_State.FAILED, now=now)
    old = models.Rehearsal.objects.order_by("-pk").values_list("pk", flat=True)[KEPT - 1 :]
    models.Rehearsal.objects.filter(pk__in=list(old)).delete()
    return models.Rehearsal.objects.create(
        as_of=as_of,
        months=months,
        declined_percent=declined_percent,
        recovered_percent=recovered_percent,
        total_count=total,
        actor=actor,
        asked_at=now,
        seen_at=now,
    )


def is_at_work(rehearsal: models.Rehearsal, *, now: datetime) -> bool:
    """This will say whether a rehearsal is still to be waited for."""
    return rehearsal.ended_at is None and now - rehearsal.seen_at < SILENT


def rehearsal_take(*, rehearsal_id: int, now: datetime) -> bool:
    """This will begin the work on it; False when somebody else has."""
    wanted = models.Rehearsal.objects.filter(pk=rehearsal_id, state=_State.WANTED)
    return wanted.update(state=_State.RUNNING, seen_at=now) == 1


def rehearsal_progress(*, rehearsal_id: int, done: int, now: datetime) -> None:
    """This will note how many memberships were gone through."""
    running = models.Rehearsal.objects.filter(pk=rehearsal_id, state=_State.RUNNING)
    running.update(done_count=done, seen_at=now)


def rehearsal_done(*, rehearsal_id: int, report: Mapping[str, Any], now: datetime) -> None:
    """This will keep the report."""
    running = models.Rehearsal.objects.filter(pk=rehearsal_id, state=_State.RUNNING)
    running.update(
        state=_State.DONE, report=dict(report), ended_at=now, seen_at=now, open_slot=None
    )


def rehearsal_fail(*, rehearsal_id: int, now: datetime) -> None:
    """This will note that an error ended it."""
    _end(rehearsal_id, to=_State.FAILED, now=now)


def _end(rehearsal_id: int, *, to: str, now: datetime) -> None:
    models.Rehearsal.objects.filter(
        pk=rehearsal_id, state__in=sorted(states.REHEARSAL_TRANSITIONS[to])
    ).update(state=to, ended_at=now, open_slot=None)

"""Writing about the place and the regular jobs."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from saleor_ext.operation import errors, models, place, states

REASON_MAX = 200


@transaction.atomic
def place_seal(*, here: place.Here) -> models.Place:
    """This will bind the database to the place of its first use. Later calls change nothing."""
    bound, is_new = models.Place.objects.get_or_create(
        pk=models.ONLY,
        defaults={"mark": here.mark, "parts": dict(here.parts), "bound_at": Now()},
    )
    if is_new:
        models.PlaceEvent.objects.create(
            kind=states.PlaceEventKind.SEALED, at=Now(), actor="first use", mark_after=here.mark
        )
    return bound


@transaction.atomic
def place_confirm(
    *, here: place.Here, mark: str, reason: str, actor: str, now: datetime
) -> models.Place:
    """This will bind the database to the present place, on a person's word.

    Args:
        here: the present place.
        mark: what the person read off and typed, so that no script confirms unseen.
        reason: why this is the right place, for those who come later.
        actor: who said so.
        now: the present moment.

    Raises:
        MarkMismatch: the typed mark is not that of this place.
        ReasonMissing: no reason was given.
    """
    _reason_check(reason)
    if mark != here.mark:
        raise errors.MarkMismatch()
    bound = models.Place.objects.select_for_update().get(pk=models.ONLY)
    if bound.mark == here.mark:
        return bound
    before = bound.mark
    bound.mark, bound.parts = here.mark, dict(here.parts)
    bound.bound_at, bound.is_confirmed = now, True
    bound.save()
    _event(states.PlaceEventKind.CONFIRMED, bound, reason, actor, now=now, before=before)
    return bound


@transaction.atomic
def charging_stop(*, reason: str, actor: str, now: datetime) -> bool:
    """This will stop all taking of donations; False when it was stopped already.

    Calls that are under way end as they end, and are written down.

    Raises:
        ReasonMissing: no reason was given.
    """
    return _charging_set(is_stopped=True, reason=reason, actor=actor, now=now)


@transaction.atomic
def charging_start(*, reason: str, actor: str, now: datetime) -> bool:
    """This will let donations be taken again; False when they were not stopped.

    Raises:
        ReasonMissing: no reason was given.
    """
    return _charging_set(is_stopped=False, reason=reason, actor=actor, now=now)


def _charging_set(*, is_stopped: bool, reason: str, actor: str, now: datetime) -> bool:
    _reason_check(reason)
    bound = models.Place.objects.select_for_update().get(pk=models.ONLY)
    if bound.is_charging_stopped == is_stopped:
        return False
    bound.is_charging_stopped = is_stopped
    bound.save(update_fields=["is_charging_stopped"])
    kind = states.PlaceEventKind.STOPPED if is_stopped else states.PlaceEventKind.STARTED
    _event(kind, bound, reason, actor, now=now, before=bound.mark)
    return True


def _reason_check(reason: str) -> None:
    if not reason.strip():
        raise errors.ReasonMissing()


def _event(
    kind: str, bound: models.Place, reason: str, actor: str, *, now: datetime, before: str
) -> None:
    models.PlaceEvent.objects.create(
        kind=kind,
        at=now,
        actor=actor[:100],
        reason=reason.strip()[:REASON_MAX],
        mark_before=before,
        mark_after=bound.mark,
    )


@contextlib.contextmanager
def job_noted(*, name: str) -> Iterator[dict[str, int]]:
    """This will note when a regular job began and how it ended, by the database's own clock.

    What is put into the dictionary is kept with it: numbers, never words about people.
    """
    models.JobRun.objects.update_or_create(name=name, defaults={"started_at": Now()})
    figures: dict[str, int] = {}
    try:
        yield figures
    except Exception:
        _job_end(name, is_good=False, figures=figures)
        raise
    _job_end(name, is_good=True, figures=figures)


def _job_end(name: str, *, is_good: bool, figures: Mapping[str, int]) -> None:
    models.JobRun.objects.filter(name=name).update(
        ended_at=Now(), is_good=is_good, figures=dict(figures)
    )

"""Writing about runs of the month: begun, under way, ended."""

from collections.abc import Mapping
from datetime import date, datetime

from saleor_ext.common.states import state_claim
from saleor_ext.operation import models, states

_State = states.RunState


def run_begin(*, as_of: date, now: datetime, actor: str) -> models.MonthRun:
    """This will note that a run up to a Japanese day has begun."""
    return models.MonthRun.objects.create(
        as_of=as_of, actor=actor[:100], started_at=now, seen_at=now
    )


def run_phase(*, run_id: int, phase: str, now: datetime) -> None:
    """This will note what a run is at from now on."""
    models.MonthRun.objects.filter(pk=run_id, state=_State.RUNNING).update(
        phase=states.RunPhase(phase).value, phase_at=now, seen_at=now
    )


def run_alive(*, run_id: int, now: datetime) -> None:
    """This will note that a run is still at work."""
    models.MonthRun.objects.filter(pk=run_id, state=_State.RUNNING).update(seen_at=now)


def run_planned(*, run_id: int, count: int, amount_yen: int) -> None:
    """This will note what the run found due; it may charge no more than that."""
    models.MonthRun.objects.filter(pk=run_id).update(planned_count=count, planned_yen=amount_yen)


def run_seen(*, run_id: int, figures: Mapping[str, int], now: datetime) -> None:
    """This will note how far a run has come: numbers, never words about people."""
    models.MonthRun.objects.filter(pk=run_id, state=_State.RUNNING).update(
        figures=dict(figures), seen_at=now
    )


def run_end(*, run_id: int, figures: Mapping[str, int], stopped: str, now: datetime) -> None:
    """This will note that a run has gone through everything; `stopped` is the code of what kept
    donations from being taken, "" when nothing did.

    Raises:
        InvalidTransition: it has ended already.
    """
    _end(
        run_id=run_id,
        to=_State.STOPPED if stopped else _State.DONE,
        now=now,
        figures=dict(figures),
        stopped=stopped[:40],
    )


def run_fail(*, run_id: int, figures: Mapping[str, int], now: datetime) -> None:
    """This will note that an error ended a run, and what it had done by then; without `figures`
    what was noted last stays.

    Raises:
        InvalidTransition: it has ended already.
    """
    changes = {"figures": dict(figures)} if figures else {}
    _end(run_id=run_id, to=_State.FAILED, now=now, **changes)


def _end(*, run_id: int, to: str, now: datetime, **changes: object) -> None:
    state_claim(
        models.MonthRun.objects.filter(pk=run_id),
        to=to,
        transitions=states.RUN_TRANSITIONS,
        seen_at=now,
        ended_at=now,
        **changes,
    )

"""The last runs of the month, for the staff page: who, when, how far, how they ended."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_ext.dashboard import messages
from saleor_ext.operation import models, selectors, states

# A run gives a sign of life with every batch; after this long without one it was cut off.
SILENT = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class RunLine:
    """One run. `handled` of `planned` months were asked for; `note` says what staff should know;
    `minutes_left` is how long the donations will still take, if anybody can say.
    """

    run: models.MonthRun
    actor: str
    handled: int
    note: str
    is_cut_off: bool
    seconds: int
    is_at_work: bool
    minutes_left: int | None

    @property
    def tone(self) -> str:
        """The colour of its state."""
        if self.run.state == states.RunState.DONE:
            return "good"
        return "wait" if self.is_at_work else "bad"


def run_lines(*, now: datetime, count: int) -> tuple[RunLine, ...]:
    """This will read the newest runs; one query."""
    return tuple(_line(run, now=now) for run in selectors.month_runs()[:count])


def _line(run: models.MonthRun, *, now: datetime) -> RunLine:
    is_running = run.state == states.RunState.RUNNING
    is_cut_off = is_running and now - run.seen_at > SILENT
    return RunLine(
        run=run,
        actor=messages.actor_words(run.actor),
        handled=int(run.figures.get("due", 0)),
        note="途中で終わったようです。つぎの処理が続きから進めます。"
        if is_cut_off
        else messages.stop_words(run.stopped),
        is_cut_off=is_cut_off,
        seconds=int((run.seen_at - run.started_at).total_seconds()),
        is_at_work=is_running and not is_cut_off,
        minutes_left=_minutes_left(run),
    )


def _minutes_left(run: models.MonthRun) -> int | None:
    """At the present speed, for the donations alone; None while nobody can say."""
    handled = int(run.figures.get("due", 0))
    if run.phase != states.RunPhase.CHARGING or run.phase_at is None or not handled:
        return None
    passed_s = (run.seen_at - run.phase_at).total_seconds()
    left = max(run.planned_count - handled, 0)
    return math.ceil(left * passed_s / handled / 60)

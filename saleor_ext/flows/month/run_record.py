"""The record of one run of the month: what it set out to charge, how far it has come, its end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from saleor_ext.flows.month import charge_run, charging
from saleor_ext.operation import runs
from saleor_ext.operation.states import RunPhase

SEEN_EVERY_S = 2.0
PLAN_EXCEEDED = "plan_exceeded"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run has come: what it is at, and of the donations how many of how many so far."""

    phase: RunPhase
    handled: int = 0
    planned: int = 0
    per_second: float = 0.0


@dataclass(kw_only=True)
class Record:
    """One run's row, and the bound it sets: never more yen than it found due at its beginning.

    Attributes:
        moment: the run's clock.
        tell: is told every other second how far the run has come.
        planned: how many months it set out to charge.
        left_yen: what the run may still begin to charge.
        refusal: the code of what was left to the next run because of the bound, or "".
    """

    run_id: int
    moment: Callable[[], datetime]
    tell: Callable[[Progress], None] = lambda progress: None
    left_yen: int = 0
    planned: int = 0
    refusal: str = ""
    _phase: RunPhase = RunPhase.PLANNING
    _phase_s: float = field(default_factory=time.monotonic)
    _seen_s: float = field(default_factory=time.monotonic)
    _counted: set[int] = field(default_factory=set)
    _figures: dict[str, int] = field(default_factory=dict)
    _stopped: str = ""

    def plan(self, *, count: int, amount_yen: int) -> None:
        """This will write down what is due, before any of it is charged."""
        self.left_yen, self.planned = amount_yen, count
        runs.run_planned(run_id=self.run_id, count=count, amount_yen=amount_yen)

    def bounded(self, cycles: charging.Cycles) -> charging.Cycles:
        """This will take those months that keep the run within its plan; the next run plans anew.

        A month that is taken counts even when nothing is charged for it after all, and counts once
        however often it is taken: it is paid once at most.
        """
        taken = []
        for cycle in cycles:
            if cycle.pk not in self._counted:
                if cycle.amount_yen > self.left_yen:
                    self.refusal = PLAN_EXCEEDED
                    continue
                self.left_yen -= cycle.amount_yen
                self._counted.add(cycle.pk)
            taken.append(cycle)
        return taken

    def phase(self, phase: RunPhase) -> None:
        """This will write down what the run is at from now on."""
        self._phase, self._phase_s = phase, time.monotonic()
        runs.run_phase(run_id=self.run_id, phase=phase, now=self.moment())

    def alive(self) -> None:
        """This will give a sign of life, every other second at most."""
        if self._is_time():
            runs.run_alive(run_id=self.run_id, now=self.moment())
            self.tell(Progress(phase=self._phase))

    def _is_time(self) -> bool:
        now_s = time.monotonic()
        is_time = now_s - self._seen_s >= SEEN_EVERY_S
        self._seen_s = now_s if is_time else self._seen_s
        return is_time

    def seen(self, tally: charge_run.Tally) -> None:
        """This will write down how far the run has come, every other second at most."""
        if self._is_time():
            passed_s = max(time.monotonic() - self._phase_s, 0.001)
            self.tell(
                Progress(
                    phase=self._phase,
                    handled=tally.due,
                    planned=self.planned,
                    per_second=tally.due / passed_s,
                )
            )
            figures = {name: value for name, value in asdict(tally).items() if name != "stopped"}
            runs.run_seen(run_id=self.run_id, figures=figures, now=self.moment())

    def report(self, figures: Mapping[str, int], *, stopped: str) -> None:
        """This will keep what came of the run, for its end."""
        self._figures, self._stopped = dict(figures), stopped

    def fail(self) -> None:
        """This will write down that an error ended the run."""
        runs.run_fail(run_id=self.run_id, figures=self._figures, now=self.moment())

    def end(self) -> None:
        """This will write down that the run has gone through everything."""
        runs.run_end(
            run_id=self.run_id, figures=self._figures, stopped=self._stopped, now=self.moment()
        )


@contextmanager
def recorded(
    *,
    as_of: date,
    moment: Callable[[], datetime],
    actor: str,
    tell: Callable[[Progress], None],
) -> Iterator[Record]:
    """This will keep a row for a run from its beginning to its end, whatever the end is."""
    run = runs.run_begin(as_of=as_of, now=moment(), actor=actor)
    record = Record(run_id=run.pk, moment=moment, tell=tell)
    try:
        yield record
    except Exception:
        record.fail()
        raise
    record.end()

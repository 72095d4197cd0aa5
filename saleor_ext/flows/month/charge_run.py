"""Receiving every donation that is due: batches of attempts are written, the provider is asked by
several callers at once, and what it says is written in batches while the next are being asked.

Any number of runs, in any number of processes, may do this at the same time and share the work.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.common import collector, jptime, registry
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.dunning import retrying
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import asking, callers, charging
from saleor_ext.flows.month.charging import ChargeResult
from saleor_ext.flows.swaps import waiting
from saleor_ext.membership import models, states
from saleor_ext.operation import gate
from saleor_ext.operation import selectors as operation_selectors

logger = logging.getLogger(__name__)

BATCH_LEAST, BATCH_MOST = 20, 500
PASSES = 2
GATE_EVERY_S = 1.0
# A batch should last about this long: longer leaves more open to the janitor when a run dies,
# shorter asks the database the same few things more often.
BATCH_S = 1.0


@dataclass(kw_only=True)
class Tally:
    """How many months were due and what became of them.

    `stopped` is the code of what keeps donations from being taken, "" when nothing does.
    """

    due: int = 0
    charged: int = 0
    declined: int = 0
    unknown: int = 0
    parked: int = 0
    left_out: int = 0
    donations_yen: int = 0
    stopped: str = ""

    def count(self, result: ChargeResult, *, amount_yen: int = 0) -> None:
        """This will count one month."""
        self.due += result not in {ChargeResult.NOT_DUE, ChargeResult.STOPPED}
        self.charged += result is ChargeResult.CHARGED
        self.declined += result is ChargeResult.DECLINED
        self.unknown += result is ChargeResult.UNKNOWN
        self.parked += result is ChargeResult.PARKED
        self.left_out += result is ChargeResult.LEFT_OUT
        self.donations_yen += amount_yen if result is ChargeResult.CHARGED else 0


def cycles_due(*, as_of: date, retries_until: date | None = None) -> QuerySet[models.Cycle]:
    """This will select the months whose donation is to be received now.

    Window-free: whatever is locked, due and not being worked on, however late it is. A month of
    an earlier year waits for its donor's word.

    Args:
        as_of: the day in Japan.
        retries_until: the last day whose retries are due, `as_of` when left out.
    """
    first_time = Q(next_try_on__isnull=True) & ~Exists(_attempts())
    return _chargeable(as_of=as_of).filter(Q(next_try_on__lte=retries_until or as_of) | first_time)


def _attempts() -> QuerySet[donation_models.PaymentAttempt]:
    return donation_models.PaymentAttempt.objects.filter(cycle_id=OuterRef("pk"))


def _chargeable(*, as_of: date) -> QuerySet[models.Cycle]:
    under_way = _attempts().filter(state__in=sorted(donation_states.ATTEMPT_OPEN))
    held = operation_selectors.catch_up_held().filter(cycle_id=OuterRef("pk"))
    return models.Cycle.objects.filter(
        ~Exists(under_way),
        ~Exists(held),
        ~waiting.waiting(),
        year_gate.may_be_given_in(year=as_of.year),
        state=states.CycleState.LOCKED,
        kind=states.CycleKind.DONATION,
        charge_on__lte=as_of,
        membership__state__in=sorted(states.MEMBERSHIP_CHARGEABLE),
    )


def cycles_due_now(*, as_of: date, now: datetime) -> QuerySet[models.Cycle]:
    """This will select the same at a moment: retries wait for the town's time of day."""
    return cycles_due(as_of=as_of, retries_until=retrying.retries_until(as_of=as_of, now=now))


def cycles_due_parts(*, as_of: date, now: datetime, after_id: int) -> list[QuerySet[models.Cycle]]:
    """This will select the same behind a key in two parts: what was never asked for, and what is
    tried again.

    Batch after batch is read of them; joined by OR, or with attempts before that key, PostgreSQL
    would read every attempt there ever was for each batch.
    """
    until = retrying.retries_until(as_of=as_of, now=now)
    chargeable = _chargeable(as_of=as_of).filter(pk__gt=after_id)
    attempts = _attempts().filter(cycle_id__gt=after_id)
    return [
        chargeable.filter(~Exists(attempts), next_try_on__isnull=True),
        chargeable.filter(next_try_on__lte=until),
    ]


def retry_is_due(*, now: datetime) -> bool:
    """This will say whether a declined month is to be tried again at this moment."""
    due = cycles_due_now(as_of=jptime.jst_date(now), now=now)
    return not gate.status().refusal and due.filter(next_try_on__isnull=False).exists()


def charge_due(
    *,
    as_of: date,
    moment: Callable[[], datetime],
    actor: str,
    tell: Callable[[Tally], None] = lambda tally: None,
    bounded: Callable[[charging.Cycles], charging.Cycles] = lambda cycles: cycles,
) -> Tally:
    """This will receive every donation due on `as_of` (a Japanese day).

    Args:
        as_of: the day.
        moment: a clock; attempts bear the moment at which they were really written.
        actor: who caused it.
        tell: is told from time to time how far it has come.
        bounded: leaves out of some months those that would go beyond the run's bounds.
    """
    tally = Tally(stopped=gate.status().refusal)
    if tally.stopped:
        return tally
    # Inside a test's transaction one at a time, so that the provider's answers keep their order.
    workers = 0 if connection.in_atomic_block else settings.CHARGE_CONCURRENCY
    with (
        collector.rarely(),
        callers.Callers(workers, per_second=settings.CHARGE_RATE) as called,
    ):
        run = _Run(
            as_of=as_of, moment=moment, actor=actor, called=called, tally=tally, bounded=bounded
        )
        goes_on = True
        while goes_on:
            goes_on = run.step()
            tell(tally)
    return tally


class _Run:
    """One run's way through the months that are due."""

    def __init__(
        self,
        *,
        as_of: date,
        moment: Callable[[], datetime],
        actor: str,
        called: callers.Callers,
        tally: Tally,
        bounded: Callable[[charging.Cycles], charging.Cycles],
    ) -> None:
        self.as_of, self.moment, self.actor = as_of, moment, actor
        self.called, self.tally, self.bounded = called, tally, bounded
        self.last_id, self.part, self.claimed, self.passes_left = 0, 0, 0, PASSES
        self.gate_asked_s = time.monotonic()
        self.size, self.written_s = BATCH_LEAST, time.monotonic()

    def step(self) -> bool:
        """This will begin some months or write down some answers; False when all is done."""
        self._gate_ask()
        self._end_notice()
        if self.passes_left and self.called.waiting < self.size:
            self._claim()
            return True
        answers = self.called.take(at_least=self.size)
        self._write(answers)
        self._end_notice()
        self._size_fit(len(answers))
        return bool(self.passes_left or self.called.outstanding)

    def _size_fit(self, count: int) -> None:
        """Batches grow and shrink with what the provider lets through."""
        now_s = time.monotonic()
        per_second = count / max(now_s - self.written_s, 0.001)
        self.written_s = now_s
        self.size = min(max(int(per_second * BATCH_S), BATCH_LEAST), BATCH_MOST)

    def _gate_ask(self) -> None:
        """A stop holds for everything the provider has not been asked yet."""
        if time.monotonic() - self.gate_asked_s < GATE_EVERY_S or self.tally.stopped:
            return
        self.gate_asked_s = time.monotonic()
        self._stop(gate.status().refusal)

    def _stop(self, refusal: str) -> None:
        if refusal:
            self.tally.stopped = refusal
            self.passes_left = 0
            self.called.stop()

    def _claim(self) -> None:
        parts = cycles_due_parts(as_of=self.as_of, now=self.moment(), after_id=self.last_id)
        self.last_id, begun = charging.cycles_claim(
            due=parts[self.part],
            limit=self.size,
            now=self.moment(),
            actor=self.actor,
            bounded=self.bounded,
        )
        for result in begun.results:
            self.tally.count(result)
        if ChargeResult.STOPPED in begun.results:
            self._stop(gate.status().refusal)
        self.claimed += len(begun.asks)
        self._ask(begun.asks)
        if not self.last_id:
            self.part = (self.part + 1) % len(parts)
        if not self.last_id and not self.part:
            # Once more from the start, for months that were passed over because somebody held them.
            self.passes_left = self.passes_left - 1 if self.claimed else 0
            self.claimed = 0

    def _ask(self, asks: Sequence[asking.Ask]) -> None:
        try:
            self.called.put(asks, provider=registry.payment_provider())
        except provider_errors.ProviderError as error:
            self._write([(ask, error) for ask in asks])

    def _write(self, answers: Sequence[tuple[asking.Ask, asking.Answer]]) -> None:
        results = charging.answers_write(answers, now=self.moment(), actor=self.actor)
        for (ask, _), result in zip(answers, results, strict=True):
            self.tally.count(result, amount_yen=ask.request.amount_yen)

    def _end_notice(self) -> None:
        """A provider that does not let us in, or does not answer, says nothing about a donor: the
        run ends there, and the next one goes on.
        """
        if self.called.ended_by and not self.tally.stopped:
            logger.error("charging ends: %s, %s", self.called.ended_by, self.called.ended_code)
            self._stop(self.called.ended_by)

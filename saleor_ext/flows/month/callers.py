"""Asking the provider several things at a time, without touching the database."""

import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from django.db import connections

from saleor_ext.common.patience import Patience
from saleor_ext.contracts.errors import UNANSWERED, ProviderError, ProviderLockedOut
from saleor_ext.contracts.payment import PaymentProvider
from saleor_ext.flows.month import asking, pacing
from saleor_ext.flows.month.asking import Answer, Ask, NotAsked

# The janitor takes an attempt for lost after `settle.FRESH`. By then the call must be over: what
# has waited this long is not asked any more, and a call takes no longer than the rest.
ASK_WITHIN_S = 60.0
LOOK_UP_S = 0.5
# Whoever writes batches computes for long; a caller whose answer came would wait 5 ms for him each
# time he wants to go on, some five times a call, while the provider has nothing to do.
SWITCH_S = 0.0005
# So many calls in a row without an answer are no accident. Going on would leave one unknown attempt
# after another behind, each a time-out long.
AWAY_AFTER = 20
LOCKED_OUT, AWAY = "provider_locked_out", "provider_away"

Answered = tuple[Ask, Answer]


@dataclass(frozen=True, kw_only=True)
class _Call:
    ask: Ask
    provider: PaymentProvider
    put_s: float


class Callers:
    """Threads that ask the provider; without any, the one that takes the answers asks as well.

    One thread puts asks in and takes answers out. Leaving the context ends the threads; what they
    have not asked by then stays unasked and unanswered.

    With `per_second` one more thread hands an ask to a free caller whenever its slot has come.
    """

    def __init__(self, workers: int, *, per_second: float = 0) -> None:
        self.outstanding = 0
        # Why nobody is asked any more, and the provider's own code for it.
        self.ended_by, self.ended_code = "", ""
        self._patience = Patience(most=AWAY_AFTER)
        self._put: SimpleQueue[_Call | None] = SimpleQueue()
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._answers: deque[Answered | BaseException] = deque()
        # Whoever takes the answers is woken once for many of them, not for each.
        self._wanted, self._are_enough = 0, threading.Event()
        self._is_stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"caller-{number}", daemon=True)
            for number in range(workers)
        ]
        # One word for each caller that is free, so that they can be counted.
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in self._threads:
            self._free.put(None)
        self._switch_before_s = sys.getswitchinterval()
        self._pacer: threading.Thread | None = None
        if workers and per_second:
            slots = pacing.Slots(per_second)
            self._pacer = threading.Thread(
                target=self._hand_out, args=[slots], name="pacer", daemon=True
            )

    def __enter__(self) -> Self:
        if self._threads:
            sys.setswitchinterval(SWITCH_S)
        for thread in [*self._threads, *filter(None, [self._pacer])]:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._pacer:
            self._put.put(None)
            self._pacer.join()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        sys.setswitchinterval(self._switch_before_s)

    @property
    def waiting(self) -> int:
        """How many asks nobody has taken up yet."""
        return self._put.qsize() + self._calls.qsize()

    def put(self, asks: Sequence[Ask], *, provider: PaymentProvider) -> None:
        """This will have the provider asked. The attempts must have been committed just now."""
        now_s = time.monotonic()
        queue = self._put if self._pacer else self._calls
        for ask in asks:
            queue.put(_Call(ask=ask, provider=provider, put_s=now_s))
        self.outstanding += len(asks)

    def take(self, *, at_least: int) -> list[Answered]:
        """This will wait for that many answers, for all there are to be, or for half a second."""
        if not self._threads:
            return self._ask_here(at_least)
        self._wanted = min(at_least, self.outstanding)
        self._are_enough.clear()
        if len(self._answers) < self._wanted:
            self._are_enough.wait(LOOK_UP_S)
        taken: list[Answered] = []
        while self._answers:
            said = self._answers.popleft()
            if isinstance(said, BaseException):
                raise said
            taken.append(said)
        self.outstanding -= len(taken)
        return taken

    def stop(self) -> None:
        """This will leave unasked what has not been asked; each ask still gets an answer."""
        self._is_stopped.set()
        self._free.put(None)  # whoever waits for a free caller need not wait any more

    def _ask_here(self, at_least: int) -> list[Answered]:
        taken: list[Answered] = []
        while self.outstanding and len(taken) < at_least:
            call = self._calls.get()
            if call is not None:
                self.outstanding -= 1
                taken.append((call.ask, self._said(call)))
        return taken

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                self._answered((call.ask, self._said(call)))
            except BaseException as broken:  # noqa: BLE001  raised where the answers are taken
                self._broke(broken)
                return
            finally:
                self._free.put(None)

    def _hand_out(self, slots: pacing.Slots) -> None:
        try:
            while (call := self._put.get()) is not None:
                if not self._is_stopped.is_set():
                    self._free.get()
                    more = min(self._free.qsize(), self._put.qsize())
                    slots.wait(self._is_stopped, usable=1 + more)
                self._calls.put(call)
        except BaseException as broken:  # noqa: BLE001  raised where the answers are taken
            self._broke(broken)
        finally:
            connections.close_all()

    def _broke(self, broken: BaseException) -> None:
        self._wanted = 0
        self._answered(broken)

    def _answered(self, said: Answered | BaseException) -> None:
        self._answers.append(said)
        if len(self._answers) >= self._wanted:
            self._are_enough.set()

    def _said(self, call: _Call) -> Answer:
        is_late = time.monotonic() - call.put_s > ASK_WITHIN_S
        if is_late or self._is_stopped.is_set():
            return NotAsked()
        said = asking.asked(call.ask, provider=call.provider)
        self._end_notice(said)
        return said

    def _end_notice(self, said: Answer) -> None:
        """Whom it does not let in, or does not answer, for one donor: so it goes with the next."""
        self._patience.count(is_answered=not isinstance(said, UNANSWERED))
        if isinstance(said, ProviderLockedOut):
            self._end(LOCKED_OUT, said.code)
        elif isinstance(said, ProviderError) and self._patience.is_away:
            self._end(AWAY, said.code)

    def _end(self, why: str, code: str) -> None:
        self.ended_code, self.ended_by = code, self.ended_by or why
        self.stop()

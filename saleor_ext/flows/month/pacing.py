"""Keeping to what the payment provider allows in a second, together with every other run."""

import threading
import time

from saleor_ext.operation import pacing

NAME = "charges"
# As long as the slots last at most that one process takes at a time: shorter asks the database
# more often, longer lets two processes drift out of step.
BLOCK_S = 0.1
LATE_S = pacing.LATE.total_seconds()


class Slots:
    """Slots in which the provider may be asked, for one thread.

    Every slot is used at its time or hardly later, or not at all. Otherwise all who were held up by
    the same thing would come back at once with what they had missed, and ask for more together than
    the pace allows.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._block = max(1, int(per_second * BLOCK_S))
        self._left, self._next_s = 0, 0.0

    def wait(self, is_stopped: threading.Event, *, usable: int) -> None:
        """This will wait for the next slot, or until somebody stops. `usable` says how many could
        be used now: no more are taken, or others would have to do without them.
        """
        if not self._left or time.monotonic() - self._next_s > LATE_S:
            self._take(min(self._block, usable))
        is_stopped.wait(max(self._next_s - time.monotonic(), 0))
        self._next_s += 1 / self._per_second
        self._left -= 1

    def _take(self, count: int) -> None:
        begins_in_s = pacing.slots_take(name=NAME, count=count, per_second=self._per_second)
        self._left = count
        self._next_s = max(self._next_s, time.monotonic() + begins_in_s)

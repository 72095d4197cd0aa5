"""Keeping to what the payment provider allows in a second, together with every other run."""

import threading
import time

from saleor_ext.operation import pacing

NAME = "charges"
# As long as the slots last that one process takes at a time: shorter asks the database more
# often, longer lets two processes drift out of step.
BLOCK_S = 0.1


class Slots:
    """Slots in which the provider may be asked, for one thread."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._block = max(1, int(per_second * BLOCK_S))
        self._left, self._next_s = 0, 0.0

    def wait(self, is_stopped: threading.Event) -> None:
        """This will wait for the next slot, or until somebody stops."""
        if not self._left:
            self._take()
        is_stopped.wait(max(self._next_s - time.monotonic(), 0))
        self._next_s += 1 / self._per_second
        self._left -= 1

    def _take(self) -> None:
        begins_in_s = pacing.slots_take(name=NAME, count=self._block, per_second=self._per_second)
        self._left = self._block
        self._next_s = max(self._next_s, time.monotonic() + begins_in_s)

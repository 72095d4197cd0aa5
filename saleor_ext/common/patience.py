"""When to stop asking somebody outside who does not answer."""

import math
import threading
import time


class Patience:
    """What calls to one place, one after another or side by side, know of each other.

    It is over once `most` calls in a row were not answered, or after `most_s` seconds. Whoever
    meets with it leaves the rest for the next time: else each call would wait for its time-out,
    and all workers with it.
    """

    def __init__(self, *, most: int, most_s: float = math.inf) -> None:
        self._most, self._ends_s = most, time.monotonic() + most_s
        self._lock, self._in_a_row = threading.Lock(), 0

    def count(self, *, is_answered: bool) -> None:
        """This will count one call. Whatever was answered, somebody is there; a call that was lost,
        cut off or turned away for now was not answered.
        """
        with self._lock:
            self._in_a_row = 0 if is_answered else self._in_a_row + 1

    @property
    def is_away(self) -> bool:
        """Nobody seems to be there."""
        return self._in_a_row >= self._most

    @property
    def is_over(self) -> bool:
        """Nothing more is asked this time."""
        return self.is_away or time.monotonic() >= self._ends_s

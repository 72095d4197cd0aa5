"""How steadily calls came in, by the moments at which the one who was called heard them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

LONG_S = 10


@dataclass(frozen=True, kw_only=True)
class Steadiness:
    """Calls a second between the end of the first second and the last full one: on the whole, and
    in the fullest and the emptiest second and ten seconds, wherever these begin.
    """

    seconds: int
    mean: float
    fullest: float
    emptiest: float
    fullest_long: float
    emptiest_long: float


def steadiness(moments: Sequence[float]) -> Steadiness:
    """This will look at moments in seconds by any clock, in any order.

    Raises:
        ValueError: they lie within less than twelve seconds, too few to say anything.
    """
    first = min(moments)
    end = int(max(moments) - first)
    if end < LONG_S + 2:
        raise ValueError(f"{end} seconds are too few")
    seen = sorted(moment - first for moment in moments if 1 <= moment - first < end)
    fullest, emptiest = _extremes(seen, end=end, length=1)
    fullest_long, emptiest_long = _extremes(seen, end=end, length=LONG_S)
    return Steadiness(
        seconds=end - 1,
        mean=len(seen) / (end - 1),
        fullest=fullest,
        emptiest=emptiest,
        fullest_long=fullest_long,
        emptiest_long=emptiest_long,
    )


def _extremes(seen: Sequence[float], *, end: int, length: int) -> tuple[float, float]:
    """The fullest stretch begins with a call, the emptiest right behind one."""
    begins = [1.0, *(moment for moment in seen if moment + length <= end)]
    most = max(bisect_left(seen, begin + length) - bisect_left(seen, begin) for begin in begins)
    least = min(bisect_left(seen, begin + length) - bisect_right(seen, begin) for begin in begins)
    return most / length, least / length

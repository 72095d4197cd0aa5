"""Slots of the common pace in one process: used at their time, or hardly later, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from saleor_ext.flows.month import pacing

PER_SECOND = 100


@dataclass
class Clock:
    """A clock that goes on by waiting only, and what was taken of the pace at which moment."""

    now_s: float = 1000.0
    free_s: float = 1000.0
    taken: list[int] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def slots_take(self, *, name: str, count: int, per_second: float) -> float:
        begin_s = max(self.free_s, self.now_s - pacing.LATE_S)
        self.free_s = begin_s + count / per_second
        self.taken.append(count)
        return begin_s - self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pacing.time, "monotonic", lambda: made.now_s)
    monkeypatch.setattr(pacing.pacing, "slots_take", made.slots_take)
    return made


def asker(clock: Clock, *, usable: int = 1000) -> Callable[[], float]:
    """One process; each call says when it may ask."""
    slots = pacing.Slots(PER_SECOND)

    def ask() -> float:
        slots.wait(clock, usable=usable)  # type: ignore[arg-type]
        return clock.now_s - 1000

    return ask


def moments(ask: Callable[[], float], count: int) -> Iterator[float]:
    return (pytest.approx(ask(), abs=1e-6) for _ in range(count))


def test_slots_follow_each_other_at_the_pace(clock: Clock) -> None:
    ask = asker(clock)

    assert list(moments(ask, 25)) == [number / PER_SECOND for number in range(25)]
    assert clock.taken == [10, 10, 10]


def test_only_as_many_are_taken_as_can_be_used(clock: Clock) -> None:
    ask = asker(clock, usable=3)

    assert list(moments(ask, 7)) == [number / PER_SECOND for number in range(7)]
    assert clock.taken == [3, 3, 3]


def test_who_is_a_little_late_catches_up(clock: Clock) -> None:
    # given
    ask = asker(clock)
    ask()

    # when
    clock.wait(0.05)

    # then four that were missed and the next are asked at once, and all goes on as before
    assert list(moments(ask, 8)) == [0.05] * 5 + [0.06, 0.07, 0.08]


def test_who_was_held_up_for_long_does_without_what_he_missed(clock: Clock) -> None:
    # given four processes that have begun with ten slots each
    processes = [asker(clock) for _ in range(4)]
    for ask in processes:
        ask()

    # when something holds up all of them, and then each goes on as fast as it may
    clock.wait(5)
    asked = side_by_side(clock, processes, for_s=2.0)

    # then they ask at the pace and for what a little lateness allows, not for all they missed
    in_first_second = sum(moment < 1 for moment in asked)
    assert in_first_second <= PER_SECOND * (1 + pacing.LATE_S)
    assert sum(1 <= moment < 2 for moment in asked) == PER_SECOND


def side_by_side(
    clock: Clock, processes: list[Callable[[], float]], *, for_s: float
) -> list[float]:
    """When they ask, from now on. Each has its own moments: the one that is behind goes on next."""
    began_s = clock.now_s
    nows_s, asked = [began_s] * len(processes), []
    while (behind_s := min(nows_s)) < began_s + for_s:
        number, clock.now_s = nows_s.index(behind_s), behind_s
        processes[number]()
        nows_s[number] = clock.now_s
        asked.append(round(clock.now_s - began_s, 6))
    return asked

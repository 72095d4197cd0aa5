"""The threads that ask the provider: how fast, how many at a time, what a stop leaves unasked."""

import threading
import time
from collections.abc import Callable

import pytest

from saleor_ext.contracts import errors
from saleor_ext.contracts.payment import ChargeRequest, ChargeState, Outcome
from saleor_ext.contracts.types import Yen
from saleor_ext.flows.month import callers, pacing
from saleor_ext.flows.month.asking import Ask, NotAsked
from saleor_ext.operation import pacing as slots
from tests.builders.provider import MemoryProvider


class Provider(MemoryProvider):
    """Says yes, after doing something first."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.first = first
        self.asked_s: list[float] = []

    def charge_off_session(self, request: ChargeRequest) -> ChargeState:
        self.asked_s.append(time.monotonic())
        self.first()
        return super().charge_off_session(request)


def asks(count: int) -> list[Ask]:
    return [
        Ask(
            attempt_id=number,
            cycle_id=number,
            membership_id=number,
            request=ChargeRequest(
                key=f"key-{number}", amount_yen=Yen(3000), customer_ref="cus", description=""
            ),
        )
        for number in range(count)
    ]


def all_answers(called: callers.Callers) -> list[callers.Answered]:
    answers: list[callers.Answered] = []
    while called.outstanding:
        answers += called.take(at_least=1000)
    return answers


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_each_ask_gets_its_own_answer(workers: int) -> None:
    # given
    provider = Provider()

    # when
    with callers.Callers(workers) as called:
        called.put(asks(50), provider=provider)
        answers = all_answers(called)

    # then
    assert sorted(ask.attempt_id for ask, _ in answers) == list(range(50))
    for ask, said in answers:
        assert isinstance(said, ChargeState)
        assert (said.key, said.outcome) == (ask.request.key, Outcome.SUCCEEDED)


def test_as_many_are_asked_at_a_time_as_there_are_callers() -> None:
    # given three who wait for each other
    barrier = threading.Barrier(3, timeout=10)
    provider = Provider(lambda: barrier.wait() and None)

    # when
    with callers.Callers(3) as called:
        called.put(asks(9), provider=provider)
        answers = all_answers(called)

    # then
    assert len(answers) == 9
    assert not barrier.broken


def test_a_stop_leaves_unasked_what_has_not_been_asked() -> None:
    # given a provider who is being asked for the first one
    is_asked, may_answer = threading.Event(), threading.Event()

    def wait() -> None:
        is_asked.set()
        may_answer.wait(10)

    provider = Provider(wait)
    with callers.Callers(1) as called:
        called.put(asks(5), provider=provider)
        assert is_asked.wait(10)

        # when
        called.stop()
        may_answer.set()
        answers = {ask.attempt_id: said for ask, said in all_answers(called)}

    # then
    assert isinstance(answers[0], ChargeState)
    assert all(isinstance(answers[number], NotAsked) for number in range(1, 5))
    assert provider.calls == ["charge key-0"]


def test_what_has_waited_too_long_is_not_asked_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    # given the janitor would soon take the attempts for lost
    monkeypatch.setattr(callers, "ASK_WITHIN_S", -1.0)
    provider = Provider()

    # when
    with callers.Callers(2) as called:
        called.put(asks(3), provider=provider)
        answers = all_answers(called)

    # then
    assert [type(said) for _, said in answers] == [NotAsked] * 3
    assert provider.calls == []


def trouble_of(*codes: str) -> Callable[[], None]:
    """What lies in the way of each ask in turn, "" for nothing."""
    left = list(codes)

    def raise_it() -> None:
        code = left.pop(0) if left else ""
        if code:
            raise errors.ProviderUnknown(code)

    return raise_it


def test_a_provider_that_answers_nobody_is_not_asked_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setattr(callers, "AWAY_AFTER", 3)
    provider = Provider(trouble_of("timeout", "timeout", "", *["timeout"] * 10))

    # when
    with callers.Callers(1) as called:
        called.put(asks(9), provider=provider)
        answers = {ask.attempt_id: type(said) for ask, said in all_answers(called)}

    # then two lost, an answer, three more lost, and nobody after that
    lost = errors.ProviderUnknown
    assert [answers[number] for number in range(6)] == [lost, lost, ChargeState, lost, lost, lost]
    assert [answers[number] for number in range(6, 9)] == [NotAsked] * 3
    assert (called.ended_by, called.ended_code) == ("provider_away", "timeout")
    assert len(provider.asked_s) == 6


@pytest.mark.parametrize("per_second", [0, 1000])
def test_what_ends_a_caller_is_raised_where_the_answers_are_taken(
    per_second: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    class Ended(BaseException):
        pass

    def end() -> None:
        raise Ended

    def ask_all() -> None:
        with callers.Callers(2, per_second=per_second) as called:
            called.put(asks(10), provider=Provider(end))
            all_answers(called)

    _alone(monkeypatch)

    # when
    with pytest.raises(Ended):
        ask_all()

    # then
    assert [thread.name for thread in threading.enumerate() if "caller" in thread.name] == []


def test_the_pace_is_kept_by_any_number_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    _alone(monkeypatch)
    provider = Provider()

    # when
    with callers.Callers(8, per_second=100) as called:
        called.put(asks(40), provider=provider)
        all_answers(called)

    # then
    took_s = provider.asked_s[-1] - provider.asked_s[0]
    assert took_s >= 39 / 100 - slots.LATE.total_seconds() - 0.01


def test_no_more_slots_are_taken_than_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a slow provider, two callers, and a pace of ten slots at a time
    taken = []

    def slots_take(**given: float) -> float:
        taken.append(given["count"])
        return -slots.LATE.total_seconds()

    monkeypatch.setattr(pacing.pacing, "slots_take", slots_take)
    provider = Provider(lambda: time.sleep(0.01))

    # when
    with callers.Callers(2, per_second=100) as called:
        called.put(asks(7), provider=provider)
        all_answers(called)

    # then nobody else had to do without any
    assert sum(taken) == 7
    assert max(taken) <= 2


def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else wants slots, and no database is asked for them."""
    monkeypatch.setattr(pacing.pacing, "slots_take", lambda **kwargs: -slots.LATE.total_seconds())

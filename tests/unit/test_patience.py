"""When somebody outside who does not answer is left alone for a while."""

import time

import pytest

from saleor_ext.common.patience import Patience


def told(patience: Patience, *answers: bool) -> Patience:
    for is_answered in answers:
        patience.count(is_answered=is_answered)
    return patience


def test_some_calls_without_an_answer_are_an_accident() -> None:
    patience = told(Patience(most=3), False, False)

    assert (patience.is_away, patience.is_over) == (False, False)


def test_so_many_in_a_row_are_not() -> None:
    patience = told(Patience(most=3), False, False, False)

    assert (patience.is_away, patience.is_over) == (True, True)


def test_an_answer_begins_the_count_anew() -> None:
    patience = told(Patience(most=3), False, False, True, False, False)

    assert not patience.is_over


def test_its_time_ends_it_without_anybody_being_away(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    began_s = time.monotonic()
    patience = Patience(most=3, most_s=45)
    before = patience.is_over

    # when
    monkeypatch.setattr(time, "monotonic", lambda: began_s + 46)

    # then
    assert (before, patience.is_over, patience.is_away) == (False, True, False)

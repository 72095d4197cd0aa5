"""Whole yen: nothing is lost, nothing is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_ext.common import money
from saleor_ext.contracts.types import Yen

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=20).filter(any)


@given(total_yen=AMOUNTS, weights=WEIGHTS)
def test_the_parts_of_a_split_add_up_to_the_whole(total_yen, weights):
    parts = money.split_yen(Yen(total_yen), weights)

    assert sum(parts) == total_yen
    assert len(parts) == len(weights)


@given(total_yen=AMOUNTS, weights=WEIGHTS)
def test_no_part_is_a_yen_or_more_away_from_its_exact_share(total_yen, weights):
    parts = money.split_yen(Yen(total_yen), weights)

    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total_yen * weight) < sum(weights)


@given(total_yen=AMOUNTS, weights=WEIGHTS)
def test_who_has_no_weight_gets_nothing(total_yen, weights):
    parts = money.split_yen(Yen(total_yen), weights)

    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(total_yen=AMOUNTS, weights=WEIGHTS)
def test_the_same_split_gives_the_same_parts(total_yen, weights):
    assert money.split_yen(Yen(total_yen), weights) == money.split_yen(Yen(total_yen), weights)


def test_what_is_left_over_goes_to_the_first_of_equals():
    assert money.split_yen(Yen(1_000), [1, 1, 1]) == [334, 333, 333]
    assert money.split_yen(Yen(10_000), [2, 3, 2]) == [2857, 4286, 2857]


@pytest.mark.parametrize("weights", [[], [0], [0, 0, 0]])
def test_a_split_without_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights must add up"):
        money.split_yen(Yen(1_000), weights)


@pytest.mark.parametrize(
    ("part_yen", "whole_yen", "is_within"),
    [
        (3_000, 10_000, True),
        (3_001, 10_000, False),
        (0, 10_000, True),
        (900, 3_000, True),
        (901, 3_000, False),
        (1, 3, False),
        (30_000_000_000_001, 100_000_000_000_000, False),
    ],
)
def test_thirty_percent_is_exact_to_the_yen(part_yen, whole_yen, is_within):
    found = money.percent_is_within(part_yen=part_yen, whole_yen=whole_yen, percent=30)

    assert found is is_within


@pytest.mark.parametrize(
    ("amount_yen", "words"),
    [(0, "0円"), (999, "999円"), (12_000, "12,000円"), (2_147_483_648, "2,147,483,648円")],
)
def test_amounts_are_written_as_on_paper(amount_yen, words):
    assert money.words(amount_yen) == words

"""The number on a form: printed, typed, and checked."""

import pytest

from saleor_ext.common import my_number
from saleor_ext.onestop import numbers


def test_a_number_names_year_and_receipt_and_ends_in_a_check_digit():
    assert numbers.number_make(year=2026, receipt_number=123, turn=0) == "2026-000123-3"
    assert numbers.number_make(year=2026, receipt_number=123, turn=1) == "2026-000123-4"


def test_no_neighbouring_number_has_the_same_digit_for_one_wrong_place():
    made = {numbers.number_make(year=2026, receipt_number=n, turn=0)[-1] for n in range(10)}

    assert len(made) == 10


@pytest.mark.parametrize(
    "typed", ["2026-000123-3", "20260001233", " ２０２６－０００１２３－３ ", "2026ー000123ー3"]
)
def test_a_number_is_read_as_it_is_typed(typed):
    assert numbers.number_read(typed) == "2026-000123-3"


def test_what_is_no_number_is_read_as_none():
    assert numbers.number_read("12345") == ""
    assert not my_number.is_held_in("2026-000123-3")

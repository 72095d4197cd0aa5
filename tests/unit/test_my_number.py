"""Individual numbers are recognised however they are written. All here are made up."""

import pytest

from saleor_ext.common import my_number
from saleor_ext.contracts import individual_number

ELEVEN = "10000000001"
NUMBER = ELEVEN + str(individual_number.check_digit(ELEVEN))


def test_the_check_digit_is_that_of_the_ministrys_formula():
    # 123456789018: 1*6+2*5+3*4+4*3+5*2+6*7+7*6+8*5+9*4+0*3+1*2 = 212, 212 mod 11 = 3, 11 - 3 = 8
    assert individual_number.check_digit("12345678901") == 8


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"番号は{NUMBER}です",
        "123456789018",
        "1234 5678 9018",
        "1234-5678-9018",
        "1234－5678ー9018",
        "１２３４５６７８９０１８",
        "１２３４　５６７８　９０１８",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1234\n5678\n9018",
        "一二三四五六七八九〇一八",
        "090-0000-1111 123456789018",
    ],
)
def test_a_number_is_seen_however_it_is_written(text):
    assert my_number.is_held_in(text)
    assert not my_number.is_held_in(my_number.masked(text))
    with pytest.raises(my_number.MyNumberRefused) as caught:
        my_number.refuse(text, field="note")
    assert caught.value.fields == {"field": "note"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "090-0000-1111",
        "789-9901",
        "123456789012",
        "1234567890180",
        "架空町1-2-3",
        "2026-000123-4",
        "4242 4242 4242 4242",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not my_number.is_held_in(text)
    assert my_number.masked(text) == text

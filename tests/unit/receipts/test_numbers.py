"""Numbers as they are printed, and the codes by which receipts are checked."""

import pytest

from saleor_ext.receipts import errors, numbers


def test_a_number_is_printed_as_the_town_wants_it():
    printed = numbers.number_print(text="{year}-{number}", digits=6, year=2026, number=123)

    assert printed == "2026-000123"
    assert numbers.number_plain(printed) == "2026000123"


@pytest.mark.parametrize(
    "text", ["{year}", "{number}", "{year}号{number}", "{year}{number}{x}", ""]
)
def test_a_form_whose_numbers_would_repeat_or_hold_other_letters_is_refused(text):
    with pytest.raises(errors.NumberFormatRefused):
        numbers.number_format_check(text=text, digits=6)


def test_codes_are_long_and_have_no_look_alikes():
    code = numbers.code_new()

    assert len(code) == 10
    assert not set(code) & set("01OI")
    assert numbers.code_read(numbers.code_print(code).lower() + " ") == code
    assert numbers.code_new() != code

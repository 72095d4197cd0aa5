"""What people type into forms, brought into the form we keep."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.forms import normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("7899901", "789-9901"),
        ("789-9901", "789-9901"),
        ("〒７８９－９９０１", "789-9901"),
        ("７８９ー９９０１", "789-9901"),
        (" 789 9901 ", "789-9901"),
        ("789990", None),
        ("78999012", None),
        ("789-99O1", None),
        ("", None),
        ("七八九九九〇一", None),
    ],
)
def test_postal_codes(typed, kept):
    assert normalise.postal_code(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("09000001111", "09000001111"),
        ("090-0000-1111", "090-0000-1111"),
        ("０９０－００００－１１１１", "090-0000-1111"),
        ("090ー0000ー1111", "090-0000-1111"),
        ("0000-00-0100", "0000-00-0100"),
        ("+81 120-000-000", "0120-000-000"),
        ("0120000000", "0120-000-000"),
        ("(000)000-0100", "(000)000-0100"),
        ("119", None),
        ("+1 212 555 0100", None),
        ("090-0000-11112222", None),
        ("090-0000-111a", None),
        ("", None),
    ],
)
def test_phone_numbers(typed, kept):
    assert normalise.phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ヤマダ", "ヤマダ"),
        ("やまだ", "ヤマダ"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("ヴァン・ゴッホ", "ヴァン・ゴッホ"),
        ("サトー", "サトー"),
        ("山田", None),
        ("yamada", None),
        ("", None),
    ],
)
def test_kana(typed, kept):
    assert normalise.kana(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("架空町１－２－３", "架空町1-2-3"),
        ("架空町1ー2ー3", "架空町1-2-3"),
        ("コーポ渚", "コーポ渚"),
        ("  二　丁目   3 ", "二 丁目 3"),
    ],
)
def test_addresses(typed, kept):
    assert normalise.address(typed) == kept


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("1985", "4", "2"), date(1985, 4, 2)),
        (("１９８５年", "０４月", "２日"), date(1985, 4, 2)),
        (("昭和60", "4", "2"), date(1985, 4, 2)),
        (("S60", "4", "2"), date(1985, 4, 2)),
        (("平成元年", "1", "8"), date(1989, 1, 8)),
        (("令和元", "5", "1"), date(2019, 5, 1)),
        (("令和8", "11", "24"), date(2026, 11, 24)),
        (("2024", "2", "29"), date(2024, 2, 29)),
        (("2023", "2", "29"), None),
        (("1985", "13", "1"), None),
        (("1985", "4", ""), None),
        (("0", "4", "2"), None),
        (("明治33", "4", "2"), None),
    ],
)
def test_birthdays(parts, kept):
    assert normalise.day(*parts) == kept


@given(text=st.text(max_size=40))
def test_nothing_anybody_can_type_breaks_it(text):
    for read in (normalise.postal_code, normalise.phone, normalise.kana, normalise.year):
        read(text)
    normalise.day(text, text, text)
    normalise.address(text)


@given(text=st.text(max_size=40))
def test_what_is_kept_is_kept_again(text):
    """Saving a form twice without a change changes nothing."""
    for read in (normalise.postal_code, normalise.phone, normalise.kana):
        kept = read(text)
        if kept is not None:
            assert read(kept) == kept
    assert normalise.address(normalise.address(text)) == normalise.address(text)

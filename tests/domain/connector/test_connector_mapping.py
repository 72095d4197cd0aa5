"""Amounts and addresses on their way to the shop and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_ext.saleor_connector import errors, mapping

HANAKO_HOME = mapping.JapaneseAddress(
    family_name="山田",
    given_name="花子",
    postal_code="1000001",
    prefecture="東京都",
    city="千代田区",
    street="千代田1-1",
    building="潮風荘101",
    phone="03-3580-0000",
)


@pytest.mark.parametrize(
    ("written", "yen"), [(3000.0, 3000), (3000, 3000), ("3000.000", 3000), (0, 0), (1e6, 1_000_000)]
)
def test_an_amount_of_the_shop_is_read_as_whole_yen(written, yen):
    assert mapping.yen_from_shop(written) == yen


@pytest.mark.parametrize("written", [3000.5, "0.001", -1, "NaN", "Infinity", "abc", None, True])
def test_an_amount_that_is_not_whole_yen_is_never_rounded(written):
    with pytest.raises(errors.ShopAnswerInvalid):
        mapping.yen_from_shop(written)


def test_an_amount_in_another_currency_is_refused():
    with pytest.raises(errors.ShopAnswerInvalid):
        mapping.money_from_shop({"amount": 3000.0, "currency": "USD"})


@given(st.integers(min_value=0, max_value=10**12))
def test_an_amount_comes_back_from_the_shop_as_it_went(amount_yen):
    as_json_number = float(mapping.yen_to_shop(amount_yen))

    assert mapping.yen_from_shop(as_json_number) == amount_yen


@pytest.mark.parametrize("amount", [-1, 3000.0, "3000", True])
def test_only_whole_non_negative_yen_go_to_the_shop(amount):
    with pytest.raises(ValueError, match="whole number of yen"):
        mapping.yen_to_shop(amount)


def test_an_address_is_written_the_way_the_shop_takes_it():
    assert mapping.address_to_shop(HANAKO_HOME) == {
        "lastName": "山田",
        "firstName": "花子",
        "country": "JP",
        "postalCode": "100-0001",
        "countryArea": "東京都",
        "city": "千代田区",
        "streetAddress1": "千代田1-1",
        "streetAddress2": "潮風荘101",
        "phone": "+81335800000",
    }


def test_an_address_that_we_have_checked_is_not_checked_again():
    assert mapping.address_to_shop(HANAKO_HOME, is_checked_by_us=True)["skipValidation"] is True


def test_an_address_read_back_is_the_same_person_and_place():
    written = mapping.address_to_shop(HANAKO_HOME)
    read = mapping.address_from_shop({**written, "country": {"code": "JP"}})

    assert read.phone == "03-3580-0000"
    assert read.postal_code == "100-0001"
    assert (read.family_name, read.given_name) == ("山田", "花子")
    assert (read.prefecture, read.city, read.street, read.building) == (
        "東京都",
        "千代田区",
        "千代田1-1",
        "潮風荘101",
    )


def test_an_address_outside_japan_is_refused():
    with pytest.raises(errors.ShopAnswerInvalid):
        mapping.address_from_shop({"country": {"code": "US"}})


@pytest.mark.parametrize(
    "typed",
    ["1000001", "100-0001", "〒100-0001", "１０００００１", "１００−０００１", "〒 100ー0001"],
)
def test_a_postal_code_is_cleaned(typed):
    assert mapping.postal_code_clean(typed) == "100-0001"


@pytest.mark.parametrize("typed", ["", "100-00", "10000011", "abc-defg"])
def test_a_postal_code_that_cannot_be_one_is_refused_by_name(typed):
    with pytest.raises(errors.AddressInvalid) as refused:
        mapping.postal_code_clean(typed)

    assert refused.value.fields == {"field": "postal_code"}


@pytest.mark.parametrize(
    "typed", ["090-1234-5678", "09012345678", "０９０ー１２３４ー５６７８", "+819012345678"]
)
def test_a_phone_number_is_written_internationally(typed):
    assert mapping.phone_to_shop(typed) == "+819012345678"


def test_a_phone_number_too_short_is_refused_by_name():
    with pytest.raises(errors.AddressInvalid) as refused:
        mapping.phone_to_shop("12")

    assert refused.value.fields == {"field": "phone"}


def test_a_number_outside_the_numbering_plan_is_left_out_rather_than_losing_the_order():
    # given
    invented = mapping.JapaneseAddress(
        family_name="山田",
        given_name="花子",
        postal_code="100-0001",
        prefecture="東京都",
        city="千代田区",
        street="千代田1-1",
        phone="090-0000-1234",
    )

    # when
    written = mapping.address_to_shop(invented)

    # then
    assert "phone" not in written


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(errors.ShopAnswerInvalid):
        mapping.moment_from_shop("2026-11-24T10:00:00")

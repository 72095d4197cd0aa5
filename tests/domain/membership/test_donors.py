"""Who a donor is: details, where he is registered, and whether all is known."""

from datetime import date

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.membership import errors, models, selectors, services
from tests.builders import world

pytestmark = pytest.mark.django_db


def test_a_donor_is_made_at_his_first_visit_and_found_at_the_next() -> None:
    # when
    first = services.donor_ensure(saleor_user_id="user-1", email="hanako@example.jp", now=world.NOW)
    again = services.donor_ensure(saleor_user_id="user-1", email="new@example.jp", now=world.NOW)

    # then
    assert again.pk == first.pk
    assert (again.email, again.created_at) == ("hanako@example.jp", world.NOW)
    assert models.Donor.objects.count() == 1
    assert selectors.donor_of_user(saleor_user_id="user-1") == first
    assert selectors.donor_of_user(saleor_user_id="user-2") is None


def test_two_accounts_with_one_address_are_two_donors() -> None:
    one = services.donor_ensure(saleor_user_id="a", email="hanako@example.jp", now=world.NOW)
    two = services.donor_ensure(saleor_user_id="b", email="hanako@example.jp", now=world.NOW)

    assert one.pk != two.pk


def test_details_are_stored_and_others_stay() -> None:
    # given
    donor = world.donor_make()

    # when
    services.donor_details_set(
        donor_id=donor.pk, details={"city": "中央区", "birth_date": date(1985, 4, 3)}
    )

    # then
    donor.refresh_from_db()
    assert (donor.city, donor.birth_date, donor.street) == (
        "中央区",
        date(1985, 4, 3),
        "架空町1-2-3",
    )


@pytest.mark.parametrize("field", ["email", "saleor_user_id", "id", "nickname"])
def test_an_unknown_field_is_refused_and_nothing_is_changed(field: str) -> None:
    # given
    donor = world.donor_make()
    before = models.Donor.objects.values().get(pk=donor.pk)

    # when
    with pytest.raises(errors.DetailsMissing) as refused:
        services.donor_details_set(donor_id=donor.pk, details={"city": "港区", field: "x"})

    # then
    assert refused.value.fields == {"fields": [field]}
    assert models.Donor.objects.values().get(pk=donor.pk) == before


def test_no_details_change_nothing() -> None:
    donor = world.donor_make()
    before = models.Donor.objects.values().get(pk=donor.pk)

    services.donor_details_set(donor_id=donor.pk, details={})

    assert models.Donor.objects.values().get(pk=donor.pk) == before


IN_TOWN = [
    ("高知県", "幡見郡汐見町"),
    ("高知県", "汐見町"),
    ("高知県", "幡見郡 汐見町"),
    ("高知県", "幡見郡　汐見町"),
    (" 高知県 ", "汐見町 "),
    ("高知県", "汐見町大字浜"),
    ("高知県", "幡見郡汐見町大字浜12"),
    ("高知県", "高知県幡見郡汐見町"),
    ("高知県", "高知県汐見町"),
]
NOT_IN_TOWN = [
    ("東京都", "千代田区"),
    ("愛媛県", "汐見町"),
    ("愛媛県", "幡見郡汐見町"),
    ("高知県", "高知市"),
    ("高知県", "東汐見町"),
    ("高知県", "幡見郡浜町"),
    ("高知県", "幡見郡"),
    ("高知県", ""),
    ("", "汐見町"),
    ("", ""),
]


@pytest.mark.parametrize(("prefecture", "city"), IN_TOWN)
def test_a_registered_address_in_the_town_makes_a_resident(prefecture: str, city: str) -> None:
    # given
    donor = world.donor_make(prefecture=prefecture, city=city, street="1-2")

    # then
    assert selectors.is_resident(donor=donor, town=world.town_make())


@pytest.mark.parametrize(("prefecture", "city"), NOT_IN_TOWN)
def test_any_other_registered_address_makes_no_resident(prefecture: str, city: str) -> None:
    # given
    donor = world.donor_make(prefecture=prefecture, city=city, street="1-2")

    # then
    assert not selectors.is_resident(donor=donor, town=world.town_make())


def test_a_town_typed_where_the_street_goes_is_found_too() -> None:
    # given
    donor = world.donor_make(prefecture="高知県", city="幡見郡", street="汐見町大字浜12")

    # then
    assert selectors.is_resident(donor=donor, town=world.town_make())


def test_a_street_named_like_the_town_elsewhere_makes_no_resident() -> None:
    # given
    donor = world.donor_make(prefecture="高知県", city="高知市", street="汐見町1-2")

    # then
    assert not selectors.is_resident(donor=donor, town=world.town_make())


def test_letters_of_full_and_half_width_are_the_same() -> None:
    # given
    town = world.town_make(name="シオミ町", county="ハタミ郡")
    donor = world.donor_make(prefecture="高知県", city="ﾊﾀﾐ郡ｼｵﾐ町")

    # then
    assert selectors.is_resident(donor=donor, town=town)


def test_a_city_without_a_county_is_compared_by_its_name() -> None:
    # given
    town = world.town_make(name="汐見市", county="")

    # then
    inside = world.donor_make(prefecture="高知県", city="汐見市")
    outside = world.donor_make(name="taro", prefecture="高知県", city="汐見町")
    assert selectors.is_resident(donor=inside, town=town)
    assert not selectors.is_resident(donor=outside, town=town)


ELSEWHERE = {"prefecture": "東京都", "city": "千代田区", "street": "架空町1"}
REGISTERED_HERE = {
    "is_registered_address_same": False,
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "本町1",
}


def test_the_residence_certificate_decides_not_the_delivery_address() -> None:
    # given
    town = world.town_make()
    away = world.donor_make(**(ELSEWHERE | REGISTERED_HERE))
    guest = world.donor_make(
        name="taro",
        prefecture="高知県",
        city="幡見郡汐見町",
        street="本町9",
        is_registered_address_same=False,
        registered_prefecture="東京都",
        registered_city="港区",
        registered_street="架空坂1",
    )

    # then
    assert selectors.is_resident(donor=away, town=town)
    assert not selectors.is_resident(donor=guest, town=town)


def test_the_receipt_shows_the_registered_address_and_the_parcel_the_delivery_address() -> None:
    # given
    donor = world.donor_make(**(ELSEWHERE | REGISTERED_HERE | {"registered_building": "役場住宅2"}))

    # then
    assert selectors.registered_address(donor=donor) == "高知県幡見郡汐見町本町1 役場住宅2"
    assert selectors.delivery_address(donor=donor) == {
        "name": "山田　花子",
        "postal_code": "100-9999",
        "prefecture": "東京都",
        "city": "千代田区",
        "street": "架空町1",
        "building": "見本ビル101",
        "phone": "090-0000-1111",
    }


def test_an_address_without_a_building_ends_with_the_street() -> None:
    donor = world.donor_make(building="")

    assert selectors.registered_address(donor=donor) == "東京都千代田区架空町1-2-3"


def test_details_as_the_form_asks_for_them_are_complete() -> None:
    assert selectors.details_are_complete(donor=world.donor_make())
    assert selectors.details_are_complete(donor=world.donor_make(name="taro", building=""))


@pytest.mark.parametrize(
    "field",
    ["family_name", "given_name", "phone", "postal_code", "prefecture", "city", "street"],
)
def test_details_without_one_needed_field_are_not_complete(field: str) -> None:
    assert not selectors.details_are_complete(donor=world.donor_make(**{field: ""}))


def test_details_without_a_birthday_are_not_complete() -> None:
    assert not selectors.details_are_complete(donor=world.donor_make(birth_date=None))


@pytest.mark.parametrize("field", ["registered_prefecture", "registered_city", "registered_street"])
def test_another_registered_address_has_to_be_complete_too(field: str) -> None:
    # given
    whole = world.donor_make(**(ELSEWHERE | REGISTERED_HERE))

    # then
    assert selectors.details_are_complete(donor=whole)
    services.donor_details_set(donor_id=whole.pk, details={field: ""})
    whole.refresh_from_db()
    assert not selectors.details_are_complete(donor=whole)


def test_without_a_town_there_is_a_clear_refusal() -> None:
    with pytest.raises(NotFound) as refused:
        selectors.municipality_get()

    assert refused.value.fields == {"what": "municipality"}


def test_the_code_of_a_known_municipality_decides_whatever_the_text_says() -> None:
    # given
    town = world.town_make(code="394289", name="黒潮町", county="幡多郡")
    home = {"prefecture": "高知県", "city": "黒潮町", "street": "入野1"}

    # then
    inside = world.donor_make(name="taro", postal_code="789-1931", **home)
    outside = world.donor_make(
        name="jiro", postal_code="780-0870", **home | {"city": "高知市", "street": "黒潮町1"}
    )
    assert (inside.residence_code, outside.residence_code) == ("394289", "392014")
    assert selectors.is_resident(donor=inside, town=town) is True
    assert selectors.is_resident(donor=outside, town=town) is False


def test_the_code_is_that_of_the_registered_address() -> None:
    donor = world.donor_make(
        is_registered_address_same=False,
        registered_postal_code="222-0000",
        registered_prefecture="神奈川県",
        registered_city="横浜市港北区",
        registered_street="架空1",
    )

    assert donor.residence_code == "141003"

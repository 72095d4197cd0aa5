"""Names of people, and names that are none."""

import pytest

from saleor_ext.common import names


@pytest.mark.parametrize(
    "name", ["株式会社 汐見", "汐見水産(株)", "㈱汐見", "一般社団法人しおみ", "浜の協同組合"]
)
def test_an_organisation_is_known_by_its_form(name):
    assert names.is_organisation(name) is True


@pytest.mark.parametrize("name", ["山田 花子", "会田", "組 太郎", "法月", "協 会子", "株本"])
def test_a_person_is_none(name):
    assert names.is_organisation(name) is False

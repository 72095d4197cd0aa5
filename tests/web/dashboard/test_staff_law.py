"""The staff's page of rules: what holds, what comes, how sure it is."""

import pytest

from saleor_ext.common import jptime
from saleor_ext.fulfilment import models
from saleor_ext.law import register
from tests.builders import world


def body(client, query=""):
    return client.get(f"/staff/law/{query}").content.decode()


@pytest.mark.usefixtures("now")
def test_today_shows_what_holds_what_comes_and_what_is_not_settled(staff_client):
    text = body(staff_client)

    for words in (
        "寄附金活用可能額は52.5%から",
        "2027年1月1日(金)から",
        "かつ193万円まで",
        "いちばん新しい変更は 2026年10月1日(木) でした",
        "自治体で要確認",
        "出典で確認",
    ):
        assert words in text
    assert "確認から1年を過ぎています" not in text


@pytest.mark.usefixtures("now")
def test_the_day_before_october_shows_the_older_rule_and_the_change(staff_client):
    text = body(staff_client, "?on=2026-09-30")

    assert "2026年10月1日(木)から" in text
    assert "前の日まで: 募集費用は寄附の5割まで" in text


def test_a_rule_not_looked_at_for_a_year_is_shown(staff_client, clock_at):
    # given a day more than a year after every check
    newest = max(rule.checked for rule in register.rules_all())
    clock_at(jptime.jst_moment(newest.replace(year=newest.year + 1, month=12, day=28), hour=10))

    # then
    text = body(staff_client)
    assert "確認から1年を過ぎています" in text
    assert f"規則が{len(register.rules_all())}件あります" in text


def test_a_day_that_is_none_is_told(staff_client):
    assert staff_client.get("/staff/law/?on=x").status_code == 400


@pytest.mark.usefixtures("now")
def test_gifts_of_category_three_are_listed_and_written_as_the_ministrys_papers(staff_client):
    # given
    shown = world.gift_make(slug="castera", local_category=3, procurement_cost_yen=700)
    models.ValueAdded.objects.create(
        gift=shown,
        share_permille=785,
        made_in="高知県幡見郡汐見町",
        retail_price_yen=980,
        published_on=world.TODAY,
    )
    world.town_make()
    world.gift_make(slug="monaka", local_category=3)

    # then
    text = body(staff_client)
    assert "78.5%" in text
    assert "製造者の証明(別添1)がない" in text
    found = b"".join(staff_client.get("/staff/law/betten2.csv").streaming_content).decode()
    assert found.splitlines()[1:] == [
        "2026-11-24,汐見町,castera,78.5,○,,,高知県幡見郡汐見町,700,980"
    ]
    found = b"".join(staff_client.get("/staff/law/betten1.csv").streaming_content).decode()
    assert found.splitlines()[1:] == ["castera,hatake農園,78.5,○,,,高知県幡見郡汐見町,700,980"]

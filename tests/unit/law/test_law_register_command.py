"""manage.py law_register, as it is typed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.usefixtures("now")


def typed(*arguments):
    out = StringIO()
    call_command("law_register", *arguments, stdout=out)
    return out.getvalue()


def test_today_and_what_comes_next_in_words():
    text = typed()

    assert "2026年11月24日(火) に適用される規則" in text
    assert "usable_amount_525" in text
    assert "2027年1月1日(金) から" in text
    assert "+ deduction_cap_2027" in text
    assert "gift_cost_per_donation: 3割は寄附1件ごとに、税込みで数える [自治体で要確認]" in text


def test_another_day_as_json():
    found = json.loads(typed("--on", "2026-09-30", "--json"))

    ids = {rule["id"] for rule in found["rules"]}
    assert "total_cost_50_wide" in ids
    assert "usable_amount_525" not in ids
    assert found["changes"][0]["on"] == "2026-10-01"


def test_a_day_that_is_none_is_told():
    with pytest.raises(CommandError, match="日付は"):
        typed("--on", "昨日")

"""The register of rules: by date over every boundary, and strict about its own file."""

import itertools
from datetime import date, timedelta

import pytest

from saleor_ext.law import data_files, errors, register

DAY = timedelta(days=1)
RULES = register.rules_all()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_holds_from_its_first_to_its_last_day_and_no_longer(rule):
    def ids(day):
        return {found.id for found in register.rules_on(day=day)}

    assert rule.id in ids(rule.from_date)
    assert rule.id not in ids(rule.from_date - DAY)
    if rule.to_date is None:
        assert rule.id in ids(date(2100, 1, 1))
    else:
        assert rule.id in ids(rule.to_date)
        assert rule.id not in ids(rule.to_date + DAY)


@pytest.mark.parametrize("topic", sorted({rule.topic for rule in RULES}))
def test_a_topic_has_no_gap_between_its_rules(topic):
    about = sorted((r for r in RULES if r.topic == topic), key=lambda rule: rule.from_date)

    for earlier, later in itertools.pairwise(about):
        assert earlier.to_date is not None
        assert earlier.to_date + DAY == later.from_date


@pytest.mark.parametrize(
    ("day", "permille"),
    [
        (date(2019, 5, 31), None),
        (date(2019, 6, 1), 500),
        (date(2023, 9, 30), 500),
        (date(2026, 9, 30), 500),
        (date(2026, 10, 1), 475),
        (date(2027, 9, 30), 475),
        (date(2027, 10, 1), 450),
        (date(2028, 10, 1), 425),
        (date(2029, 9, 30), 425),
        (date(2029, 10, 1), 400),
    ],
)
def test_the_share_of_costs_follows_its_dates(day, permille):
    assert register.number_on(topic="total_cost", name="cost_permille", day=day) == permille


def test_october_2026_and_january_2027_are_in_it():
    september, december = date(2026, 9, 30), date(2026, 12, 31)

    october = register.changes_after(day=september)[0]
    january = register.changes_after(day=december)[0]

    assert october.on == date(2026, 10, 1)
    assert {rule.id for rule in october.begin} >= {"value_added_published", "usable_amount_525"}
    assert [rule.id for rule in october.end] == ["total_cost_50_wide"]
    assert january.on == date(2027, 1, 1)
    assert [rule.id for rule in january.begin] == ["deduction_cap_2027"]
    assert register.change_latest(day=date(2026, 10, 1)) == october


def test_a_check_grows_old_after_a_year():
    rule = RULES[0]

    assert not rule.is_check_old(today=rule.checked + timedelta(days=365))
    assert rule.is_check_old(today=rule.checked + timedelta(days=366))


def test_a_topic_nobody_wrote_is_a_fault_of_the_caller():
    with pytest.raises(errors.LawDataInvalid):
        register.rule_on(topic="gift_cots", day=date(2026, 11, 24))


WRONG = {
    "an id twice": ('id = "designation_period"', 'id = "gift_cost_30"'),
    "two rules of one topic at once": ("to = 2026-09-30\n", ""),
    "an end before the beginning": ("to = 2023-09-30", "to = 2018-09-30"),
    "no source": ('source = "https://www.tca-net.com/bulbs/2025/07/bulbs-2279"\n', ""),
    "a date that is text": ("from = 2024-10-01", 'from = "2024-10-01"'),
    "a certainty nobody knows": ('certainty = "S"', 'certainty = "X"'),
    "a basis nobody knows": ('basis = "donation"', 'basis = "birthday"'),
    "a misspelt key": ('title = "', 'titel = "'),
    "a number that is none": ("numbers = { percent = 30 }", 'numbers = { percent = "30" }'),
    "numbers that differ within a topic": (
        "numbers = { cost_permille = 475 }",
        "numbers = { percent = 47 }",
    ),
    "no TOML": ("[[rules]]", "[rules"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_register_with_a_fault_is_refused_as_a_whole(fault, tmp_path):
    # given
    text = data_files.data_path(register.FILE).read_text(encoding="utf-8")
    assert WRONG[fault][0] in text
    path = tmp_path / "register.toml"
    path.write_text(text.replace(*WRONG[fault], 1), encoding="utf-8")

    # then
    with pytest.raises(errors.LawDataInvalid):
        register.rules_read(path)


def test_a_register_that_is_not_there_is_told(tmp_path):
    with pytest.raises(errors.LawDataInvalid, match="ファイルがありません"):
        register.rules_read(tmp_path / "none.toml")

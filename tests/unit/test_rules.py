"""Every rule that is checked before money moves: alone, together, and at its very edge."""

from dataclasses import replace
from datetime import date

import pytest

from saleor_ext.common import jptime
from saleor_ext.flows.month import rules

DAY = date(2026, 11, 24)
BOX = rules.BoxFacts(cost_yen=900, has_alcohol=False)
ALLOWED = rules.MonthFacts(
    day=DAY,
    donation_yen=3000,
    is_box_wanted=True,
    box=BOX,
    benefit_cost_yen=0,
    gift_cost_percent=30,
    age=41,
    is_resident=False,
    are_details_complete=True,
    designated_from=date(2025, 10, 1),
    designated_to=date(2027, 9, 30),
)


def broken(**changes: object) -> list[str]:
    """The rules a month breaks that differs from an allowed one by `changes`."""
    return rules.rules_broken(replace(ALLOWED, **changes))


def test_a_month_like_any_other_breaks_no_rule() -> None:
    assert broken() == []


ALONE: dict[str, dict[str, object]] = {
    "details_missing": {"are_details_complete": False},
    "receiver_details_missing": {"is_receiver_incomplete": True},
    "under_18": {"age": 17},
    "designation_ended": {"day": date(2027, 10, 1)},
    "resident_no_gift": {"is_resident": True},
    "receiver_no_gift": {"is_receiver_local": True},
    "under_20_alcohol": {"age": 19, "box": replace(BOX, has_alcohol=True)},
    "box_missing": {"box": None},
    "box_over_limit": {"box": replace(BOX, cost_yen=901)},
    "gift_unlisted": {"box": replace(BOX, is_listed=False)},
}


def test_every_rule_has_a_month_that_breaks_only_it() -> None:
    assert list(ALONE) == [code for code, _ in rules.RULES]


@pytest.mark.parametrize("code", ALONE)
def test_a_rule_broken_alone_is_the_only_one_named(code: str) -> None:
    assert broken(**ALONE[code]) == [code]


def test_rules_broken_together_are_all_named_in_one_order() -> None:
    # given
    month = {
        "age": 17,
        "is_resident": True,
        "day": date(2027, 10, 1),
        "box": rules.BoxFacts(cost_yen=1000, has_alcohol=True),
    }

    # then
    assert broken(**month) == [
        "under_18",
        "designation_ended",
        "resident_no_gift",
        "under_20_alcohol",
        "box_over_limit",
    ]


def test_a_missing_birthday_is_told_as_missing_details_not_as_too_young() -> None:
    assert broken(are_details_complete=False, age=0) == ["details_missing"]


@pytest.mark.parametrize(
    ("cost_yen", "donation_yen", "codes"),
    [
        (900, 3000, []),
        (901, 3000, ["box_over_limit"]),
        (3000, 10000, []),
        (3001, 10000, ["box_over_limit"]),
        # 30 % of 3,333 yen is 999.9 yen
        (999, 3333, []),
        (1000, 3333, ["box_over_limit"]),
        (0, 1, []),
        (1, 3, ["box_over_limit"]),
        (30_000_000, 100_000_000, []),
        (30_000_001, 100_000_000, ["box_over_limit"]),
    ],
)
def test_a_box_may_cost_thirty_percent_and_not_one_yen_more(
    cost_yen: int, donation_yen: int, codes: list[str]
) -> None:
    assert broken(box=replace(BOX, cost_yen=cost_yen), donation_yen=donation_yen) == codes


@pytest.mark.parametrize(
    ("birth_date", "day", "codes"),
    [
        (date(2008, 11, 25), date(2026, 11, 24), ["under_18"]),
        (date(2008, 11, 24), date(2026, 11, 24), []),
        (date(2008, 11, 23), date(2026, 11, 24), []),
        # born on 29 February: of age on 1 March of a year that has no such day
        (date(2008, 2, 29), date(2026, 2, 28), ["under_18"]),
        (date(2008, 2, 29), date(2026, 3, 1), []),
    ],
)
def test_a_donor_may_give_by_card_from_his_eighteenth_birthday(
    birth_date: date, day: date, codes: list[str]
) -> None:
    assert broken(day=day, age=jptime.age_on(birth_date, day)) == codes


@pytest.mark.parametrize(
    ("birth_date", "day", "codes"),
    [
        (date(2006, 11, 25), date(2026, 11, 24), ["under_20_alcohol"]),
        (date(2006, 11, 24), date(2026, 11, 24), []),
        (date(2008, 2, 29), date(2028, 2, 28), ["under_20_alcohol"]),
        (date(2008, 2, 29), date(2028, 2, 29), []),
    ],
)
def test_alcohol_goes_to_a_donor_from_his_twentieth_birthday(
    birth_date: date, day: date, codes: list[str]
) -> None:
    found = broken(
        day=day,
        age=jptime.age_on(birth_date, day),
        box=replace(BOX, has_alcohol=True),
        designated_to=date(2029, 9, 30),
    )

    assert found == codes


def test_a_nineteen_year_old_gets_a_box_without_alcohol() -> None:
    assert broken(age=19) == []


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2025, 9, 30), ["designation_ended"]),
        (date(2025, 10, 1), []),
        (date(2027, 9, 30), []),
        (date(2027, 10, 1), ["designation_ended"]),
    ],
)
def test_the_designation_holds_on_its_first_and_last_day(day: date, codes: list[str]) -> None:
    assert broken(day=day) == codes


def test_a_resident_may_give_without_a_gift() -> None:
    assert broken(is_resident=True, is_box_wanted=False, box=None) == []


@pytest.mark.parametrize(
    "box",
    [None, rules.BoxFacts(cost_yen=3000, has_alcohol=True)],
)
def test_whoever_wants_no_box_is_not_held_to_the_rules_of_boxes(
    box: rules.BoxFacts | None,
) -> None:
    assert broken(is_box_wanted=False, box=box, age=18) == []


def test_only_what_the_town_has_to_mend_is_for_staff() -> None:
    assert {code for code, _ in rules.RULES} >= rules.STAFF_CODES
    assert {"box_missing", "box_over_limit", "gift_unlisted"} == rules.STAFF_CODES


@pytest.mark.parametrize(
    ("benefit_yen", "changes", "codes"),
    [
        (100, {"box": replace(BOX, cost_yen=800)}, []),
        (101, {"box": replace(BOX, cost_yen=800)}, ["box_over_limit"]),
        # benefits count without a box too
        (900, {"is_box_wanted": False, "box": None}, []),
        (901, {"is_box_wanted": False, "box": None}, ["box_over_limit"]),
    ],
)
def test_benefits_with_a_cost_count_towards_the_thirty_percent(
    benefit_yen: int, changes: dict[str, object], codes: list[str]
) -> None:
    assert broken(benefit_cost_yen=benefit_yen, **changes) == codes


def test_three_hundred_thousandths_above_thirty_percent_are_refused() -> None:
    assert broken(box=replace(BOX, cost_yen=300_001), donation_yen=1_000_000) == ["box_over_limit"]


def test_where_no_rule_is_known_nothing_may_be_given() -> None:
    assert broken(gift_cost_percent=0) == ["box_over_limit"]


def test_alcohol_goes_to_nobody_under_20_whoever_gives() -> None:
    box = replace(BOX, has_alcohol=True)

    assert broken(box=box, receiver_age=19) == ["under_20_alcohol"]
    assert broken(box=box, receiver_age=20) == []

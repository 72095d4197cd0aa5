"""Which months are planned and who pays for them, tried without a database."""

from dataclasses import replace

import pytest

from saleor_ext.membership import terms

MONTHLY = terms.Offer(tier_id=1, amount_yen=10000, box_count=1, is_open=True)
HALF_YEAR = terms.Offer(tier_id=2, amount_yen=60000, box_count=6, is_open=True)
PREPAID = terms.Wish(offer=HALF_YEAR)


def month(n: int, *, state: str = "charged", **values: object) -> terms.Month:
    """A month that stays as it is."""
    return terms.Month(n=n, state=state, **({"tier_id": 1} | values))


def paying(n: int, *, state: str = "charged", **values: object) -> terms.Month:
    """The first month of a term of six boxes."""
    return month(n, state=state, **({"tier_id": 2, "box_count": 6} | values))


def covered(n: int, *, by: int = 0, state: str = "planned", **values: object) -> terms.Month:
    """A month that a term's donation covers."""
    return month(n, state=state, **({"tier_id": 2, "paid_by": by} | values))


def words(decided: dict[int, terms.Slot | None]) -> dict[int, str]:
    """What each month is to be: its amount, the month that pays, or nothing."""
    found = {}
    for n, slot in decided.items():
        if slot is None:
            found[n] = "none"
        elif slot.paid_by is None:
            found[n] = f"{slot.amount_yen} for {slot.box_count}"
        else:
            found[n] = f"paid by {slot.paid_by}"
    return found


def test_a_donation_every_month_goes_on_for_ever() -> None:
    assert words(terms.layout([month(0)], wish=terms.Wish(offer=MONTHLY), last_n=2)) == {
        1: "10000 for 1",
        2: "10000 for 1",
    }


def test_a_term_covers_its_boxes_and_then_nothing_comes_unasked() -> None:
    assert words(terms.layout([paying(0)], wish=PREPAID, last_n=7)) == {
        **dict.fromkeys(range(1, 6), "paid by 0"),
        6: "none",
        7: "none",
    }


def test_whoever_wishes_so_gives_again_at_the_end_and_the_next_term_begins() -> None:
    # given
    wish = replace(PREPAID, is_renewed=True)

    # when
    decided = words(terms.layout([paying(0)], wish=wish, last_n=13))

    # then
    assert [n for n, word in decided.items() if word == "60000 for 6"] == [6, 12]
    assert decided[7] == "paid by 6"
    assert decided[13] == "paid by 12"


def test_a_closed_tier_is_served_to_the_last_box_and_not_renewed() -> None:
    # given
    wish = replace(PREPAID, is_renewed=True, offer=replace(HALF_YEAR, is_open=False))

    # then
    assert words(terms.layout([paying(0)], wish=wish, last_n=6)) == {
        **dict.fromkeys(range(1, 6), "paid by 0"),
        6: "none",
    }


def test_a_monthly_member_goes_over_to_a_term_with_his_next_donation() -> None:
    # given
    wish = terms.Wish(offer=MONTHLY, next_offer=HALF_YEAR)
    months = [month(0), month(1, state="locked"), month(2, state="planned", may_change=True)]

    # then
    assert words(terms.layout(months, wish=wish, last_n=8)) == {
        2: "60000 for 6",
        **dict.fromkeys(range(3, 8), "paid by 2"),
        8: "none",
    }


def test_a_prepaid_member_goes_over_to_monthly_at_his_terms_end() -> None:
    # given
    wish = terms.Wish(offer=HALF_YEAR, next_offer=MONTHLY, is_renewed=True)

    # when
    decided = words(terms.layout([paying(0)], wish=wish, last_n=8))

    # then
    assert decided[5] == "paid by 0"
    assert [decided[n] for n in (6, 7, 8)] == ["10000 for 1"] * 3


def test_another_tier_at_the_end_of_a_term_is_not_renewed_unasked() -> None:
    # given
    quarter = terms.Offer(tier_id=3, amount_yen=30000, box_count=3, is_open=True)
    wish = terms.Wish(offer=HALF_YEAR, next_offer=quarter, is_renewed=True)

    # when
    decided = words(terms.layout([paying(0)], wish=wish, last_n=9))

    # then
    assert [decided[n] for n in (6, 7, 8, 9)] == ["30000 for 3", "paid by 6", "paid by 6", "none"]


@pytest.mark.parametrize("state", ["skipped", "void"])
def test_the_box_of_a_month_left_out_moves_to_the_end_of_its_term(state: str) -> None:
    # given
    months = [paying(0), covered(1, state="locked"), covered(2, state=state)]

    # then
    assert words(terms.layout(months, wish=PREPAID, last_n=7)) == {
        **dict.fromkeys(range(3, 7), "paid by 0"),
        7: "none",
    }


def test_a_term_grows_no_longer_than_the_town_allows() -> None:
    # given
    wish = replace(PREPAID, extra_months=2)
    left_out = [covered(n, state="skipped") for n in range(1, 6)]

    # then
    assert words(terms.layout([paying(0), *left_out], wish=wish, last_n=9)) == {
        6: "paid by 0",
        7: "paid by 0",
        8: "none",
        9: "none",
    }


@pytest.mark.parametrize("state", ["skipped", "failed", "void"])
def test_a_term_whose_donation_does_not_come_begins_with_the_next_month(state: str) -> None:
    # given
    wish = terms.Wish(offer=MONTHLY, next_offer=HALF_YEAR)
    months = [month(0), paying(1, state=state), covered(2, by=1, may_change=True)]

    # then
    decided = words(terms.layout(months, wish=wish, last_n=3))
    assert decided == {2: "60000 for 6", 3: "paid by 2"}


def test_a_month_too_late_to_pay_itself_is_not_made_to() -> None:
    # given
    wish = terms.Wish(offer=MONTHLY, next_offer=HALF_YEAR)
    months = [month(0), paying(1, state="failed"), covered(2, by=1)]

    # then
    assert words(terms.layout(months, wish=wish, last_n=3)) == {2: "none", 3: "60000 for 6"}


def test_money_that_came_after_all_pays_before_anything_new_is_asked() -> None:
    # given
    months = [month(0), paying(1), paying(2, state="planned", may_change=True)]
    wish = terms.Wish(offer=MONTHLY, next_offer=HALF_YEAR)

    # when
    decided = words(terms.layout(months, wish=wish, last_n=6))

    # then
    assert decided == dict.fromkeys(range(2, 7), "paid by 1")


def test_whoever_leaves_gets_the_boxes_that_are_paid_and_gives_nothing_more() -> None:
    # given
    wish = replace(PREPAID, is_giving=False, is_renewed=True)

    # then
    assert words(terms.layout([paying(0)], wish=wish, last_n=6)) == {
        **dict.fromkeys(range(1, 6), "paid by 0"),
        6: "none",
    }


def test_a_donation_given_back_brings_no_further_boxes() -> None:
    # given
    months = [paying(0, is_stopped=True), covered(1, state="locked"), covered(2, state="void")]

    # then
    assert words(terms.layout(months, wish=PREPAID, last_n=4)) == {3: "none", 4: "none"}


def test_a_hole_in_the_plan_is_filled_only_while_there_is_time() -> None:
    # given
    wish = replace(PREPAID, is_renewed=True)
    months = [paying(0), *(covered(n, state="locked") for n in range(1, 6)), month(8, state="void")]

    # then
    assert terms.layout(months, wish=wish, last_n=8) == {}
    filled = terms.layout(months, wish=wish, last_n=8, may_fill=lambda n: n >= 7)
    assert words(filled) == {7: "60000 for 6"}

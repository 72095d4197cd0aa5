"""The rules that are checked before money moves. Pure functions on facts, no database.

Each rule answers with a code; an empty list means nothing stands against it. Which law stands
behind a rule is in docs/glossary.md and, dated, in the register that staff see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from saleor_ext.common import money

ALCOHOL_AGE = 20  # Law: alcohol_20
CARD_DONOR_AGE = 18  # Law: adult_18


@dataclass(frozen=True, kw_only=True)
class BoxFacts:
    """What matters about a box: its procurement cost, tax included, whether it has alcohol, and
    whether every gift of it that needs a public row has one.
    """

    cost_yen: int
    has_alcohol: bool
    is_listed: bool = True


@dataclass(frozen=True, kw_only=True)
class MonthFacts:
    """Everything the rules look at for one month of one donor.

    `day` is the day of the donation against which the box is given, `donation_yen` its amount,
    `box_count` the boxes it brings. `given_yen` is what was fixed as given against it already and
    `reserved_yen` what its later boxes cost as planned, None where nobody has added that up.
    `benefit_cost_yen` is what members' benefits cost per box; `age` is in full years on the
    month's own donation day. `receiver_age` and the two `receiver_` facts are about the person to
    whom the membership was given, None and untrue without one.
    """

    day: date
    donation_yen: int
    is_box_wanted: bool
    box: BoxFacts | None
    benefit_cost_yen: int
    gift_cost_percent: int
    age: int
    is_resident: bool
    are_details_complete: bool
    designated_from: date
    designated_to: date
    box_count: int = 1
    given_yen: int = 0
    reserved_yen: int | None = None
    receiver_age: int | None = None
    is_receiver_local: bool = False
    is_receiver_incomplete: bool = False


Rule = Callable[[MonthFacts], bool]


def _is_undesignated(facts: MonthFacts) -> bool:
    """Law: designation_period"""
    return not facts.designated_from <= facts.day <= facts.designated_to


def _is_resident_with_gift(facts: MonthFacts) -> bool:
    """Law: no_gift_to_residents"""
    return facts.is_box_wanted and facts.is_resident


def _is_gift_to_local_receiver(facts: MonthFacts) -> bool:
    """Law: no_gift_to_residents"""
    return facts.is_box_wanted and facts.is_receiver_local


def _is_young_for_alcohol(facts: MonthFacts) -> bool:
    """Law: alcohol_20"""
    has_alcohol = facts.box is not None and facts.box.has_alcohol
    youngest = facts.age if facts.receiver_age is None else min(facts.age, facts.receiver_age)
    return facts.is_box_wanted and has_alcohol and youngest < ALCOHOL_AGE


def _is_box_over_limit(facts: MonthFacts) -> bool:
    """Everything given against the donation counts, benefits with a cost too.

    A box of a prepaid term may cost more than its equal share when the term's other boxes leave
    room for it; in no case does the sum go over.

    Law: gift_cost_30, gift_cost_per_donation, benefit_is_gift
    """
    box_yen = facts.box.cost_yen if facts.is_box_wanted and facts.box is not None else 0
    cost_yen = box_yen + facts.benefit_cost_yen
    so_far_yen = facts.given_yen + cost_yen
    has_room = _is_within(facts, cost_yen * facts.box_count) or (
        facts.reserved_yen is not None and _is_within(facts, so_far_yen + facts.reserved_yen)
    )
    return not (has_room and _is_within(facts, so_far_yen))


def _is_within(facts: MonthFacts, cost_yen: int) -> bool:
    return money.percent_is_within(
        part_yen=cost_yen, whole_yen=facts.donation_yen, percent=facts.gift_cost_percent
    )


def _is_gift_unlisted(facts: MonthFacts) -> bool:
    """Law: value_added_published"""
    return facts.is_box_wanted and facts.box is not None and not facts.box.is_listed


RULES: tuple[tuple[str, Rule], ...] = (
    ("details_missing", lambda facts: not facts.are_details_complete),
    ("receiver_details_missing", lambda facts: facts.is_receiver_incomplete),
    ("under_18", lambda facts: facts.are_details_complete and facts.age < CARD_DONOR_AGE),
    ("designation_ended", _is_undesignated),
    ("resident_no_gift", _is_resident_with_gift),
    ("receiver_no_gift", _is_gift_to_local_receiver),
    ("under_20_alcohol", _is_young_for_alcohol),
    ("box_missing", lambda facts: facts.is_box_wanted and facts.box is None),
    ("box_over_limit", _is_box_over_limit),
    ("gift_unlisted", _is_gift_unlisted),
)

STAFF_CODES = frozenset({"box_missing", "box_over_limit", "gift_unlisted"})
"""Broken rules that the town has to mend: the membership is parked, not the donor blamed."""


def rules_broken(facts: MonthFacts) -> list[str]:
    """This will return the codes of all rules a month would break, in a fixed order."""
    return [code for code, is_broken in RULES if is_broken(facts)]

"""Prepaid terms: everything that can happen to everybody, and what only a term's donor chooses.

To add a move that every membership knows, see `machine.py`; what is a term's own stands here and
in `model_terms.py`.
"""

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from saleor_ext.common.errors import Refusal
from saleor_ext.membership import models
from tests.proof import books, model_terms
from tests.proof import model_parts as parts
from tests.proof import model_terms_parts as terms_parts
from tests.proof.machine import MORNING, MOST_PEOPLE, STARTS, ZONES, seeds, somebody
from tests.proof.machine_choices import which
from tests.proof.machine_money import PART_YEN
from tests.proof.machine_swaps import SwappingMachine

tiers = st.sampled_from(sorted(terms_parts.TIERS))
wishes = st.sampled_from([parts.ACCEPT, parts.ASK, parts.CARRY])
MONTHLY = ["minato", "nagisa"]
LIMITS = [0, 3000, 9000, 30000, 43000, 70000]
BOX_YEN = 10000  # the equal share of a box in a term
GROWTH = [12, 1, 0]  # months by which the town lets a term grow longer than its boxes
BACK = "back"
ANSWERS = st.sampled_from(["yes", "no", ""])
NEAR = timedelta(days=24)
DAYS, LONG = 6, 3  # so many days between two runs, and so many runs, until such a month is fixed


class TermMachine(SwappingMachine):
    """A few people who give once for several boxes, or would like to."""

    town: model_terms.TermTown

    def town_make(self) -> model_terms.TermTown:
        return model_terms.TermTown()

    def town_join(self, name: str, tier: str) -> parts.Member:
        return self.town.join_tier(name, tier=tier, on=self.salon.today)

    @initialize(
        start=st.sampled_from(sorted(STARTS)),
        zone=st.sampled_from(ZONES),
        tier=st.sampled_from(terms_parts.PREPAID),
        growth=st.sampled_from(GROWTH),
        wish=wishes,
    )
    def begin(self, start: str, zone: str, tier: str, growth: int, wish: str) -> None:
        self.begins(start, zone)
        self.salon.town_grows(growth)
        self.town.may_grow = growth
        self.somebody_joins(tier, "comes back")
        self.wish_is_said(0, wish, parts.ACCEPT)

    # --- moves of donors

    @rule(
        tier=tiers, ending=st.sampled_from(["comes back", "closes the browser"]), late=st.booleans()
    )
    @precondition(lambda self: len(self.donors) < MOST_PEOPLE)
    def joins(self, tier: str, ending: str, late: bool) -> None:
        self.somebody_joins(tier, ending, dawdles_s=2 * late)

    @rule(who=somebody, tier=tiers, is_seen=st.booleans())
    @precondition(lambda self: self.gone())
    def comes_back(self, who: int, tier: str, is_seen: bool) -> None:
        self.somebody_comes_back(who, tier, is_seen=is_seen)

    @rule(who=somebody, slug=st.sampled_from(MONTHLY))
    @precondition(lambda self: self.some())
    def changes_tier(self, who: int, slug: str) -> None:
        member, donor = self.one(who)
        if not self.town.may_change_tier(member, slug, today=self.salon.today):
            with pytest.raises(Refusal):
                self.salon.tier_change(donor, slug)
            return
        self.salon.tier_change(donor, slug)
        self.town.tier_changed(member, tier=slug, today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, wanted=st.sampled_from([*terms_parts.PREPAID, BACK]))
    @precondition(lambda self: self.some())
    def goes_over_to_a_term(self, who: int, wanted: str) -> None:
        member, donor = self.one(who)
        tier = member.tier if wanted == BACK else wanted
        if not self.town.may_begin_term(member, tier, today=self.salon.today):
            with pytest.raises(Refusal):
                self.salon.term_begin(donor, tier)
            return
        self.salon.term_begin(donor, tier)
        self.town.begin_term(member, tier, today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, number=which)
    @precondition(lambda self: self.some())
    def swaps_a_box(self, who: int, number: int) -> None:
        """The other box comes; where it was to come, the term's own again."""
        member, donor = self.one(who)
        months = self.town.swappable(member, today=self.salon.today)
        if months:
            month = months[number % len(months)]
            self.salon.swap(donor, month.due.replace(day=1))
            own = terms_parts.BOXES[month.tier]
            month.swapped_to = "" if month.swapped_to else terms_parts.OTHER_BOX[own]

    @rule(who=somebody, after=st.sampled_from([*terms_parts.PREPAID, "nagisa", terms_parts.END]))
    @precondition(lambda self: self.some())
    def says_what_comes_after_the_term(self, who: int, after: str) -> None:
        member, donor = self.one(who)
        if not self.town.may_choose_after(member, after, today=self.salon.today):
            with pytest.raises(Refusal):
                self.salon.after_term(donor, after)
            return
        self.salon.after_term(donor, after)
        self.town.choose_after(member, after, today=self.salon.today)
        self.was_told(member, donor)

    @rule(
        who=somebody,
        is_next_year=st.booleans(),
        most_yen=st.sampled_from(LIMITS),
        reached=st.sampled_from([parts.STOP, parts.LOWER, parts.GO_ON]),
    )
    @precondition(lambda self: self.some())
    def sets_a_limit_for_the_year(
        self, who: int, is_next_year: bool, most_yen: int, reached: str
    ) -> None:
        self.limit_is_set(who, most_yen, reached, is_next_year=is_next_year)

    # --- gifts that are missing in boxes to come

    @rule(who=somebody, wish=wishes, is_allergic=st.booleans(), number=which, said=ANSWERS)
    @precondition(lambda self: self.some())
    def a_gift_is_missing_in_a_box_to_come(
        self, who: int, wish: str, is_allergic: bool, number: int, said: str
    ) -> None:
        """Proposed before the month is fixed or after, and then its donor is asked, if he is."""
        member, months = self.to_come(who, wish)
        if not months:
            return
        month = months[number % len(months)]
        self.propose(self.town.box_of(month), is_allergic=is_allergic)
        self.take_up()
        for _ in range(LONG):
            if month.state == "planned":
                self.days_go_by([DAYS], MORNING)
        if said and self.town.question(month) is not None:
            self.answer_is_given(member, month, is_yes=said == "yes")

    @rule(who=somebody, wish=wishes, is_swapped=st.booleans(), is_found=st.booleans())
    @precondition(lambda self: self.some())
    def a_gift_is_used_up_when_a_box_is_fixed(
        self, who: int, wish: str, is_swapped: bool, is_found: bool
    ) -> None:
        """The term's own, or the one that its donor chose; and perhaps another one is found."""
        _, months = self.to_come(who, wish)
        months = [month for month in months if month.state == "planned"]
        if not months:
            return
        if is_swapped:
            self.swaps_a_box(who, 0)
        if is_found:
            self.propose(self.town.box_of(months[0]), is_allergic=False)
        self.sold_out(is_sold_out=True)
        for _ in range(LONG):
            if months[0].state == "planned":
                self.days_go_by([DAYS], MORNING)
        self.sold_out(is_sold_out=False)

    def to_come(self, who: int, wish: str) -> tuple[parts.Member, list[parts.Month]]:
        """Somebody who wants such months so, let go on first if staff stopped him, and his months
        that are fixed or soon will be; days go by until there are some.
        """
        member, donor = self.one(who)
        if member.state == "parked":
            self.staff_let_go_on(member, donor)
        if member.state in parts.CHOOSING and wish != member.wish:
            self.wish_is_said(who, wish, member.silence)
        for _ in range(LONG):
            if not any(map(self._is_to_come, member.by_number())):
                self.days_go_by([DAYS], MORNING)
        return member, [month for month in member.by_number() if self._is_to_come(month)]

    def _is_to_come(self, month: parts.Month) -> bool:
        """And nothing is proposed for its box yet."""
        is_near = self.salon.today.replace(day=1) <= month.due <= self.salon.today + NEAR
        is_open = month.state in {"planned", "locked"}
        return is_open and is_near and self.town.box_of(month) not in self.town.proposals

    # --- moves of staff and of the provider

    @rule(who=somebody, back=st.integers(0, 2), seed=seeds, boxes=st.integers(0, 2))
    @precondition(lambda self: self.untouched())
    def the_provider_gives_a_part_back(self, who: int, back: int, seed: int, boxes: int) -> None:
        """As much as some boxes are worth, or what is worth none."""
        _, _, month = self.untouched_one(who, back)
        boxes = min(boxes, month.box_count - 1)
        part_yen = boxes * BOX_YEN or PART_YEN
        self.part_comes_back(who, back, seed, part_yen=part_yen)

    def staff_let_go_on(self, member: parts.Member, donor: models.Donor) -> None:
        """Once they have said of every term what follows from the part that went back."""
        parts_open = self.town.parts_open(member)
        if not parts_open:
            super().staff_let_go_on(member, donor)
            return
        with pytest.raises(Refusal):
            self.salon.unpark(donor)
        is_stuck = self.town.is_stuck(member)
        for month in parts_open:
            boxes = min(1, self.town.free_boxes(member, month))
            if is_stuck and month is parts_open[-1]:
                with pytest.raises(Refusal):
                    self.salon.part_decide(donor, boxes=boxes)
                return
            self.salon.part_decide(donor, boxes=boxes)
            self.town.boxes_end(member, month, boxes=boxes, today=self.salon.today)
        self.town.unpark(member)

    # --- what must hold

    def pictures_agree(self, days: dict[str, date]) -> None:
        super().pictures_agree(days)
        until = days["until"]
        assert books.terms(until=until) == books.terms_expected(self.town, until=until)

    def last_word(self) -> None:
        for member in self.joined():
            if self.town.parts_open(member) and member.state == "parked":
                self.staff_let_go_on(member, self.donors[member.name])

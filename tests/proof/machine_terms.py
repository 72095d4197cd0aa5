"""Prepaid terms: everything that can happen to everybody, and what only a term's donor chooses.

To add a move that every membership knows, see `machine.py`; what is a term's own stands here and
in `model_terms.py`.
"""

from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from saleor_ext.common.errors import Refusal
from saleor_ext.membership import models
from tests.proof import books, model_terms
from tests.proof import model_parts as parts
from tests.proof import model_terms_parts as terms_parts
from tests.proof.machine import MOST_PEOPLE, STARTS, ZONES, seeds, somebody
from tests.proof.machine_choices import ChoosingMachine, which
from tests.proof.machine_money import PART_YEN

tiers = st.sampled_from(sorted(terms_parts.TIERS))
MONTHLY = ["minato", "nagisa"]
LIMITS = [0, 3000, 9000, 30000, 43000, 70000]
BOX_YEN = 10000  # the equal share of a box in a term


class TermMachine(ChoosingMachine):
    """A few people who give once for several boxes, or would like to."""

    town: model_terms.TermTown

    def town_make(self) -> model_terms.TermTown:
        return model_terms.TermTown()

    def town_join(self, name: str, tier: str) -> parts.Member:
        return self.town.join_tier(name, tier=tier, on=self.salon.today)

    @initialize(
        start=st.sampled_from(sorted(STARTS)),
        zone=st.sampled_from(ZONES),
        tier=st.sampled_from(["nagisa", "tsuzuri"]),
    )
    def begin(self, start: str, zone: str, tier: str) -> None:
        self.begins(start, zone)
        self.somebody_joins(tier, "comes back")

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

    @rule(who=somebody, is_back=st.booleans())
    @precondition(lambda self: self.some())
    def goes_over_to_a_term(self, who: int, is_back: bool) -> None:
        member, donor = self.one(who)
        tier = member.tier if is_back else "tsuzuri"
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
            month.swapped_to = "" if month.swapped_to else terms_parts.OTHER_BOX

    @rule(who=somebody, after=st.sampled_from(["tsuzuri", "nagisa", terms_parts.END]))
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

    # --- moves of staff and of the provider

    @rule(who=somebody, back=st.integers(0, 2), seed=seeds, boxes=st.integers(0, 2))
    @precondition(lambda self: self.untouched())
    def the_provider_gives_a_part_back(self, who: int, back: int, seed: int, boxes: int) -> None:
        """As much as some boxes are worth, or what is worth none."""
        _, _, month = self.untouched_one(who, back)
        is_worth = boxes and month.box_count > 1
        part_yen = boxes * BOX_YEN if is_worth else PART_YEN
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

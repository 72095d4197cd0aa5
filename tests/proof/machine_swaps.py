"""What becomes of months whose gift cannot be sent."""

from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from saleor_ext.common.errors import Refusal
from tests.proof import almanac
from tests.proof import model_parts as parts
from tests.proof.machine import MORNING, TIERS, seeds, somebody
from tests.proof.machine_choices import ChoosingMachine

tiers = st.sampled_from(sorted(TIERS))
months_on = st.integers(0, 2)
ALLERGEN = "えび"


class SwappingMachine(ChoosingMachine):
    """The same town, with radish that the frost takes and turnips in its place."""

    @rule(tier=tiers, ahead=months_on, is_allergic=st.booleans(), is_job_lost=st.booleans())
    def a_gift_cannot_be_sent(
        self, tier: str, ahead: int, is_allergic: bool, is_job_lost: bool
    ) -> None:
        self.propose(self.box(tier, ahead), is_allergic=is_allergic)
        if not is_job_lost:
            self.take_up()

    @rule(number=seeds)
    @precondition(lambda self: self.town.proposals)
    def the_gift_can_be_sent_after_all(self, number: int) -> None:
        boxes = sorted(self.town.proposals)
        box = boxes[number % len(boxes)]
        self.salon.proposal_withdraw(self.town.proposals[box].number)
        self.town.withdraw(box, today=self.salon.today)

    @rule(
        who=somebody,
        wish=st.sampled_from([parts.ACCEPT, parts.ASK, parts.CARRY]),
        silence=st.sampled_from([parts.ACCEPT, parts.CARRY]),
    )
    @precondition(lambda self: self.some())
    def says_what_he_wants_in_such_months(self, who: int, wish: str, silence: str) -> None:
        self.wish_is_said(who, wish, silence)

    def wish_is_said(self, who: int, wish: str, silence: str) -> None:
        member, donor = self.one(who)
        is_same = (wish, silence) == (member.wish, member.silence)
        if member.state not in parts.CHOOSING or is_same:
            with pytest.raises(Refusal):
                self.salon.swap_wish(donor, wish=wish, silence=silence)
            return
        self.salon.swap_wish(donor, wish=wish, silence=silence)
        member.wish, member.silence = wish, silence

    @rule(number=seeds, is_yes=st.booleans())
    @precondition(lambda self: self.asked())
    def answers_about_a_missing_gift(self, number: int, is_yes: bool) -> None:
        asked = self.asked()
        self.answer_is_given(*asked[number % len(asked)], is_yes=is_yes)

    def answer_is_given(self, member: parts.Member, month: parts.Month, *, is_yes: bool) -> None:
        donor, today = self.donors[member.name], self.salon.today
        proposal = self.town.proposals[self.town.box_of(month)].number
        is_late = month.answer_until is None or month.answer_until < today
        is_being_paid = month.question is not None and not is_yes
        is_gone = self.town.payer(member, month).is_gone
        if is_late or is_being_paid or not self.town.lacks_gift(month) or is_gone:
            with pytest.raises(Refusal):
                self.salon.swap_answer(donor, month.number, proposal=proposal, is_yes=is_yes)
            return
        self.salon.swap_answer(donor, month.number, proposal=proposal, is_yes=is_yes)
        self.town.answer(member, month, is_yes=is_yes, today=today)

    @rule(
        gaps=st.lists(st.integers(1, 5), min_size=1, max_size=4),
        tier=tiers,
        ahead=months_on,
        is_found=st.booleans(),
    )
    def a_gift_runs_out_for_days(
        self, gaps: list[int], tier: str, ahead: int, is_found: bool
    ) -> None:
        """Months that are to be fixed meanwhile are left out, unless another gift is found."""
        self.sold_out(is_sold_out=True)
        self.days_go_by(gaps, MORNING)
        if is_found:
            self.propose(self.box(tier, ahead), is_allergic=False)
        self.days_go_by(gaps, MORNING)
        self.sold_out(is_sold_out=False)

    def teardown(self) -> None:
        """In the end everything can be sent: what was paid and waited must come."""
        for box in sorted(self.town.proposals):
            self.salon.proposal_withdraw(self.town.proposals[box].number)
            self.town.withdraw(box, today=self.salon.today)
        super().teardown()

    # --- helpers

    def propose(self, box: parts.Box, *, is_allergic: bool) -> None:
        allergens = [ALLERGEN] if is_allergic else []
        if box in self.town.proposals:
            with pytest.raises(Refusal):
                self.salon.gift_propose(box, allergens=allergens)
            return
        number, gift = self.salon.gift_propose(box, allergens=allergens)
        proposal = parts.Proposal(number=number, gift=gift, has_new_allergen=is_allergic)
        self.town.propose(box, proposal)

    def sold_out(self, *, is_sold_out: bool) -> None:
        """There is no radish, or there is, and staff have the orders made that were refused."""
        self.town.is_sold_out = is_sold_out
        self.salon.radish(is_sold_out=is_sold_out)
        if not is_sold_out:
            self.salon.orders_retry()

    def take_up(self) -> None:
        """What the worker does right after a proposal."""
        self.salon.proposals_take_up()
        self.town.take_up(today=self.salon.today)

    def box(self, tier: str, ahead: int) -> parts.Box:
        """The box of a tier in this month or a coming one."""
        first: date = almanac.donation_day(self.salon.today.replace(day=1), ahead, 1)
        return TIERS[tier], first

    def asked(self) -> list[tuple[parts.Member, parts.Month]]:
        """Everybody who is asked about a missing gift and has not answered."""
        return [
            (member, month)
            for member in self.town.members.values()
            for month in member.by_number()
            if self.town.question(month) is not None
        ]

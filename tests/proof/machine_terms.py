"""Prepaid terms: join, go over to one and back, leave a month out, swap, renew, end, leave."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.books import ledger
from saleor_ext.membership import models
from tests.proof import bank as banks
from tests.proof import books, model_terms, salon
from tests.proof.machine import MORNING, STARTS, TIMES, _rolled_back
from tests.proof.shop import ProofShop

LAST_DAYS = 20
MOST_PEOPLE = 2
somebody = st.integers(0, MOST_PEOPLE - 1)
which = st.integers(0, 3)
gaps = st.lists(st.integers(1, 9), min_size=1, max_size=8)


class TermMachine(RuleBasedStateMachine):
    """A few people who give once for several boxes, or would like to."""

    def __init__(self, bank: banks.Bank) -> None:
        super().__init__()
        self.people: list[tuple[model_terms.TermMember, models.Donor]] = []
        self.left = contextlib.ExitStack()
        self.left.enter_context(_rolled_back())
        self.salon = salon.Salon(bank=bank, shop=ProofShop(), moment=STARTS["a plain day"])
        self.left.enter_context(salon.ruled_by(self.salon))

    @initialize(start=st.sampled_from(sorted(STARTS)), tier=st.sampled_from(["tsuzuri", "nagisa"]))
    def begin(self, start: str, tier: str) -> None:
        self.salon.moment = STARTS[start]
        self.joins(tier)

    @rule(tier=st.sampled_from(["tsuzuri", "nagisa"]))
    @precondition(lambda self: len(self.people) < MOST_PEOPLE)
    def joins(self, tier: str) -> None:
        donor = self.salon.member_make(tier=tier)
        member = model_terms.TermMember(joined_on=self.salon.today, tier=tier)
        member.join()
        self.people.append((member, donor))

    @rule(who=somebody)
    def goes_over_to_a_term(self, who: int) -> None:
        member, donor = self.one(who)
        is_monthly = model_terms.TIERS[member.tier][1] == 1
        # Asked again, the wish is made anew for the first month that can still be changed.
        is_free = member.state == "active" and member.following != "tsuzuri"
        if not is_monthly or not is_free or member.first_planned(self.salon.today) is None:
            if not is_monthly or member.state != "active":
                with pytest.raises(Refusal):
                    self.salon.term_begin(donor, "tsuzuri")
            return
        self.salon.term_begin(donor, "tsuzuri")
        member.begin_term("tsuzuri", self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, number=which)
    def leaves_out_a_month(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        months = [m for m in member.changeable(self.salon.today) if m.state == "planned"]
        if not months:
            return
        month = months[number % len(months)]
        if member.skips_used(month.due.year) >= model_terms.SKIPS_PER_YEAR:
            with pytest.raises(Refusal):
                self.salon.skip(donor, month.due.replace(day=1))
            return
        self.salon.skip(donor, month.due.replace(day=1))
        month.state = "skipped"
        member.plan(self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, number=which)
    def takes_a_month_back(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        months = [m for m in member.changeable(self.salon.today) if m.state == "skipped"]
        if months:
            month = months[number % len(months)]
            month.state = "planned"
            if member.laid_out(self.salon.today, last=month.number)[month.number] is None:
                month.state = "skipped"  # nothing would come in it any more
                with pytest.raises(Refusal):
                    self.salon.skip_undo(donor, month.due.replace(day=1))
                return
            self.salon.skip_undo(donor, month.due.replace(day=1))
            member.plan(self.salon.today)
            self.was_told(member, donor)

    @rule(who=somebody, number=which)
    def swaps_a_box(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        is_term = model_terms.TIERS[member.tier][1] > 1
        months = [
            m
            for m in member.changeable(self.salon.today)
            if m.state == "planned" and (m.paid_by is not None or m.boxes > 1)
        ]
        if is_term and months:
            month = months[number % len(months)]
            month.swapped_to = self.salon.swap(donor, month.due.replace(day=1))

    @rule(who=somebody, after=st.sampled_from(["tsuzuri", "nagisa", model_terms.END]))
    def says_what_comes_after_the_term(self, who: int, after: str) -> None:
        member, donor = self.one(who)
        if not member.may_choose_after(after, self.salon.today):
            with pytest.raises(Refusal):
                self.salon.after_term(donor, after)
            return
        self.salon.after_term(donor, after)
        member.choose_after(after, self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody)
    def leaves_or_stays_after_all(self, who: int) -> None:
        member, donor = self.one(who)
        if member.state == "active":
            self.salon.leave(donor)
            member.leave(self.salon.today)
        elif member.state == "cancelling":
            self.salon.stay(donor)
            member.stay(self.salon.today)
            self.was_told(member, donor)

    @rule(gaps=gaps, at=st.sampled_from(TIMES))
    def days_go_by(self, gaps: list[int], at: tuple[int, int, int]) -> None:
        hour, minute, second = at
        for gap in gaps:
            day = self.salon.today + timedelta(days=gap)
            self.salon.go_to(day, hour=hour, minute=minute, second=second)
            self.salon.run()
            for member, _ in self.people:
                member.turn(self.salon.today)

    @invariant()
    def plan_and_boxes_agree(self) -> None:
        until = self.salon.today + books.SEEN_AHEAD
        for member, donor in self.people:
            assert books.term_picture(donor, until=until) == _expected(member, until=until)

    def teardown(self) -> None:
        try:
            self.days_go_by([2] * (LAST_DAYS // 2), MORNING)
            self.plan_and_boxes_agree()
            assert ledger.ledger_check(now=self.salon.moment) == []
            assert self.salon.bank.days_yen() == books.ledger_days()
        finally:
            self.left.close()

    def was_told(self, member: model_terms.TermMember, donor: models.Donor) -> None:
        """What a choice told of the next donation is the one that comes next."""
        month = member.next_donation(self.salon.today)
        if month is not None:
            assert self.salon.told(donor) == (month.due.isoformat(), month.yen)

    def one(self, who: int) -> tuple[model_terms.TermMember, models.Donor]:
        return self.people[who % len(self.people)]


def _expected(member: model_terms.TermMember, *, until: date) -> dict[str, object]:
    months = [m for m in member.by_number() if m.due <= until]
    return {
        "state": member.state,
        "tier": member.tier,
        "months": {
            m.number: (m.due.isoformat(), m.state, m.yen, m.paid_by)
            for m in months
            if m.state != "void"
        },
        "paid": {m.number: m.paid_on for m in months if m.paid_on},
        "boxes": [m.number for m in months if m.is_listed],
        "swapped": {
            m.number: m.swapped_to
            for m in months
            if m.swapped_to and m.state in {"locked", "charged"}
        },
    }

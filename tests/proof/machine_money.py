"""What banks, the provider and staff do to money, and what donors say about theirs."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from saleor_ext.common.errors import NotFound
from saleor_ext.membership import models
from tests.proof import model_parts as parts
from tests.proof.machine import MORNING, Machine, seeds, somebody

# So little that what is left still carries the month's box.
PART_YEN = 100
NO_BOUND = 100
LIMITS = [3000, 9000, 13000, 20000]


class MoneyMachine(Machine):
    """The same town, with everything that can happen to money."""

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def the_bank_wants_to_see_the_donor_from_now_on(self, who: int) -> None:
        member, donor = self.one(who)
        self.salon.card_behave(donor, parts.ASKS)
        member.card = parts.ASKS

    @rule(who=somebody, back=st.integers(0, 2), seed=seeds)
    @precondition(lambda self: self.untouched())
    def the_provider_gives_a_part_back(self, who: int, back: int, seed: int) -> None:
        self.part_comes_back(who, back, seed, part_yen=PART_YEN)

    def part_comes_back(self, who: int, back: int, seed: int, *, part_yen: int) -> None:
        member, donor, month = self.untouched_one(who, back)
        attempt = self.salon.attempt(donor, month.number)
        self.salon.bank.give_back(provider_ref=attempt.provider_ref, amount_yen=part_yen)
        self.hear_the_news(seed)
        self.town.give_back_part(member, month, amount_yen=part_yen, on=self.salon.today)

    @rule(who=somebody, back=st.integers(0, 2), seed=seeds)
    @precondition(lambda self: self.untouched())
    def a_donor_contradicts_a_donation(self, who: int, back: int, seed: int) -> None:
        member, donor, month = self.untouched_one(who, back)
        attempt = self.salon.attempt(donor, month.number)
        dispute = self.salon.bank.stripe.dispute(attempt.provider_ref)
        self.disputes.append((member, month, dispute))
        self.hear_the_news(seed)
        self.town.contradict(member, month, on=self.salon.today)

    @rule(seed=seeds, is_won=st.booleans())
    @precondition(lambda self: self.disputes)
    def the_bank_decides(self, seed: int, is_won: bool) -> None:
        member, month, dispute = self.disputes.pop(0)
        self.salon.bank.stripe.dispute_decide(dispute, won=is_won)
        self.hear_the_news(seed)
        self.town.dispute_end(member, month, is_won=is_won, on=self.salon.today)

    @rule(
        who=somebody,
        is_next_year=st.booleans(),
        most_yen=st.sampled_from([0, *LIMITS]),
        reached=st.sampled_from([parts.STOP, parts.LOWER, parts.GO_ON]),
    )
    @precondition(lambda self: self.some())
    def sets_a_limit_for_the_year(
        self, who: int, is_next_year: bool, most_yen: int, reached: str
    ) -> None:
        self.limit_is_set(who, most_yen, reached, is_next_year=is_next_year)

    def limit_is_set(self, who: int, most_yen: int, reached: str, *, is_next_year: bool) -> None:
        member, donor = self.one(who)
        year = self.salon.today.year + is_next_year
        if most_yen:
            self.salon.limit_set(donor, year, most_yen=most_yen, reached=reached)
            limit = parts.Limit(most_yen=most_yen, reached=reached)
        else:
            self.salon.limit_remove(donor, year)
            limit = None
        self.town.limit_set(member.name, year, limit)

    @rule(who=somebody, is_carried=st.booleans())
    @precondition(lambda self: self.some())
    def says_what_is_to_become_of_a_month_of_the_old_year(self, who: int, is_carried: bool) -> None:
        asked = [m for m in self.joined() if self.town.month_asked(m, today=self.salon.today)]
        member, donor = self.one(who, of=asked or None)
        answer = "carry" if is_carried else "leave_out"
        month = self.town.month_asked(member, today=self.salon.today)
        if month is None:
            with pytest.raises(NotFound):
                self.salon.year_turn_answer(donor, answer)
            return
        if is_carried:
            self.town.carry(month, today=self.salon.today)
        else:
            today = self.salon.today
            self.town.leave_out(member, month, reason="year_turn_left_out", today=today)
        self.salon.year_turn_answer(donor, answer)

    @rule(
        days=st.integers(1, 6),
        decision=st.sampled_from(["charge", "ask", "skip"]),
        said=st.sampled_from(["yes", "no", ""]),
    )
    def donations_are_stopped_for_days(self, days: int, decision: str, said: str) -> None:
        """And as many were missed as the town does not let go on by itself."""
        self.salon.charging(is_stopped=True)
        for _ in range(days):
            self.next_run(1, MORNING)
            self.salon.run()
            self.town.turn(self.salon.moment, is_stopped=True)
        self.salon.charging(is_stopped=False)
        self.salon.catch_up_bound(0)
        self.next_run(1, MORNING)
        self.salon.run()
        self.town.turn(self.salon.moment, is_bounded=True)
        missed = [
            (member, month)
            for member in self.joined()
            for month in member.months.values()
            if month.is_held
        ]
        assert self.salon.catch_up_decide(decision) == len(missed)
        self.salon.catch_up_bound(NO_BOUND)
        for member, month in missed:
            self.staff_have_decided(member, month, decision=decision, said=said)
        self.salon.pass_time(minutes=5)
        self.salon.run()
        self.town.turn(self.salon.moment)

    def staff_have_decided(
        self, member: parts.Member, month: parts.Month, *, decision: str, said: str
    ) -> None:
        donor, month.is_held = self.donors[member.name], False
        if decision == "skip" or (decision == "ask" and said == "no"):
            reason = "catch_up_declined" if decision == "ask" else "catch_up_skipped"
            self.town.leave_out(member, month, reason=reason, today=self.salon.today)
        elif decision == "ask" and not said:
            month.asked_until = self.salon.today + timedelta(days=parts.ANSWER_DAYS)
        else:
            self.town.days_renew(member, month, today=self.salon.today)
        if decision == "ask" and said:
            self.salon.missed_answer(donor, month.number, is_wanted=said == "yes")

    # --- helpers

    def untouched(self) -> list[tuple[parts.Member, parts.Month]]:
        """Donations that came and of which nothing went back."""
        return [
            (member, month)
            for member in self.joined()
            for month in member.paid()
            if not month.is_touched
        ]

    def untouched_one(self, who: int, back: int) -> tuple[parts.Member, models.Donor, parts.Month]:
        found = self.untouched()
        member, month = found[-1 - (who + back) % len(found)]
        return member, self.donors[member.name], month

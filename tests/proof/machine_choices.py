"""What donors may choose about their coming months."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from saleor_ext.common.errors import Refusal
from tests.proof import model
from tests.proof.machine import Machine, somebody

which = st.integers(0, 3)


class ChoosingMachine(Machine):
    """The same town, with everything that donors may choose."""

    @rule(who=somebody, is_job_lost=st.booleans())
    @precondition(lambda self: self.some())
    def enters_a_new_card(self, who: int, is_job_lost: bool) -> None:
        member, donor = self.one(who)
        self.salon.card_change(donor, is_job_lost=is_job_lost)
        self.town.card_changed(member, today=self.salon.today)
        if not is_job_lost:
            self.town.charge(member, moment=self.salon.moment, only_owed=True)

    @rule(who=somebody, number=which)
    @precondition(lambda self: self.some())
    def leaves_out_a_month(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        months = [m for m in self.changeable(member) if m.state == "planned"]
        month = months[number % len(months)] if months else None
        if month is None:
            return
        if self.town.skips_used(member, year=month.due.year) >= model.SKIPS_PER_YEAR:
            with pytest.raises(Refusal):
                self.salon.skip(donor, month.due.replace(day=1))
            return
        self.salon.skip(donor, month.due.replace(day=1))
        month.state, month.reason = "skipped", "donor_skip"

    @rule(who=somebody, number=which)
    @precondition(lambda self: self.some())
    def takes_a_month_back(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        months = [m for m in self.changeable(member) if m.reason == "donor_skip"]
        if months:
            month = months[number % len(months)]
            self.salon.skip_undo(donor, month.due.replace(day=1))
            month.state, month.reason = "planned", ""

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def wants_to_change_a_month_that_is_fixed(self, who: int) -> None:
        member, donor = self.one(who)
        months = self.changeable(member)
        fixed = [m for m in member.months.values() if m not in months]
        for month in fixed[-1:]:
            with pytest.raises(Refusal):
                self.salon.skip(donor, month.due.replace(day=1))

    def changeable(self, member: model.Member) -> list[model.Month]:
        return self.town.changeable(member, today=self.salon.today)

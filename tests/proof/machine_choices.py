"""What donors may choose about their coming months."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from saleor_ext.common.errors import Refusal
from saleor_ext.membership import models
from tests.proof import model_parts as parts
from tests.proof import salon_donors
from tests.proof.machine import TIERS, somebody
from tests.proof.machine_money import MoneyMachine

which = st.integers(0, 3)
MOST_GIVEN = 3


class ChoosingMachine(MoneyMachine):
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
        is_out_of_skips = self.town.skips_used(member, year=month.due.year) >= parts.SKIPS_PER_YEAR
        if is_out_of_skips or self.town.loses_box(member, month, today=self.salon.today):
            with pytest.raises(Refusal):
                self.salon.skip(donor, month.due.replace(day=1))
            return
        self.salon.skip(donor, month.due.replace(day=1))
        self.town.skip(member, month, reason="donor_skip", today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, number=which)
    @precondition(lambda self: self.some())
    def takes_a_month_back(self, who: int, number: int) -> None:
        member, donor = self.one(who)
        months = [m for m in self.changeable(member) if m.reason == "donor_skip"]
        if months:
            month = months[number % len(months)]
            if not self.town.may_come_back(member, month, today=self.salon.today):
                with pytest.raises(Refusal):
                    self.salon.skip_undo(donor, month.due.replace(day=1))
                return
            self.salon.skip_undo(donor, month.due.replace(day=1))
            self.town.bring_back(member, month, today=self.salon.today)
            self.was_told(member, donor)

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def wants_to_change_a_month_that_is_fixed(self, who: int) -> None:
        member, donor = self.one(who)
        months = self.changeable(member)
        fixed = [m for m in member.months.values() if m not in months]
        for month in fixed[-1:]:
            with pytest.raises(Refusal):
                self.salon.skip(donor, month.due.replace(day=1))

    @rule(who=somebody, slug=st.sampled_from(sorted(TIERS)))
    @precondition(lambda self: self.some())
    def changes_tier(self, who: int, slug: str) -> None:
        member, donor = self.one(who)
        is_same = member.amount_yen == TIERS[slug]
        if member.state not in parts.CHOOSING or is_same or member.is_resident:
            with pytest.raises(Refusal):
                self.salon.tier_change(donor, slug)
            return
        self.salon.tier_change(donor, slug)
        self.town.tier_change(member, amount_yen=TIERS[slug], today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, day=st.sampled_from([1, 10, 15, 28, 30, 31]))
    @precondition(lambda self: self.some())
    def changes_the_day(self, who: int, day: int) -> None:
        member, donor = self.one(who)
        if member.state not in parts.CHOOSING or day == member.anchor:
            with pytest.raises(Refusal):
                self.salon.day_change(donor, day)
            return
        self.salon.day_change(donor, day)
        self.town.day_change(member, day=day, today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody, number=which, days_after=st.integers(1, 20))
    @precondition(lambda self: self.some())
    def rests_until_a_day(self, who: int, number: int, days_after: int) -> None:
        member, donor = self.one(who)
        months = self.changeable(member)
        if not months:
            return
        until = months[number % len(months)].due + timedelta(days=days_after)
        today = self.salon.today
        leaves_out = self.town.would_leave_out(member, until=until, today=today)
        leaves_out = leaves_out and not self.town.rest_loses_box(member, until=until, today=today)
        if until == member.resume_on or not leaves_out:
            with pytest.raises(Refusal):
                self.salon.pause(donor, until)
            return
        self.salon.pause(donor, until)
        self.town.pause(member, until=until, today=today)
        self.was_told(member, donor)

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def goes_on_again(self, who: int) -> None:
        member, donor = self.one(who)
        if member.state not in parts.CHOOSING or member.resume_on is None:
            with pytest.raises(Refusal):
                self.salon.resume(donor)
            return
        self.salon.resume(donor)
        self.town.resume(member, today=self.salon.today)
        self.was_told(member, donor)

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def leaves_or_stays_after_all(self, who: int) -> None:
        member, donor = self.one(who)
        if member.state in parts.CHOOSING:
            self.salon.leave(donor)
            self.town.leave(member, today=self.salon.today)
        elif member.state == "cancelling":
            self.salon.stay(donor)
            self.town.stay(member, today=self.salon.today)
            self.was_told(member, donor)
        else:
            with pytest.raises(Refusal):
                self.salon.leave(donor)

    @rule(who=somebody, number=which, is_in_town=st.booleans())
    @precondition(lambda self: self.some())
    def sends_one_box_elsewhere(self, who: int, number: int, is_in_town: bool) -> None:
        member, donor = self.one(who)
        months = [m for m in self.changeable(member) if m.state == "planned"]
        if not months or member.given_to:
            return
        month, street = months[number % len(months)], f"別宅{number}番地"
        city = salon_donors.TOWN_ADDRESS["registered_city"] if is_in_town else "港区"
        if is_in_town or month.elsewhere == street:
            with pytest.raises(Refusal):
                self.salon.send_elsewhere(donor, month.due.replace(day=1), street, city=str(city))
            return
        self.salon.send_elsewhere(donor, month.due.replace(day=1), street, city=str(city))
        month.elsewhere = street

    @rule(who=somebody)
    @precondition(lambda self: self.some())
    def gives_his_membership_away_or_takes_it_back(self, who: int) -> None:
        member, donor = self.one(who)
        if member.given_to:
            self.salon.take_back(donor)
            self.town.give_away(member, to="")
        elif member.state in {"active", "paused"} and len(self.given) < MOST_GIVEN:
            street = f"贈り先{len(self.given)}番地"
            self.given.append(street)
            self.salon.give_away(donor, street=street)
            self.town.give_away(member, to=street)
        elif member.state not in {"active", "paused"}:
            with pytest.raises(Refusal):
                self.salon.give_away(donor, street="贈り先なし")

    @rule(who=somebody, tier=st.sampled_from(sorted(TIERS)), is_seen=st.booleans())
    @precondition(lambda self: self.gone())
    def comes_back(self, who: int, tier: str, is_seen: bool) -> None:
        self.somebody_comes_back(who, tier, is_seen=is_seen)

    def somebody_comes_back(self, who: int, tier: str, *, is_seen: bool) -> None:
        """Somebody whose membership had ended joins again, with a new card."""
        before = self.gone()[who % len(self.gone())]
        name, donor = f"{before.name}+", self.donors[before.name]
        self.donors[name] = donor
        member = self.town_join(name, tier)
        member.is_resident = before.is_resident
        self.salon.bank.card_enter(self.salon.join_to_card(donor, tier=tier))
        member.unseen_on = self.salon.today
        self.salon.pass_time(minutes=3)
        if is_seen:
            assert self.salon.join_back(donor) == "done"
            self.town.first_paid(member, today=self.salon.today)

    def gone(self) -> list[parts.Member]:
        """Whoever was a member, and is none any more."""
        return [
            member
            for member in self.town.members.values()
            if all(one.state == "ended" for one in self.town.of_donor(member.name))
            and f"{member.name}+" not in self.town.members
            and not member.is_resident
        ]

    def was_told(self, member: parts.Member, donor: models.Donor) -> None:
        """What a choice told of the next donation is the one that comes next."""
        month = self.town.next_donation(member, today=self.salon.today)
        if month is not None:
            assert self.salon.told(donor) == (month.due.isoformat(), month.amount_yen)

    def changeable(self, member: parts.Member) -> list[parts.Month]:
        return self.town.changeable(member, today=self.salon.today)

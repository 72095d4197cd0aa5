"""Gifts that cannot be sent, in the plain model: another one is proposed, and whose month it is
says what becomes of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.proof.model_money import Money
from tests.proof.model_parts import (
    ACCEPT,
    ASKED,
    CARRIED,
    CARRY,
    DROPPED,
    SWAPPED,
    UNDECIDED,
    Box,
    Member,
    Month,
    Proposal,
)

ANSWER_DAYS = 3


@dataclass(kw_only=True)
class Swaps(Money):
    """Which gift is missing in which box, and what its months wait for."""

    is_sold_out: bool = False

    def lock(self, member: Member, *, today: date) -> None:
        """Fix what can be changed no more."""
        raise NotImplementedError

    def can_send(self, member: Member, month: Month, *, today: date) -> bool:
        """Whether a month gets its box when it is fixed: nothing is used up, or for what is another
        gift is proposed.
        """
        return not self.is_sold_out or self.box_of(month) in self.proposals

    def propose(self, box: Box, proposal: Proposal) -> None:
        """Another gift may come in a box. Until its month says yes it is neither paid nor sent."""
        self.proposals[box] = proposal

    def withdraw(self, box: Box, *, today: date) -> None:
        """The gift can be sent after all: what nobody has said yes to comes as planned."""
        proposal = self.proposals.pop(box)
        for member in self.members.values():
            for month in member.months.values():
                was_open = month.swaps.get(proposal.number) in {ASKED, CARRIED}
                if month.swaps.get(proposal.number) == ASKED:
                    month.swaps[proposal.number] = DROPPED
                    self._goes_on(month, today=today)
                if was_open and member.state != "parked":
                    month.is_held_back = self.stays_back(member, month)

    def swaps_turn(self, *, today: date) -> None:
        """What is proposed is brought before everybody whose box it is in, and what nobody
        answered in time is decided.
        """
        self._open_all(today=today)
        for member in self.members.values():
            for month in member.by_number():
                self._close(member, month, today=today)

    def answer(self, member: Member, month: Month, *, is_yes: bool, today: date) -> None:
        """Its donor has said what he wants."""
        if is_yes:
            self._accept(member, month, today=today)
        else:
            self._carry(member, month, today=today)

    def take_up(self, *, today: date) -> None:
        """What is done at once about a new proposal, before the next run would do it."""
        back = [m for m in self.members.values() if self.months_back(m, today=today)]
        for member in self.members.values() if back else ():
            self.lock(member, today=today)
        self._open_all(today=today)

    def months_back(self, member: Member, *, today: date) -> bool:
        """A month that was left out because its gift was gone comes back, once, when another one
        is found in time, unless its donor wants such months left out.
        """
        if member.state != "active" or member.wish == CARRY:
            return False
        found = False
        for month in member.by_number():
            is_gone = month.reason == "out_of_stock" and not month.was_fixed
            is_in_time = month.number > 0 and month.due > today
            if not (is_gone and is_in_time and month.state == "skipped" and not month.was_back):
                continue
            if month.is_alone and self.box_of(month) in self.proposals:
                month.was_back = found = True
                self.bring_back(member, month, today=today)
        return found

    def question(self, month: Month) -> Proposal | None:
        """The proposal about which a month's donor is asked and has not answered."""
        proposal = self.proposals.get(self.box_of(month))
        if proposal is None or month.swaps.get(proposal.number) != ASKED:
            return None
        return proposal

    def _open_all(self, *, today: date) -> None:
        for member in self.members.values():
            for month in member.by_number():
                self._open(member, month, today=today)

    def _open(self, member: Member, month: Month, *, today: date) -> None:
        proposal = self.proposals.get(self.box_of(month))
        is_known = proposal is None or proposal.number in month.swaps
        if is_known or member.state == "parked" or not self.lacks_gift(month):
            return
        if self.payer(member, month).is_gone:
            return
        is_carried = member.wish == CARRY
        if is_carried and month.state == "locked" and month.question is not None:
            return  # it may be paid in this very moment
        assert proposal is not None
        month.swaps[proposal.number] = ASKED
        month.is_held_back = month.is_held_back or month.is_listed
        month.answer_until = max(month.due - timedelta(days=1), today + timedelta(days=ANSWER_DAYS))
        if is_carried:
            self._carry(member, month, today=today)
        elif member.wish == ACCEPT and not proposal.has_new_allergen:
            self._accept(member, month, today=today)

    def _close(self, member: Member, month: Month, *, today: date) -> None:
        proposal = self.question(month)
        if proposal is None:
            return
        if month.state not in UNDECIDED or self.payer(member, month).is_gone:
            month.swaps[proposal.number] = DROPPED
        elif month.answer_until is not None and month.answer_until < today:
            if member.silence == ACCEPT and not proposal.has_new_allergen:
                self._accept(member, month, today=today)
            else:
                self._carry(member, month, today=today)

    def _accept(self, member: Member, month: Month, *, today: date) -> None:
        month.swaps[self.proposals[self.box_of(month)].number] = SWAPPED
        month.gift = self.proposals[self.box_of(month)].gift
        self._goes_on(month, today=today)
        if member.state != "parked":
            month.is_held_back = self.stays_back(member, month)

    def _goes_on(self, month: Month, *, today: date) -> None:
        """Who owes it could not pay it while it waited."""
        if month.pay_until is not None and month.state == "locked":
            month.pay_until = max(month.pay_until, today + timedelta(days=ANSWER_DAYS))

    def _carry(self, member: Member, month: Month, *, today: date) -> None:
        """Left out, unless it is paid for already and no later month could bring its box: then
        nothing leaves before staff have found a way. While it may just be paid nothing is decided.
        """
        if month.state == "locked" and month.question is not None:
            return
        month.swaps[self.proposals[self.box_of(month)].number] = CARRIED
        if month.state == "locked" and not self.loses_box(member, month, today=today):
            self.leave_out(member, month, reason="out_of_stock", today=today)

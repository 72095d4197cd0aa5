"""What must become of every membership, in plain arithmetic: who owes what, which months are paid
or left out, how many boxes go out, what the provider holds, whose content is open.

Written from docs/architecture.md, docs/refunds.md and docs/algorithms. It imports nothing of the
product and knows neither attempts nor keys nor locks: only what is right in the end.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.proof import almanac
from tests.proof.model_parts import CHOOSING, HOME, LOWER, SENT_TO, Member, Month
from tests.proof.model_swaps import Swaps

MONTHLY = (3000, 10000)  # what the monthly tiers ask for


@dataclass(kw_only=True)
class Town(Swaps):
    """Everybody, and the days that go by."""

    def join(self, name: str, *, amount_yen: int, on: date) -> Member:
        """Somebody comes to the card page; nothing is given yet."""
        member = Member(name=name, amount_yen=amount_yen, joined_on=on, anchor=on.day)
        self.members[name] = member
        return member

    def first_paid(self, member: Member, *, today: date) -> None:
        """The first donation: on the day itself; the months after it are planned at once."""
        first = self.first_month(member)
        first.state, first.paid_on, first.has_box = "charged", member.unseen_on, True
        first.sent_to, first.was_fixed = HOME, True
        member.months[0] = first
        member.in_force_yen = first.amount_yen
        member.state, member.unseen_on = "active", None
        self.plan(member, today=today)

    def first_month(self, member: Member) -> Month:
        return Month(number=0, due=member.joined_on, amount_yen=member.amount_yen)

    def messages_come(self, *, today: date) -> None:
        """Everything the provider had to tell has been told."""
        for member in self.members.values():
            if member.unseen_on:
                self.first_paid(member, today=today)

    def turn(
        self,
        moment: datetime,
        *,
        is_provider_there: bool = True,
        is_stopped: bool = False,
        is_bounded: bool = False,
    ) -> None:
        """One run of the month, on whatever day it comes; `is_stopped` while nothing is taken,
        `is_bounded` when everything that was missed waits for staff.
        """
        today = almanac.japanese_day(moment)
        for member in self.members.values():
            self.plan(member, today=today)
            self.pause_turn(member, today=today)
            self.downgrade_turn(member, today=today)
            self.months_back(member, today=today)
            self.lock(member, today=today)
        self.swaps_turn(today=today)
        if is_provider_there:
            self.messages_come(today=today)  # the run asks the provider itself
        for member in self.members.values():
            self.look_after(member, moment=moment, is_provider_there=is_provider_there)
            self.unanswered_leave_out(member, today=today)
        for _, month in self.missed(moment) if is_bounded else ():
            month.is_held = True
        for member in self.members.values():
            if is_provider_there and not is_stopped:
                self.charge(member, moment=moment)
            self.ask(member, today=today)
            self._list(member, today=today)
            self.give_up(member, today=today, is_provider_there=is_provider_there)
            self._close_left(member, today=today, is_provider_there=is_provider_there)
            self._end(member, today=today)

    def lock(self, member: Member, *, today: date) -> None:
        """What can be changed no more is fixed, or left out with a reason."""
        for month in self.to_fix(member, today=today):
            if member.is_resident:
                self.skip(member, month, reason="resident_no_gift", today=today)
            elif member.state == "past_due" and month.amount_yen:
                self.skip(member, month, reason="past_due", today=today)
            else:
                self._fix(member, month, today=today)

    def to_fix(self, member: Member, *, today: date) -> list[Month]:
        """The planned months whose last day for changes is over."""
        if member.state not in CHOOSING:
            return []
        return self.too_late(member, today=today)

    def too_late(self, member: Member, *, today: date) -> list[Month]:
        return [m for m in member.by_number() if m.state == "planned" and m.last_day < today]

    def _fix(self, member: Member, month: Month, *, today: date) -> None:
        """As its donor's year allows: given, given in a lower tier this time, or left out."""
        limit = self.limit_of(member, month.year)
        as_planned = (month.amount_yen, month.tier, month.is_lowered)
        month.locked_limit = None
        if limit is not None and month.amount_yen:
            spent_yen = self.given_yen(member, month.year) + self.fixed_yen(member, month.year)
            left_yen = limit.most_yen - spent_yen
            if month.amount_yen > left_yen and limit.reached == LOWER:
                self.lower(month, left_yen=left_yen)
            if month.amount_yen > left_yen:
                self.skip(member, month, reason="year_limit", today=today)
                return
            month.locked_limit = limit.most_yen
        if not self.can_send(member, month, today=today):
            month.amount_yen, month.tier, month.is_lowered = as_planned
            self.skip(member, month, reason="out_of_stock", today=today)
            return
        month.state, month.has_box, month.was_fixed = "locked", True, True
        month.sent_to = month.elsewhere or member.given_to or HOME

    def lower(self, month: Month, *, left_yen: int) -> None:
        """It is given in the largest lower tier that fits, if there is one."""
        lower = [yen for yen in MONTHLY if yen < month.amount_yen and yen <= left_yen]
        month.is_lowered = month.is_lowered or bool(lower)
        month.amount_yen = max(lower, default=month.amount_yen)

    def _close_left(self, member: Member, *, today: date, is_provider_there: bool) -> None:
        """Whoever leaves is asked nothing more, not by his bank either."""
        if member.state != "cancelling" or not is_provider_there:
            return
        closed = member.waiting()
        for month in closed:
            month.question, month.state = None, "void"
        self.follow(member, closed, today=today)

    def _list(self, member: Member, *, today: date) -> None:
        if member.state not in SENT_TO:
            return
        ready = [m for m in self.given(member) if m.list_on <= today]
        ready = [m for m in ready if m.is_listed or not self.lacks_gift(m)]
        if ready and member.is_resident:
            self.park(member)  # no box for somebody who lives in the town: staff must look
            for month in ready:
                month.is_held_back = month.is_listed
            return
        for month in ready:
            month.is_listed = True

    def given(self, member: Member) -> list[Month]:
        """The months whose donation is here."""
        return [m for m in member.paid() if m.dispute not in {"open", "lost"}]

    def _end(self, member: Member, *, today: date) -> None:
        if member.state == "ended":
            member.given_to = ""
        if member.state != "cancelling" or member.left_on is None:
            return
        given = [month for month in member.by_number() if month.state == "charged"]
        if any(not month.is_listed and not month.is_gone for month in given):
            return
        last = given[-1]
        following = member.months.get(last.number + 1)
        next_due = (
            following.due
            if following
            else almanac.donation_day(member.joined_on, last.number + 1, member.anchor)
        )
        days = [almanac.last_parcel_day(month.due) for month in given]
        days += [next_due - timedelta(days=1), member.left_on]
        if all(day < today for day in days):
            member.state, member.given_to = "ended", ""

"""What must become of prepaid memberships, in plain arithmetic: which month has a box, which one
is given, and when it is over. Written from docs/algorithms/terms.md.

It imports nothing of the product. What is the same for every membership stands in `model.py`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.proof import almanac
from tests.proof.model_parts import CHOOSING, Member, Month
from tests.proof.model_terms_parts import END, LIVE, TIERS, Decided, is_of_term, is_term
from tests.proof.model_terms_plan import LOOK_AHEAD, NEVER, last_day, may_decide
from tests.proof.model_terms_swaps import TermSwaps

MAY_BEGIN = {"active", "paused"}


@dataclass(kw_only=True)
class TermTown(TermSwaps):
    """Everybody who gives once for several boxes, or would like to."""

    def join_tier(self, name: str, *, tier: str, on: date) -> Member:
        member = self.join(name, amount_yen=TIERS[tier][0], on=on)
        member.tier = tier
        return member

    # --- how they end

    def _end(self, member: Member, *, today: date) -> None:
        going = [month for month in member.by_number() if month.state in {"locked", "charged"}]
        is_on_its_way = any(
            almanac.last_parcel_day(m.due) >= today
            or not (m.is_listed or self.payer(member, m).is_gone)
            for m in going
        )
        is_planned = any(month.state == "planned" for month in member.months.values())
        if member.state == "active" and is_term(member.tier):
            is_over = not is_planned and not is_on_its_way
        else:
            is_left = member.state == "cancelling" and not is_on_its_way
            is_over = is_left and self._is_left_behind(member, today=today)
        if is_over:
            member.state = "ended"
        if member.state == "ended":
            member.given_to = ""

    def _is_left_behind(self, member: Member, *, today: date) -> bool:
        """The day that was paid for last is over, and the one on which he chose to leave."""
        planned = [m for m in member.by_number() if m.state == "planned"]
        if any(almanac.last_parcel_day(month.due) >= today for month in planned):
            return False
        paid = [m.number for m in member.by_number() if self._counts(member, m)]
        decided = self.laid_out(member, today=today, last=max(member.months) + LOOK_AHEAD)
        last = max([*paid, *(n for n, wanted in decided.items() if wanted)])
        days = [self._due(member, last + 1) - timedelta(days=1)]
        days.append(almanac.last_parcel_day(self._due(member, last)))
        return all(day < today for day in days + [day for day in [member.left_on] if day])

    def _counts(self, member: Member, month: Month) -> bool:
        is_box = month.paid_by is not None and month.state in {"planned", "locked"}
        is_paid = self.payer(member, month).state == "charged"
        return is_paid and (is_box or month.state == "charged")

    def _due(self, member: Member, number: int) -> date:
        month = member.months.get(number)
        return month.due if month else self.due(member, number)

    # --- choices

    def may_come_back(self, member: Member, month: Month, *, today: date) -> bool:
        """Not where nothing would come any more."""
        if not super().may_come_back(member, month, today=today):
            return False
        month.state = "planned"
        decided = self.looked_ahead(member, today=today)
        month.state = "skipped"
        return decided[month.number] is not None

    def would_leave_out(self, member: Member, *, until: date, today: date) -> bool:
        back = [m for m in self.changeable(member, today=today) if m.reason == "donor_pause"]
        for month in back:
            month.state = "planned"
        decided = self.looked_ahead(member, today=today, until=NEVER)
        for month in back:
            month.state = "skipped"
        days = [self._due(member, number) for number, wanted in decided.items() if wanted]
        return any(day < until and last_day(day) >= today for day in days)

    def day_change(self, member: Member, *, day: int, today: date) -> None:
        """What the plan took back for now would come on the new day, too."""
        for month in member.by_number():
            due = almanac.donation_day(member.joined_on, month.number, day)
            is_taken_back = may_decide(month, today) and month.state == "void"
            if is_taken_back and last_day(due) >= today:
                month.due = due
        super().day_change(member, day=day, today=today)

    def leave(self, member: Member, *, today: date) -> None:
        """What was to follow a term is kept for whoever stays after all."""
        if not is_term(member.tier):
            member.following, member.from_number = "", 0
        super().leave(member, today=today)

    def stay(self, member: Member, *, today: date) -> None:
        member.state, member.left_on = "active", None
        for month in member.by_number():
            if month.state == "void" and month.is_left_plan and month.last_day >= today:
                self.bring_back(member, month, today=today)
        self.replan(member, today=today)

    def may_change_tier(self, member: Member, tier: str, *, today: date) -> bool:
        is_free = member.state in CHOOSING and not is_term(member.tier) and not member.is_resident
        is_fixed = self._is_term_fixed(member, today=today)
        return is_free and not is_fixed and tier != (member.following or member.tier)

    def _is_term_fixed(self, member: Member, *, today: date) -> bool:
        """The month that pays for a term comes as it was agreed."""
        return any(month.box_count > 1 for month in self._fixed(member, today=today))

    def _fixed(self, member: Member, *, today: date) -> list[Month]:
        """The months that wait for their donation and can be changed no more, locked or not."""
        late = [m for m in super().to_fix(member, today=today) if member.state != "past_due"]
        return [m for m in [*member.waiting(), *late] if m.number and m.amount_yen]

    def tier_changed(self, member: Member, *, tier: str, today: date) -> None:
        """From the first month on that can still be changed. Going back to the one in force is no
        change, unless a month is fixed for another one.
        """
        planned = self.to_change(member, today=today)
        number = planned[0].number if planned else max(member.months) + 1
        while not planned and member.resume_on and self._due(member, number) < member.resume_on:
            number += 1
        is_back = tier == member.tier and not self._is_other_fixed(member, today=today)
        member.following, member.from_number = ("", 0) if is_back else (tier, number)
        self.replan(member, today=today)

    def _is_other_fixed(self, member: Member, *, today: date) -> bool:
        return any(
            month.tier != member.tier and not month.is_lowered
            for month in self._fixed(member, today=today)
        )

    def may_begin_term(self, member: Member, tier: str, *, today: date) -> bool:
        """Who gives every month; or takes that back again, naming his own tier."""
        is_free = member.state in MAY_BEGIN and not is_term(member.tier)
        is_new = member.following != tier and not (is_term(tier) and member.is_resident)
        is_back = tier == member.tier and bool(member.following)
        is_free = is_free and not self._is_term_fixed(member, today=today)
        return is_free and (is_new if is_term(tier) else is_back) and self._has_month(member, today)

    def _has_month(self, member: Member, today: date) -> bool:
        return bool(self.to_change(member, today=today))

    def begin_term(self, member: Member, tier: str, *, today: date) -> None:
        """The next donation that can still be changed pays for a term, or not after all."""
        first, member.is_renewed = self.to_change(member, today=today)[0], False
        member.following = tier if is_term(tier) else ""
        member.from_number = first.number if is_term(tier) else 0
        self.replan(member, today=today)

    def swappable(self, member: Member, *, today: date) -> list[Month]:
        """The months of a term in which another box can come."""
        if not is_term(member.tier) or member.is_resident:
            return []
        return [m for m in self.to_change(member, today=today) if is_of_term(m)]

    def may_choose_after(self, member: Member, after: str, *, today: date) -> bool:
        """Something else, until the last day for changes of the month after the term, as it would
        then be.
        """
        paid = [m for m in member.by_number() if m.state == "charged" and m.box_count > 1]
        paid = [m for m in paid if not m.is_stopped]
        is_same = member.is_renewed and after == (member.following or member.tier)
        if member.state not in CHOOSING or not is_term(member.tier) or not paid or is_same:
            return False
        kept = (member.following, member.from_number, member.is_renewed)
        self._wish(member, after)
        decided = self.looked_ahead(member, today=today)
        member.following, member.from_number, member.is_renewed = kept
        return self._is_open_after(member, decided, payer=paid[-1].number, today=today)

    def _is_open_after(
        self, member: Member, decided: dict[int, Decided], *, payer: int, today: date
    ) -> bool:
        fixed = [m for m in member.by_number() if m.number not in decided and m.state in LIVE]
        of_term = [m.number for m in fixed if payer in (m.number, m.paid_by)]
        of_term += [n for n, wanted in decided.items() if wanted and wanted[1] == payer]
        first = max(of_term) + 1
        giving = [m.number for m in fixed if m.amount_yen and m.number >= first]
        giving += [
            n for n, wanted in decided.items() if wanted and wanted[1] is None and n >= first
        ]
        number = min(giving, default=first)
        if any(m.number == number and m.state != "planned" for m in fixed):
            return False
        due = self._due(member, number) if giving else self.due(member, number)
        return last_day(due) >= today

    def choose_after(self, member: Member, after: str, *, today: date) -> None:
        self._wish(member, after)
        self.replan(member, today=today)

    def _wish(self, member: Member, after: str) -> None:
        member.is_renewed = after != END
        member.following = "" if after in (END, member.tier) else after
        member.from_number = 0

"""The plan of prepaid memberships in the plain model: which month is covered, which one is given,
and what follows when one of them turns. Written from docs/algorithms/terms.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.proof import almanac
from tests.proof.model import Town
from tests.proof.model_parts import MONTHS_AHEAD, SENT_TO, Member, Month
from tests.proof.model_terms_parts import TIERS, Decided, Owed, is_leaving, is_of_term

LOOK_AHEAD = 40
NEVER = date.min


@dataclass(kw_only=True)
class TermPlan(Town):
    """Months are decided anew as long as they may still be changed; fixed ones never. A term may
    grow `may_grow` months longer than its boxes.
    """

    may_grow: int = 12

    def plan(self, member: Member, *, today: date) -> None:
        if member.state in SENT_TO:
            self._write(member, today=today)

    def follow(self, member: Member, months: list[Month], *, today: date) -> None:
        """A term that loses a month is laid out anew at once, while staff look into it too."""
        if any(is_of_term(month) for month in months):
            self.replan(member, today=today)

    def replan(self, member: Member, *, today: date) -> None:
        if member.state in SENT_TO | {"parked"}:
            self._write(member, today=today)

    def bring_back(self, member: Member, month: Month, *, today: date) -> None:
        """As what it is to be by now."""
        month.state, month.reason = "planned", ""
        self.replan(member, today=today)

    def _write(self, member: Member, *, today: date) -> None:
        since = (today.year - member.joined_on.year) * 12 + today.month - member.joined_on.month
        decided = self.laid_out(member, today=today, last=since + MONTHS_AHEAD)
        for number, wanted in decided.items():
            month = member.months.get(number)
            if wanted is None:
                if month is not None and month.state == "planned":
                    self._take_back(month, today=today)
                continue
            if month is None and member.state == "parked":
                continue
            tier, paid_by = wanted
            if month is None:
                due = self.due(member, number)
                month = Month(number=number, due=due, amount_yen=0, tier=tier)
                member.months[number] = month
            _become(month, tier=tier, paid_by=paid_by)

    def _take_back(self, month: Month, *, today: date) -> None:
        """It was only a plan; one on which its donor has counted already is told as left out."""
        if month.last_day < today:
            month.state, month.reason = "skipped", "term_not_begun"
        else:
            month.state, month.is_ended_plan = "void", True

    def laid_out(
        self,
        member: Member,
        *,
        today: date,
        last: int,
        is_resting: Callable[[int], bool] = lambda number: False,
    ) -> dict[int, Decided]:
        """What every month that can still be decided is to be; None for one that is not to be."""
        owed = Owed(member=member, is_renewed=member.is_renewed, may_grow=self.may_grow)
        found: dict[int, Decided] = {}
        newest = max(member.months)
        for number in range(max(last, newest) + 1):
            month = member.months.get(number)
            if month is None:
                if number > newest or self._is_time(member, number, today):
                    found[number] = None if is_resting(number) else owed.decide(number)
            elif not may_decide(month, today):
                if owed.is_orphan(month):
                    found[number] = owed.cover(number)
                else:
                    owed.count(month)
            elif month.paid_by is not None or not is_leaving(member):
                found[number] = None if is_resting(number) else owed.decide(number)
        return found

    def looked_ahead(
        self, member: Member, *, today: date, until: date | None = None
    ) -> dict[int, Decided]:
        """The same far ahead, without the months that lie in his pause, or in one until a day
        (`NEVER` for none) that he thinks of.
        """
        resume_on = member.resume_on if until is None else until

        def is_resting(number: int) -> bool:
            month = member.months.get(number)
            due = month.due if month else self.due(member, number)
            return resume_on is not None and due < resume_on

        last = max(member.months) + LOOK_AHEAD
        return self.laid_out(member, today=today, last=last, is_resting=is_resting)

    def due(self, member: Member, number: int) -> date:
        return almanac.donation_day(member.joined_on, number, member.anchor)

    def _is_time(self, member: Member, number: int, today: date) -> bool:
        return last_day(self.due(member, number)) >= today

    def to_fix(self, member: Member, *, today: date) -> list[Month]:
        """A month that a term covers waits for the donation of the term, and comes though its donor
        leaves.
        """
        if member.state not in SENT_TO:
            return []
        own = {m.number for m in super().to_fix(member, today=today) if m.paid_by is None}
        return [
            month
            for month in self.too_late(member, today=today)
            if month.number in own
            or (month.paid_by is not None and self._is_paid(self.payer(member, month)))
        ]

    def _is_paid(self, month: Month) -> bool:
        return month.state == "charged" and not month.is_stopped

    def to_change(self, member: Member, *, today: date) -> list[Month]:
        """The planned months about which something can still be chosen."""
        return [m for m in self.changeable(member, today=today) if m.state == "planned"]


def last_day(due: date) -> date:
    """The last day on which a month can be changed."""
    return Month(number=0, due=due, amount_yen=0).last_day


def may_decide(month: Month, today: date) -> bool:
    """What the plan itself took back it may bring again."""
    is_plan = month.state == "planned" or (month.state == "void" and month.is_ended_plan)
    return is_plan and month.last_day >= today and month.number > 0


def _become(month: Month, *, tier: str, paid_by: int | None) -> None:
    """The box wished for in a month of a term is wished for in no other kind of month."""
    is_term = paid_by is not None or TIERS[tier][1] > 1
    if tier != month.tier or not is_term:
        month.swapped_to = ""
    month.tier, month.paid_by = tier, paid_by
    month.amount_yen = TIERS[tier][0] if paid_by is None else 0
    month.box_count = TIERS[tier][1] if paid_by is None else 1
    month.state, month.reason, month.is_ended_plan = "planned", "", False

"""Gifts that cannot be sent in the months of prepaid terms, in the plain model: a box that is paid
for comes in its month, with another gift, or at the end of its term; nobody loses one by it.

Written from docs/algorithms/terms.md and docs/operating.md. It imports nothing of the product.
"""

from dataclasses import dataclass
from datetime import date

from tests.proof.model_parts import CARRY, Box, Member, Month
from tests.proof.model_terms_money import TermMoney
from tests.proof.model_terms_parts import LIVE, TIERS, box, is_term
from tests.proof.model_terms_plan import NEVER


@dataclass(kw_only=True)
class TermSwaps(TermMoney):
    """Which box is missing for whom, and whether it can still come later."""

    def box_of(self, month: Month) -> Box:
        """The term's own, or the one that its donor chose."""
        return TIERS[box(month)][0], month.due.replace(day=1)

    def can_send(self, member: Member, month: Month, *, today: date) -> bool:
        """In place of a box that its donor chose the tier's own comes. What is paid for stays, for
        staff, unless its donor wants such months carried over and that loses him no box.
        """
        chosen = month.swapped_to
        for month.swapped_to in [chosen, ""]:
            if super().can_send(member, month, today=today):
                return True
        month.swapped_to = chosen
        is_carried = member.wish == CARRY and not self.loses_box(member, month, today=today)
        return month.paid_by is not None and not is_carried

    def loses_box(self, member: Member, month: Month, *, today: date) -> bool:
        """Where the term has grown as far as it may, or the membership is over."""
        if month.paid_by is None:
            return False
        if member.state == "ended":
            return True
        payer, state = member.months[month.paid_by], month.state
        before = self._boxes_coming(member, payer, today=today)
        month.state = "skipped"
        after = self._boxes_coming(member, payer, today=today)
        month.state = state
        return after < before

    def rest_loses_box(self, member: Member, *, until: date, today: date) -> bool:
        """Of the term that was paid for last."""
        paid = [m for m in member.by_number() if m.state == "charged" and m.box_count > 1]
        paid = [m for m in paid if not m.is_stopped]
        if not paid or not is_term(member.tier):
            return False
        back = [m for m in self.changeable(member, today=today) if m.reason == "donor_pause"]
        for month in back:
            month.state = "planned"
        before = self._boxes_coming(member, paid[-1], today=today, until=NEVER)
        after = self._boxes_coming(member, paid[-1], today=today, until=until)
        for month in back:
            month.state = "skipped"
        return after < before

    def _boxes_coming(
        self, member: Member, payer: Month, *, today: date, until: date | None = None
    ) -> int:
        """How many of a term's later boxes came or will, as far as it may grow."""
        decided = self.looked_ahead(member, today=today, until=until)
        fixed = [
            month
            for month in member.by_number()
            if month.number not in decided and month.state in LIVE
        ]
        later = [wanted for wanted in decided.values() if wanted is not None]
        return sum(month.paid_by == payer.number for month in fixed) + sum(
            paid_by == payer.number for _, paid_by in later
        )

"""Money of prepaid terms in the plain model: what comes, what goes back, and which boxes stop.

Written from docs/refunds.md and docs/algorithms/limit-and-declines.md.
"""

from dataclasses import dataclass
from datetime import date

from tests.proof.model_parts import CHOOSING, Member, Month
from tests.proof.model_terms_parts import TIERS, is_term
from tests.proof.model_terms_plan import TermPlan


@dataclass(kw_only=True)
class TermMoney(TermPlan):
    """A donation for several boxes comes and goes as a whole, or by whole boxes."""

    def first_month(self, member: Member) -> Month:
        first = super().first_month(member)
        first.tier, first.box_count = member.tier, TIERS[member.tier][1]
        return first

    def month_paid(self, member: Member, month: Month, *, on: date) -> None:
        """With its first donation another tier comes into force, or once more the one for which a
        month was fixed before its donor chose to go back.
        """
        later = any(
            m.number > month.number and m.state == "charged" for m in member.months.values()
        )
        if not later and not month.is_lowered:
            is_next = month.tier == member.following
            if is_next and month.number >= member.from_number:
                member.tier, member.following = month.tier, ""
                member.from_number, member.is_renewed = 0, False
            elif not is_next and (member.following or month.box_count > 1):
                member.tier = month.tier
        super().month_paid(member, month, on=on)

    def downgrade_turn(self, member: Member, *, today: date) -> None:
        """Between tiers that are given every month."""
        tiers = [member.tier, member.following]
        if member.state not in CHOOSING or not member.following or any(map(is_term, tiers)):
            return
        first = member.months.get(member.from_number)
        is_lower = TIERS[member.following][0] < TIERS[member.tier][0]
        if is_lower and first is not None and first.due <= today:
            member.tier, member.following, member.from_number = member.following, "", 0

    def lower(self, month: Month, *, left_yen: int) -> None:
        """In a tier that brings as many boxes: no other prepaid one does."""
        if month.box_count > 1:
            return
        before = month.amount_yen
        super().lower(month, left_yen=left_yen)
        if month.amount_yen != before:
            by_yen = {yen: tier for tier, (yen, boxes) in TIERS.items() if boxes == 1}
            month.tier, month.is_lowered = by_yen[month.amount_yen], True

    def paid_with(self, member: Member, month: Month) -> list[Month]:
        return [m for m in member.by_number() if month.number in (m.number, m.paid_by)]

    def given(self, member: Member) -> list[Month]:
        """Months that a term covers count as given with its donation."""
        here = {month.number for month in super().given(member)}
        return [
            month
            for month in member.by_number()
            if month.number in here or (month.paid_by in here and month.state == "locked")
        ]

    def give_back(self, member: Member, month: Month, *, on: date) -> None:
        self.stop(member, month, today=on)
        super().give_back(member, month, on=on)

    def dispute_end(self, member: Member, month: Month, *, is_won: bool, on: date) -> None:
        super().dispute_end(member, month, is_won=is_won, on=on)
        if not is_won:
            self.stop(member, month, today=on)

    def stop(self, member: Member, month: Month, *, today: date) -> None:
        """The boxes that no producer knows of do not come, and nothing is renewed."""
        if month.box_count == 1:
            return
        month.is_stopped, member.is_renewed = True, False
        stopped = [m for m in self._covered(member, month) if not m.is_listed]
        for one in stopped:
            one.state = "void"
        self.follow(member, stopped, today=today)

    def _covered(self, member: Member, month: Month) -> list[Month]:
        """The months with a box that a term's donation covers."""
        return [
            one
            for one in member.by_number()
            if one.paid_by == month.number and one.state in {"planned", "locked"}
        ]

    def free_boxes(self, member: Member, month: Month) -> int:
        """What could still fall away: not the first one, and none a producer was asked for."""
        listed = sum(one.is_listed for one in self._covered(member, month))
        return max(month.box_count - month.boxes_ended - 1 - listed, 0)

    def give_back_part(self, member: Member, month: Month, *, amount_yen: int, on: date) -> None:
        """Whole boxes that are free fall away at once; anything else is for staff."""
        worth = {
            month.amount_yen * boxes // month.box_count: boxes
            for boxes in range(1, self.free_boxes(member, month) + 1)
        }
        if month.box_count > 1 and amount_yen in worth:
            month.moved.append((on, -amount_yen))
            self.boxes_end(member, month, boxes=worth[amount_yen], today=on)
            return
        month.is_part_open = month.box_count > 1
        super().give_back_part(member, month, amount_yen=amount_yen, on=on)

    def parts_open(self, member: Member) -> list[Month]:
        """The terms of whose donation a part went back and staff have not said what follows."""
        return [m for m in member.by_number() if m.is_part_open and not m.is_stopped]

    def boxes_end(self, member: Member, month: Month, *, boxes: int, today: date) -> None:
        """The last ones: planned months first, then those that are fixed, or late to be, and on no
        list.
        """
        month.is_part_open = False
        month.boxes_ended += boxes
        covered = self._covered(member, month)
        fixed = [one for one in covered if one.state == "locked" or one.last_day < today]
        too_many = max(len(fixed) + 1 - (month.box_count - month.boxes_ended), 0)
        unlisted = [one for one in fixed if not one.is_listed]
        for one in unlisted[len(unlisted) - too_many :] if too_many else ():
            one.state = "void"
        self.replan(member, today=today)

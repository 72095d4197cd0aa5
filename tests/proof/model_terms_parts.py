"""What the plain model of prepaid terms is made of: tiers, and which boxes are still owed.

Written from docs/algorithms/terms.md. It imports nothing of the product.
"""

from dataclasses import dataclass, field

from tests.proof.model_parts import Member, Month

END = "end"
# What a tier asks for, and how many boxes it brings.
TIERS = {"nagisa": (3000, 1), "minato": (10000, 1), "tsuzuri": (30000, 3), "itsutsu": (50000, 5)}
PREPAID = ("itsutsu", "tsuzuri")
# Whose box comes in its months, and which one is offered in place of it.
BOXES = {"nagisa": "nagisa", "minato": "minato", "tsuzuri": "nagisa", "itsutsu": "minato"}
OTHER_BOX = {"nagisa": "minato", "minato": "nagisa"}
LIVE = {"planned", "locked", "charged"}

# What a month is to be: its tier and, when a term covers it, the month that paid.
Decided = tuple[str, int | None] | None


def is_term(tier: str) -> bool:
    """Whether one donation of it brings several boxes."""
    return TIERS[tier][1] > 1


def is_of_term(month: Month) -> bool:
    """Whether a month pays for a term or is covered by one."""
    return month.box_count > 1 or month.paid_by is not None


def is_leaving(member: Member) -> bool:
    """Whether nothing more is to be given, also while staff look into it."""
    return "cancelling" in {member.state, member.parked_from}


def box(month: Month) -> str:
    """The tier whose box comes in a month."""
    return month.swapped_to or BOXES[month.tier]


@dataclass(kw_only=True)
class Term:
    """A donation that brings several boxes: how many are still owed, and up to which month."""

    number: int
    tier: str
    left: int
    last: int


@dataclass(kw_only=True)
class Owed:
    """Which boxes are owed, going through a member's months in their order."""

    member: Member
    is_renewed: bool
    may_grow: int
    is_after_term: bool = False
    terms: list[Term] = field(default_factory=list)

    def count(self, month: Month) -> None:
        """A month that stays as it is; one that was left out uses up no box."""
        if month.state not in LIVE:
            return
        if month.paid_by is None:
            self._given(month.number, month.tier, month=month)
        for term in self.terms:
            term.left -= term.number == month.paid_by

    def is_orphan(self, month: Month) -> bool:
        """It waits for a donation that will not come any more."""
        payers = {term.number for term in self.terms}
        is_waiting = month.state == "planned" and month.paid_by is not None
        return is_waiting and month.paid_by not in payers

    def cover(self, number: int) -> Decided:
        """By the oldest term that owes a box and may still grow so far."""
        for term in self.terms:
            if term.left > 0 and number <= term.last:
                term.left -= 1
                return term.tier, term.number
        return None

    def decide(self, number: int) -> Decided:
        """Covered; else nothing, or a donation of its own."""
        covered = self.cover(number)
        goes_on = not self.is_after_term or self.is_renewed
        if covered is not None or not goes_on or is_leaving(self.member):
            return covered
        is_next = bool(self.member.following) and number >= self.member.from_number
        tier = self.member.following if is_next else self.member.tier
        self._given(number, tier)
        return tier, None

    def _given(self, number: int, tier: str, *, month: Month | None = None) -> None:
        """What was wished for the end of one term is not wished for the end of another's."""
        if tier == self.member.following:
            self.is_renewed = False
        boxes = TIERS[tier][1]
        self.is_after_term = boxes > 1
        if boxes > 1 and not (month and month.is_stopped):
            left = boxes - 1 - (month.boxes_ended if month else 0)
            last = number + boxes - 1 + self.may_grow
            self.terms.append(Term(number=number, tier=tier, left=left, last=last))

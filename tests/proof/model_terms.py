"""What must become of prepaid memberships, in plain arithmetic: which month has a box, which one
is given, and when it is over. Written from docs/algorithms/terms.md.

It imports nothing of the product.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.proof import almanac

MONTHS_AHEAD = 3
LOOK_AHEAD = 40
MAY_GROW = 12
SKIPS_PER_YEAR = 3
END = "end"
# What a tier asks for, and how many boxes it brings.
TIERS = {"nagisa": (3000, 1), "minato": (10000, 1), "tsuzuri": (30000, 3)}
LIVE = {"planned", "locked", "charged"}


@dataclass(kw_only=True)
class TermMonth:
    """One month: of its own donation in `tier`, or covered by the month `paid_by`."""

    number: int
    due: date
    tier: str
    paid_by: int | None = None
    state: str = "planned"
    is_listed: bool = False
    is_ended_plan: bool = False  # the plan itself took it back, and may bring it again
    is_left_plan: bool = False  # taken back because its donor leaves
    swapped_to: int | None = None
    paid_on: date | None = None

    @property
    def yen(self) -> int:
        return TIERS[self.tier][0] if self.paid_by is None else 0

    @property
    def boxes(self) -> int:
        return TIERS[self.tier][1] if self.paid_by is None else 1

    @property
    def last_day(self) -> date:
        """The last day on which it can be changed."""
        return self.due - timedelta(days=almanac.CHANGE_DAYS)


@dataclass(kw_only=True)
class Term:
    """A donation that brings several boxes: how many are still owed, and up to which month."""

    number: int
    tier: str
    left: int
    last: int


@dataclass(kw_only=True)
class _Owed:
    """Which boxes are owed, going through a member's months in their order."""

    member: "TermMember"
    is_renewed: bool
    is_after_term: bool = False
    terms: list[Term] = field(default_factory=list)

    def count(self, month: TermMonth) -> None:
        """A month that stays as it is; one that was left out uses up no box."""
        if month.state not in LIVE:
            return
        if month.paid_by is None:
            self._given(month.number, month.tier)
        for term in self.terms:
            term.left -= term.number == month.paid_by

    def decide(self, number: int) -> tuple[str, int | None] | None:
        """Covered by the oldest term that owes a box; else nothing, or a donation of its own."""
        for term in self.terms:
            if term.left > 0 and number <= term.last:
                term.left -= 1
                return term.tier, term.number
        goes_on = not self.is_after_term or self.is_renewed
        if not goes_on or self.member.state == "cancelling":
            return None
        is_next = bool(self.member.following) and number >= self.member.from_number
        tier = self.member.following if is_next else self.member.tier
        self._given(number, tier)
        return tier, None

    def _given(self, number: int, tier: str) -> None:
        """What was wished for the end of one term is not wished for the end of another's."""
        if tier == self.member.following:
            self.is_renewed = False
        boxes = TIERS[tier][1]
        self.is_after_term = boxes > 1
        if boxes > 1:
            last = number + boxes - 1 + MAY_GROW
            self.terms.append(Term(number=number, tier=tier, left=boxes - 1, last=last))


@dataclass(kw_only=True)
class TermMember:
    """A membership. What follows its term: `following` if that is another tier, the same one again
    when it is to be `renewed`, else the end.
    """

    joined_on: date
    tier: str
    state: str = "active"
    following: str = ""
    from_number: int = 0
    is_renewed: bool = False
    left_on: date | None = None
    months: dict[int, TermMonth] = field(default_factory=dict)

    def by_number(self) -> list[TermMonth]:
        return [self.months[number] for number in sorted(self.months)]

    def due(self, number: int) -> date:
        return almanac.donation_day(self.joined_on, number, self.joined_on.day)

    def join(self) -> None:
        first = TermMonth(number=0, due=self.joined_on, tier=self.tier, state="charged")
        first.paid_on = self.joined_on
        self.months[0] = first
        self.plan(self.joined_on)

    def laid_out(self, today: date, *, last: int) -> dict[int, tuple[str, int | None] | None]:
        """What every month that can still be decided is to be: its tier and, when a term covers it,
        the month that paid; None for a month that is not to be.
        """
        owed = _Owed(member=self, is_renewed=self.is_renewed)
        found: dict[int, tuple[str, int | None] | None] = {}
        newest = max(self.months)
        for number in range(max(last, newest) + 1):
            month = self.months.get(number)
            if month is None:
                if number > newest or self._is_time(number, today):
                    found[number] = owed.decide(number)
            elif not self._may_decide(month, today):
                owed.count(month)
            elif self.state != "cancelling" or month.paid_by is not None:
                found[number] = owed.decide(number)
        return found

    def _may_decide(self, month: TermMonth, today: date) -> bool:
        is_plan = month.state == "planned" or month.is_ended_plan
        return is_plan and month.last_day >= today and month.number > 0

    def _is_time(self, number: int, today: date) -> bool:
        return self.due(number) - timedelta(days=almanac.CHANGE_DAYS) >= today

    def plan(self, today: date) -> None:
        if self.state not in {"active", "cancelling"}:
            return
        since = (today.year - self.joined_on.year) * 12 + today.month - self.joined_on.month
        for number, wanted in self.laid_out(today, last=since + MONTHS_AHEAD).items():
            month = self.months.get(number)
            if wanted is None:
                if month is not None and month.state == "planned":
                    month.state, month.is_ended_plan = "void", True
                continue
            tier, paid_by = wanted
            if month is None:
                month = TermMonth(number=number, due=self.due(number), tier=tier)
                self.months[number] = month
            is_of_term = paid_by is not None or TIERS[tier][1] > 1
            if tier != month.tier or not is_of_term:
                month.swapped_to = None
            month.tier, month.paid_by = tier, paid_by
            month.state, month.is_ended_plan = "planned", False

    def turn(self, today: date) -> None:
        """One run of the month."""
        self.plan(today)
        for month in self.by_number():
            if month.state != "planned" or not month.last_day < today:
                continue
            is_paid = month.paid_by is not None and self.months[month.paid_by].state == "charged"
            is_taken = month.paid_by is None and self.state == "active"
            if self.state in {"active", "cancelling"} and (is_paid or is_taken):
                month.state = "locked"
        for month in self.by_number():
            is_due = month.state == "locked" and month.paid_by is None and month.due <= today
            if is_due and self.state == "active":
                self._pay(month, today)
        for month in self.by_number():
            is_paid = month.state == "charged" or (
                month.state == "locked"
                and month.paid_by is not None
                and self.months[month.paid_by].state == "charged"
            )
            if self.state in {"active", "cancelling"} and is_paid:
                month.is_listed = month.is_listed or almanac.list_day(month.due) <= today
        self._end(today)

    def _pay(self, month: TermMonth, today: date) -> None:
        month.state, month.paid_on = "charged", today
        if month.tier == self.following:
            self.tier, self.following = month.tier, ""
            self.from_number, self.is_renewed = 0, False

    def _end(self, today: date) -> None:
        going = [month for month in self.by_number() if month.state in {"locked", "charged"}]
        is_on_its_way = any(
            almanac.last_parcel_day(m.due) >= today or not m.is_listed for m in going
        )
        is_planned = any(month.state == "planned" for month in self.months.values())
        if self.state == "active" and TIERS[self.tier][1] > 1:
            self.state = "active" if is_planned or is_on_its_way else "ended"
        elif self.state == "cancelling" and not is_on_its_way and not is_planned:
            last = self._last_box(today)
            next_due = self.months[last + 1].due if last + 1 in self.months else self.due(last + 1)
            is_over = next_due - timedelta(days=1) < today
            if is_over and self.left_on is not None and self.left_on < today:
                self.state = "ended"

    def _last_box(self, today: date) -> int:
        decided = self.laid_out(today, last=max(self.months) + LOOK_AHEAD)
        there = [m.number for m in self.by_number() if m.state in {"locked", "charged"}]
        return max(
            [*there, *(n for n, wanted in decided.items() if wanted and wanted[1] is not None)]
        )

    # --- choices

    def changeable(self, today: date) -> list[TermMonth]:
        if self.state != "active":
            return []
        return [
            m
            for m in self.by_number()
            if m.state in {"planned", "skipped"} and m.number and m.last_day >= today
        ]

    def next_donation(self, today: date) -> TermMonth | None:
        """The first donation that is still to come, as far as it is written down."""
        waiting = [m for m in self.by_number() if m.state in {"planned", "locked"} and m.yen]
        return next((m for m in waiting if m.due >= today), None)

    def skips_used(self, year: int) -> int:
        return sum(m.state == "skipped" and m.due.year == year for m in self.months.values())

    def first_planned(self, today: date) -> TermMonth | None:
        return next((m for m in self.changeable(today) if m.state == "planned"), None)

    def begin_term(self, tier: str, today: date) -> None:
        """The next donation that can still be changed pays for a term."""
        first = self.first_planned(today)
        assert first is not None
        self.following, self.from_number, self.is_renewed = tier, first.number, False
        self.plan(today)

    def may_choose_after(self, after: str, today: date) -> bool:
        """Something else, until the last day for changes of the month after the term, as it would
        then be.
        """
        paid = [m for m in self.by_number() if m.state == "charged" and m.boxes > 1]
        is_same = self.is_renewed and after == (self.following or self.tier)
        if self.state != "active" or TIERS[self.tier][1] == 1 or not paid or is_same:
            return False
        kept = (self.following, self.from_number, self.is_renewed)
        self._wish(after)
        decided = self.laid_out(today, last=max(self.months) + LOOK_AHEAD)
        self.following, self.from_number, self.is_renewed = kept
        payer = paid[-1].number
        fixed = [m for m in self.by_number() if m.number not in decided and m.state in LIVE]
        of_term = [m.number for m in fixed if payer in (m.number, m.paid_by)]
        of_term += [n for n, wanted in decided.items() if wanted and wanted[1] == payer]
        first = max(of_term) + 1
        giving = [m.number for m in fixed if m.yen and m.number >= first]
        giving += [
            n for n, wanted in decided.items() if wanted and wanted[1] is None and n >= first
        ]
        number = min(giving, default=first)
        month = self.months.get(number)
        if number in {m.number for m in fixed} and month is not None and month.state != "planned":
            return False
        due = month.due if month is not None else self.due(number)
        return due - timedelta(days=almanac.CHANGE_DAYS) >= today

    def choose_after(self, after: str, today: date) -> None:
        self._wish(after)
        self.plan(today)

    def _wish(self, after: str) -> None:
        self.is_renewed = after != END
        self.following = "" if after in (END, self.tier) else after
        self.from_number = 0

    def leave(self, today: date) -> None:
        """Nothing more is taken; what was given is delivered to the last box. What was to follow a
        term is kept for whoever stays after all.
        """
        self.state, self.left_on = "cancelling", today
        if TIERS[self.tier][1] == 1:
            self.following, self.from_number = "", 0
        for month in self.months.values():
            if month.state in {"planned", "locked"} and month.paid_by is None:
                month.is_left_plan = month.state == "planned"
                month.state, month.is_ended_plan = "void", False

    def stay(self, today: date) -> None:
        self.state, self.left_on = "active", None
        for month in self.months.values():
            if month.state == "void" and month.is_left_plan and month.last_day >= today:
                month.state = "planned"
            month.is_left_plan = False
        self.plan(today)

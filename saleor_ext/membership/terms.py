"""Prepaid terms (まとめて寄附の期間): which months are planned, and who pays for them. Pure.

A term is the month that pays and the months its donation covers. It may begin with any month. A
month of it that is left out uses up no box: the box moves to the term's end, so the donor gets
all of them, as long as the term does not grow beyond the town's bound.

Everybody who has to know what comes next asks here: the daily plan, a donor's preview of a
choice, and the rehearsal of the coming year.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from saleor_ext.membership.states import CycleKind, CycleState

LIVE = frozenset({CycleState.PLANNED, CycleState.LOCKED, CycleState.CHARGED})


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A tier as donations are planned in it; `box_count` is more than one for a prepaid term."""

    tier_id: int
    amount_yen: int
    box_count: int
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a membership wants of its coming donations.

    offer: today's tier. next_offer: the tier of the donations from month `next_from_n` on.
    is_renewed: whether another donation follows at the end of a prepaid term.
    is_giving: False for somebody who leaves: what is paid is delivered, nothing more is asked.
    extra_months: by how many months a term may grow longer than its boxes.
    """

    offer: Offer
    next_offer: Offer | None = None
    next_from_n: int = 0
    is_renewed: bool = False
    is_giving: bool = True
    extra_months: int = 12


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month as it stands. `paid_by` is the n of the month whose donation covers it;
    `boxes_ended` of its term's boxes fell away because part of the donation was given back.
    """

    n: int
    state: str
    tier_id: int
    box_count: int = 1
    boxes_ended: int = 0
    paid_by: int | None = None
    is_stopped: bool = False
    may_change: bool = False

    @property
    def kind(self) -> str:
        """Whether it has a donation of its own."""
        return CycleKind.DONATION if self.paid_by is None else CycleKind.PREPAID


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a month is to be."""

    n: int
    tier_id: int
    amount_yen: int
    box_count: int = 1
    paid_by: int | None = None


@dataclass(kw_only=True)
class Term:
    """A term while one goes through the months: `left` boxes, the last month it may reach."""

    n: int
    tier_id: int
    left: int
    last_n: int


@dataclass(kw_only=True)
class Account:
    """Which boxes are still owed, going through the months in their order."""

    wish: Wish
    terms: list[Term] = field(default_factory=list)
    is_after_term: bool = False
    is_renewed: bool = False

    def copy(self) -> "Account":
        """This will return the same count, to go back to."""
        return Account(
            wish=self.wish,
            terms=[replace(term) for term in self.terms],
            is_after_term=self.is_after_term,
            is_renewed=self.is_renewed,
        )

    def take(self, month: Month) -> None:
        """This will count a month that is there and stays as it is."""
        if month.state not in LIVE:
            return
        if month.paid_by is None:
            self._donation(
                month.n,
                month.tier_id,
                month.box_count,
                boxes_ended=month.boxes_ended,
                is_stopped=month.is_stopped,
            )
            return
        for term in self.terms:
            if term.n == month.paid_by:
                term.left -= 1

    def cover(self, n: int) -> Slot | None:
        """This will have the oldest term that owes a box cover month n."""
        for term in self.terms:
            if term.left > 0 and n <= term.last_n:
                term.left -= 1
                return Slot(n=n, tier_id=term.tier_id, amount_yen=0, paid_by=term.n)
        return None

    def next(self, n: int) -> Slot | None:
        """This will decide month n: covered, a donation, or None when nothing comes any more."""
        covered = self.cover(n)
        if covered is not None:
            return covered
        offer = self._offer(n)
        goes_on = not self.is_after_term or (self.is_renewed and offer.is_open)
        if not self.wish.is_giving or not goes_on:
            return None
        self._donation(n, offer.tier_id, offer.box_count, is_stopped=False)
        return Slot(
            n=n, tier_id=offer.tier_id, amount_yen=offer.amount_yen, box_count=offer.box_count
        )

    def _offer(self, n: int) -> Offer:
        wish = self.wish
        if wish.next_offer is None or n < wish.next_from_n:
            return wish.offer
        return wish.next_offer

    def _donation(
        self, n: int, tier_id: int, box_count: int, *, is_stopped: bool, boxes_ended: int = 0
    ) -> None:
        """What was wished for the end of one term is not wished for the end of another's."""
        if self.wish.next_offer is not None and tier_id == self.wish.next_offer.tier_id:
            self.is_renewed = False
        self.is_after_term = box_count > 1
        if box_count > 1 and not is_stopped:
            last_n = n + box_count - 1 + self.wish.extra_months
            self.terms.append(
                Term(n=n, tier_id=tier_id, left=box_count - 1 - boxes_ended, last_n=last_n)
            )


def layout(
    months: Sequence[Month],
    *,
    wish: Wish,
    last_n: int,
    may_fill: Callable[[int], bool] = lambda n: False,
    is_resting: Callable[[int], bool] = lambda n: False,
) -> dict[int, Slot | None]:
    """This will say what every month up to `last_n` that may still be decided is to be.

    Args:
        months: all that are there, in the order of n. Those that may change are decided anew.
        wish: what the membership wants.
        last_n: the last month to be planned.
        may_fill: whether a month that is missing between others may still be planned.
        is_resting: whether a month lies in a pause: nothing is given in it, and no box used up.

    Returns:
        by n, for months that may change and months that are missing; None is a month that is
        not to be. A month whose payer is gone and that is too late to pay itself is None too.
    """
    account = account_open(wish)
    by_n = {month.n: month for month in months}
    newest = max(by_n, default=-1)
    decided: dict[int, Slot | None] = {}
    for n in range(min(by_n, default=0), max(last_n, newest) + 1):
        month = by_n.get(n)
        if month is None:
            if n > newest or may_fill(n):
                decided[n] = None if is_resting(n) else account.next(n)
        elif month.may_change and month.paid_by is None and not wish.is_giving:
            continue  # what somebody who leaves was to give is taken back elsewhere
        elif month.may_change:
            decided[n] = None if is_resting(n) else account.next(n)
        elif _is_orphan(month, account.terms):
            decided[n] = account.cover(n)
        else:
            account.take(month)
    return decided


def account_open(wish: Wish, months: Iterable[Month] = ()) -> Account:
    """This will begin to count, from the months that are given."""
    account = Account(wish=wish, is_renewed=wish.is_renewed)
    for month in months:
        account.take(month)
    return account


def _is_orphan(month: Month, terms: Iterable[Term]) -> bool:
    """A month that waits for a donation that will not come any more."""
    is_waiting = month.state == CycleState.PLANNED and month.paid_by is not None
    return is_waiting and all(term.n != month.paid_by for term in terms)

"""What lies ahead of a membership as things stand, or as they would stand. Reading only.

The plan in the database reaches three months ahead; a prepaid term and a rehearsal look further.
Both are decided by the same rules.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from saleor_ext.membership import calendar, models, planning, selectors, states, terms

AHEAD_MONTHS = 40
NO_PAUSE = date.min


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A month as it will be. `paid_by` is the n of the month whose donation covers it."""

    n: int
    dates: calendar.CycleDates
    tier_id: int
    amount_yen: int
    box_count: int
    paid_by: int | None
    state: str


@dataclass(frozen=True, kw_only=True)
class TermOutlook:
    """How a prepaid term stands and ends.

    paying: the month whose donation pays for it. boxes: its months with a box that are known to
    come or to have come, the first one included. left: how many of them are still to be fixed.
    after: the first month after it, None when the membership ends there; `after_dates` are its
    dates in either case, and its `change_until` the last day to choose what comes after.
    """

    paying: models.Cycle
    boxes: tuple[Ahead, ...]
    left: int
    after: Ahead | None
    after_dates: calendar.CycleDates

    @property
    def last(self) -> Ahead:
        """The month of the term's last box."""
        return self.boxes[-1]


def ahead(
    membership: models.Membership,
    *,
    today: date,
    cycles: Sequence[models.Cycle] | None = None,
    wish: terms.Wish | None = None,
    left_out: Collection[int] = (),
    brought_back: Collection[int] = (),
    until: date | None = None,
    months: int = AHEAD_MONTHS,
    town: calendar.TownCalendar | None = None,
) -> list[Ahead]:
    """This will list all months that were or will be with a donation or a box, in their order.

    Args:
        membership: with its tier and next tier.
        today: today in Japan.
        cycles: its months by n, read here when they are not given.
        wish: what it would want, instead of what it wants.
        left_out: n of months looked at as if they were left out.
        brought_back: n of months looked at as if they had not been left out.
        until: looked at as if a pause were chosen today that lasts until this day; `NO_PAUSE` as
            if the one there is were ended today.
        months: how many months are planned ahead of today.
        town: the town's settings that decide dates, read here when they are not given.
    """
    town = town or selectors.town_calendar(town=selectors.municipality_get())
    rows = list(cycles) if cycles is not None else list(membership.cycles.order_by("n"))
    resume_on = membership.resume_on if until is None else until

    def is_resting(dates: calendar.CycleDates) -> bool:
        if dates.change_until >= today:
            return resume_on is not None and dates.charge_on < resume_on
        return selectors.is_in_pause(
            membership=membership, charge_on=dates.charge_on, change_until=dates.change_until
        )

    in_pause = {row.n for row in rows if _is_open(row, today=today) and is_resting(_dates(row))}
    there = [
        _as_if(month, left_out=left_out, in_pause=in_pause, brought_back=brought_back)
        for month in planning.months_as_terms(rows, today=today)
    ]
    dates = {row.n: _dates(row) for row in rows}

    def dates_of(n: int) -> calendar.CycleDates:
        return dates.get(n) or planning.dates_of(membership, n, town)

    decided = terms.layout(
        there,
        wish=wish or planning.wish_of(membership, town=town),
        last_n=planning.n_of_month(membership, today) + months,
        may_fill=lambda n: planning.dates_of(membership, n, town).change_until >= today,
        is_resting=lambda n: is_resting(dates_of(n)),
    )
    known = [_known(cycle, month) for cycle, month in zip(rows, there, strict=True)]
    fixed = [month for month in known if month.n not in decided and month.state in terms.LIVE]
    coming = [_coming(slot, dates=dates_of(slot.n)) for slot in decided.values() if slot]
    return sorted([*fixed, *coming], key=lambda month: month.n)


def _is_open(cycle: models.Cycle, *, today: date) -> bool:
    return cycle.state == states.CycleState.PLANNED or cycle.change_until >= today


def _as_if(
    month: terms.Month,
    *,
    left_out: Collection[int],
    in_pause: Collection[int],
    brought_back: Collection[int],
) -> terms.Month:
    """What is planned in a pause is left out as soon as somebody looks, however late."""
    is_resting = month.n in in_pause and month.state == states.CycleState.PLANNED
    if month.n in left_out or is_resting:
        return replace(month, state=states.CycleState.SKIPPED, may_change=False)
    if month.n in brought_back and month.n not in in_pause:
        return replace(month, state=states.CycleState.PLANNED, may_change=True)
    return month


def _known(cycle: models.Cycle, month: terms.Month) -> Ahead:
    return Ahead(
        n=cycle.n,
        dates=_dates(cycle),
        tier_id=cycle.tier_id,
        amount_yen=cycle.amount_yen,
        box_count=cycle.box_count,
        paid_by=month.paid_by,
        state=month.state,
    )


def _dates(cycle: models.Cycle) -> calendar.CycleDates:
    return calendar.CycleDates(
        month=cycle.month,
        change_until=cycle.change_until,
        charge_on=cycle.charge_on,
        list_on=cycle.list_on,
        ship_from=cycle.ship_from,
        ship_to=cycle.ship_to,
    )


def _coming(slot: terms.Slot, *, dates: calendar.CycleDates) -> Ahead:
    return Ahead(
        n=slot.n,
        dates=dates,
        tier_id=slot.tier_id,
        amount_yen=slot.amount_yen,
        box_count=slot.box_count,
        paid_by=slot.paid_by,
        state=states.CycleState.PLANNED,
    )


def term_of(
    membership: models.Membership,
    *,
    today: date,
    wish: terms.Wish | None = None,
    left_out: Collection[int] = (),
    brought_back: Collection[int] = (),
    paying_id: int | None = None,
    until: date | None = None,
) -> TermOutlook | None:
    """This will say how the term stands that is being delivered, or was last; None without one.
    With `paying_id` it is the term of that month, which may not have been paid yet.
    """
    cycles = list(membership.cycles.select_related("tier").order_by("n"))
    named = next((cycle for cycle in cycles if cycle.pk == paying_id), None)
    paying = named or _paying(cycles, today=today)
    if paying is None:
        return None
    months = ahead(
        membership,
        today=today,
        cycles=cycles,
        wish=wish,
        left_out=left_out,
        brought_back=brought_back,
        until=until,
    )
    boxes = tuple(month for month in months if paying.n in (month.n, month.paid_by))
    last = boxes[-1] if boxes else None
    after_n = (last.n if last else paying.n) + 1
    after = next((month for month in months if month.n >= after_n and month.amount_yen), None)
    town = selectors.town_calendar(town=selectors.municipality_get())
    to_come = [month for month in boxes if month.state == states.CycleState.PLANNED]
    return TermOutlook(
        paying=paying,
        boxes=boxes,
        left=len(to_come),
        after=after,
        after_dates=after.dates if after else planning.dates_of(membership, after_n, town),
    )


def box_moves(membership: models.Membership, *, cycle: models.Cycle, today: date) -> bool:
    """This will say whether the box of a month that a term covers would still come if the month
    were left out: not where the term has grown to the town's bound, nor when the membership is
    over.

    Args:
        membership: with its tier and next tier.
        cycle: the month, planned or fixed.
        today: today in Japan.
    """
    if membership.state not in states.MEMBERSHIP_CURRENT:
        return False
    as_it_is, without = (
        term_of(membership, today=today, left_out=left_out, paying_id=cycle.covered_by_id)
        for left_out in ((), (cycle.n,))
    )
    if as_it_is is None or without is None:
        return False
    return len(without.boxes) >= len(as_it_is.boxes)


def _paying(cycles: Sequence[models.Cycle], *, today: date) -> models.Cycle | None:
    paid = [
        cycle
        for cycle in cycles
        if cycle.box_count > 1 and cycle.state == states.CycleState.CHARGED and not cycle.is_stopped
    ]
    return paid[-1] if paid else None

"""Writing the plan: the months that are ahead of a membership, and what they are to be.

What a month is to be is decided in `terms.py`. A planned month that may still be changed is only
a plan: it is written anew when the donor chooses otherwise, and void when it is not to be.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, Max, OuterRef

from saleor_ext.common import jptime
from saleor_ext.common.apart import Apart
from saleor_ext.membership import calendar, models, selectors, states, terms

logger = logging.getLogger(__name__)

HORIZON_MONTHS = 3
PLAN_BATCH = 2000
PLANNER = "plan"
NOT_BEGUN = "term_not_begun"

_State = states.CycleState


@dataclass(frozen=True, kw_only=True)
class New:
    """A month that is missing: which membership, and what it is to be."""

    membership: models.Membership
    slot: terms.Slot


@transaction.atomic
def cycle_first_create(
    *, membership: models.Membership, dates: calendar.CycleDates
) -> models.Cycle:
    """This will create month 0 of a membership, the month in which the donor joins.

    A draft joined earlier keeps its row; its dates follow the day on which he really gives.
    """
    values = {
        "kind": states.CycleKind.DONATION,
        "tier": membership.tier,
        "amount_yen": membership.tier.amount_yen,
        "box_count": membership.tier.box_count,
        **_date_values(dates),
    }
    cycle, made = models.Cycle.objects.get_or_create(membership=membership, n=0, defaults=values)
    if not made and cycle.state == _State.PLANNED:
        models.Cycle.objects.filter(pk=cycle.pk, state=_State.PLANNED).update(**values)
        cycle.refresh_from_db()
    return cycle


def cycles_plan(
    *, today: date, town: calendar.TownCalendar, membership_ids: Sequence[int] | None = None
) -> int:
    """This will create the missing months of every live membership, three months ahead.

    Rows that another run made meanwhile are left alone (ON CONFLICT DO NOTHING). Months planned
    around a prepaid term that no longer fit it are planned anew. One membership's trouble does not
    stop the others.

    Returns:
        how many months were missing.

    Raises:
        Exception: what the first membership met with that could not be planned; all others were.
    """
    planned, last_id, apart = 0, 0, Apart()
    while batch := _memberships_to_plan(after_id=last_id, membership_ids=membership_ids):
        last_id = batch[-1].pk
        new, stale = _batch_missing(batch, today=today, town=town, apart=apart)
        planned += _create_apart(new, town=town, apart=apart)
        for membership in stale:
            with apart.one(_name(membership)):
                planned += _replan(
                    membership.pk, today=today, town=town, now=jptime.jst_moment(today)
                )
    apart.end()
    return planned


def cycles_missing_count(*, today: date, town: calendar.TownCalendar) -> int:
    """This will count the months `cycles_plan` would create, for a dry run. Whose months cannot be
    planned is left to the run to tell.
    """
    missing, last_id = 0, 0
    while batch := _memberships_to_plan(after_id=last_id, membership_ids=None):
        last_id = batch[-1].pk
        new, _ = _batch_missing(batch, today=today, town=town, apart=Apart())
        missing += len(new)
    return missing


def months_replan(*, membership_id: int, now: datetime) -> int:
    """This will plan anew every month of a membership that may still be changed today.

    To be called by whatever changes what the coming months are to be: another tier, another wish
    for the end of a term, a month left out. Months that are locked, charged or left out stay as
    they are, and so do the dates of months that are there.

    Returns:
        how many months were missing and are there now.
    """
    town = selectors.town_calendar(town=selectors.municipality_get())
    return _replan(membership_id, today=jptime.jst_date(now), town=town, now=now)


def _memberships_to_plan(
    *, after_id: int, membership_ids: Sequence[int] | None
) -> list[models.Membership]:
    rows = models.Membership.objects.filter(
        state__in=sorted(states.MEMBERSHIP_PLANNED), pk__gt=after_id
    ).exclude(tier__kind=states.TierKind.FREE)
    if membership_ids is not None:
        rows = rows.filter(pk__in=membership_ids)
    with_term = models.Cycle.objects.filter(membership_id=OuterRef("pk"), box_count__gt=1)
    annotated = rows.select_related("tier", "next_tier").annotate(
        last_n=Max("cycles__n"), has_term=Exists(with_term)
    )
    return list(annotated.order_by("pk")[:PLAN_BATCH])


def _batch_missing(
    batch: Sequence[models.Membership],
    *,
    today: date,
    town: calendar.TownCalendar,
    apart: Apart,
) -> tuple[list[New], list[models.Membership]]:
    """Most memberships only grow at their end; those with terms are looked at month by month."""
    begun = [item for item in batch if getattr(item, "last_n", None) is not None]
    months = _months_of([item.pk for item in begun if _has_terms(item)])
    new: list[New] = []
    stale: list[models.Membership] = []
    for membership in begun:
        with apart.one(_name(membership)):
            if membership.pk not in months:
                new += _appended(membership, today=today, town=town)
                continue
            cycles = months[membership.pk]
            decided = _decide(membership, cycles, today=today, town=town)
            if any(_differs(cycle, decided, cycles=cycles) for cycle in cycles):
                stale.append(membership)
            else:
                new += _news(membership, decided, cycles)
    return new, stale


def _name(membership: models.Membership) -> str:
    return f"planning of membership {membership.pk}"


def _has_terms(membership: models.Membership) -> bool:
    tiers = (membership.tier, membership.next_tier)
    is_prepaid = any(tier is not None and tier.box_count > 1 for tier in tiers)
    return is_prepaid or bool(getattr(membership, "has_term", False))


def _months_of(membership_ids: Sequence[int]) -> dict[int, list[models.Cycle]]:
    found: dict[int, list[models.Cycle]] = defaultdict(list)
    if membership_ids:
        rows = models.Cycle.objects.filter(membership_id__in=membership_ids).order_by("n")
        for cycle in rows.iterator():
            found[cycle.membership_id].append(cycle)
    return found


def _appended(
    membership: models.Membership, *, today: date, town: calendar.TownCalendar
) -> list[New]:
    """Month 0 belongs to the join; without it there is nothing to go on from."""
    account = terms.account_open(wish_of(membership, town=town))
    first = getattr(membership, "last_n", 0) + 1
    slots = [account.next(n) for n in range(first, _last_wanted(membership, today=today) + 1)]
    return [New(membership=membership, slot=slot) for slot in slots if slot is not None]


def wish_of(
    membership: models.Membership, *, town: calendar.TownCalendar | None = None
) -> terms.Wish:
    """This will say what a membership wants of its coming donations.

    A change to a free tier is none of the plan: then there are no donations.
    """
    tier = membership.next_tier
    is_changing = tier is not None and tier.kind != states.TierKind.FREE
    leaving = {membership.state, membership.parked_from}
    return terms.Wish(
        offer=offer_of(membership.tier),
        next_offer=offer_of(tier) if tier is not None and is_changing else None,
        next_from_n=membership.next_tier_from_n or 0,
        is_renewed=membership.is_renewed,
        is_giving=states.MembershipState.CANCELLING not in leaving,
        extra_months=town.term_extra_months if town else 0,
    )


def offer_of(tier: models.Tier) -> terms.Offer:
    """This will say what donations in a tier are like."""
    return terms.Offer(
        tier_id=tier.pk,
        amount_yen=tier.amount_yen,
        box_count=tier.box_count,
        is_open=tier.is_open,
    )


def months_as_terms(cycles: Sequence[models.Cycle], *, today: date) -> list[terms.Month]:
    """This will show months the way the rules of terms look at them.

    Args:
        cycles: all months of one membership, in the order of n.
        today: today in Japan; what is past its last day for changes stays as it is.
    """
    n_of = {cycle.pk: cycle.n for cycle in cycles}
    return [
        terms.Month(
            n=cycle.n,
            state=cycle.state,
            tier_id=cycle.tier_id,
            box_count=cycle.box_count,
            boxes_ended=cycle.boxes_given_back,
            paid_by=n_of[cycle.covered_by_id] if cycle.covered_by_id else None,
            is_stopped=cycle.is_stopped,
            may_change=_may_change(cycle, today=today),
        )
        for cycle in cycles
    ]


def _may_change(cycle: models.Cycle, *, today: date) -> bool:
    """Month 0 belongs to the join. What the plan itself took back it may bring back."""
    is_taken_back = cycle.state == _State.VOID and cycle.reason == states.PLAN_CHANGED
    is_plan = cycle.state == _State.PLANNED or is_taken_back
    return is_plan and cycle.change_until >= today and cycle.n > 0


def _decide(
    membership: models.Membership,
    cycles: Sequence[models.Cycle],
    *,
    today: date,
    town: calendar.TownCalendar,
) -> dict[int, terms.Slot | None]:
    def may_fill(n: int) -> bool:
        return dates_of(membership, n, town).change_until >= today

    return terms.layout(
        months_as_terms(cycles, today=today),
        wish=wish_of(membership, town=town),
        last_n=_last_wanted(membership, today=today),
        may_fill=may_fill,
    )


def _last_wanted(membership: models.Membership, *, today: date) -> int:
    return n_of_month(membership, today) + HORIZON_MONTHS


def n_of_month(membership: models.Membership, day: date) -> int:
    """This will return the n of the month in which a day lies."""
    start = membership.start_month
    return (day.year - start.year) * 12 + day.month - start.month


def _differs(
    cycle: models.Cycle, decided: dict[int, terms.Slot | None], *, cycles: Sequence[models.Cycle]
) -> bool:
    """Whether a month that may still be decided is to be something else than it is."""
    if cycle.n not in decided:
        return False
    slot = decided[cycle.n]
    is_planned = cycle.state == _State.PLANNED
    if slot is None:
        return is_planned
    n_of = {other.pk: other.n for other in cycles}
    paid_by = n_of[cycle.covered_by_id] if cycle.covered_by_id else None
    is_now = (cycle.tier_id, cycle.amount_yen, cycle.box_count, paid_by)
    wanted = (slot.tier_id, slot.amount_yen, slot.box_count, slot.paid_by)
    return not is_planned or is_now != wanted


def _news(
    membership: models.Membership,
    decided: dict[int, terms.Slot | None],
    cycles: Sequence[models.Cycle],
) -> list[New]:
    there = {cycle.n for cycle in cycles}
    return [
        New(membership=membership, slot=slot)
        for n, slot in sorted(decided.items())
        if slot is not None and n not in there
    ]


def _create_apart(new: Sequence[New], *, town: calendar.TownCalendar, apart: Apart) -> int:
    """All of a batch together; where that breaks off, membership by membership. What is there
    already is passed over.
    """
    of: dict[int, list[New]] = defaultdict(list)
    for item in new:
        of[item.membership.pk].append(item)
    if len(of) > 1:
        try:
            _create(new, town=town)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  found and named membership by membership
            logger.info("%s months not planned together: %s", len(new), type(error).__name__)
        else:
            return len(new)
    made = 0
    for items in of.values():
        with apart.one(_name(items[0].membership)):
            _create(items, town=town)
            made += len(items)
    return made


def _create(new: Sequence[New], *, town: calendar.TownCalendar) -> None:
    """First the months that pay, then those that they cover."""
    _insert([_row(item, covered_by_id=None, town=town) for item in new if _pays(item.slot)])
    covered = [item for item in new if not _pays(item.slot)]
    payers = _payers([item.membership.pk for item in covered])
    _insert(
        [
            _row(item, covered_by_id=payers[(item.membership.pk, item.slot.paid_by)], town=town)
            for item in covered
            if (item.membership.pk, item.slot.paid_by) in payers
        ]
    )


def _pays(slot: terms.Slot) -> bool:
    return slot.paid_by is None


def _insert(rows: list[models.Cycle]) -> None:
    if rows:
        models.Cycle.objects.bulk_create(rows, ignore_conflicts=True, batch_size=PLAN_BATCH)


def _payers(membership_ids: Sequence[int]) -> dict[tuple[int, int | None], int]:
    if not membership_ids:
        return {}
    rows = models.Cycle.objects.filter(membership_id__in=membership_ids, box_count__gt=1)
    return {
        (membership_id, n): pk
        for pk, membership_id, n in rows.values_list("pk", "membership_id", "n")
    }


def dates_of(
    membership: models.Membership, n: int, town: calendar.TownCalendar
) -> calendar.CycleDates:
    """This will return the dates of month n of a membership, were it planned now."""
    return calendar.cycle_dates(
        start_month=membership.start_month, n=n, anchor_day=membership.anchor_day, town=town
    )


def _row(item: New, *, covered_by_id: int | None, town: calendar.TownCalendar) -> models.Cycle:
    slot = item.slot
    return models.Cycle(
        membership_id=item.membership.pk,
        n=slot.n,
        covered_by_id=covered_by_id,
        **_slot_values(slot),
        **_date_values(dates_of(item.membership, slot.n, town)),
    )


def _slot_values(slot: terms.Slot) -> dict[str, object]:
    is_covered = slot.paid_by is not None
    return {
        "kind": states.CycleKind.PREPAID if is_covered else states.CycleKind.DONATION,
        "tier_id": slot.tier_id,
        "amount_yen": slot.amount_yen,
        "box_count": slot.box_count,
    }


def _date_values(dates: calendar.CycleDates) -> dict[str, date]:
    return {
        "month": dates.month,
        "change_until": dates.change_until,
        "charge_on": dates.charge_on,
        "list_on": dates.list_on,
        "ship_from": dates.ship_from,
        "ship_to": dates.ship_to,
    }


@transaction.atomic
def _replan(membership_id: int, *, today: date, town: calendar.TownCalendar, now: datetime) -> int:
    """Months that somebody else is just moving are left alone; the next plan finds them.

    Months that pay are written before those that they cover.
    """
    membership = models.Membership.objects.select_related("tier", "next_tier").get(pk=membership_id)
    if membership.state not in states.MEMBERSHIP_CURRENT:
        return 0
    free = _planned_hold(membership_id)
    cycles = list(models.Cycle.objects.filter(membership_id=membership_id).order_by("n"))
    if not cycles:
        return 0
    decided = _decide(membership, cycles, today=today, town=town)
    new = _news(membership, decided, cycles)
    if membership.state not in states.MEMBERSHIP_PLANNED:
        new = []
    changed = [
        (cycle, decided[cycle.n])
        for cycle in cycles
        if cycle.pk in free and _differs(cycle, decided, cycles=cycles)
    ]
    for cycle, slot in changed:
        if slot is not None and _pays(slot):
            _write(cycle, slot, covered_by_id=None, now=now)
    _create([item for item in new if _pays(item.slot)], town=town)
    payers = _payers([membership_id])
    for cycle, slot in changed:
        if slot is not None and (membership_id, slot.paid_by) in payers:
            _write(cycle, slot, covered_by_id=payers[(membership_id, slot.paid_by)], now=now)
    _create([item for item in new if not _pays(item.slot)], town=town)
    _drop([cycle for cycle, slot in changed if slot is None], today=today, now=now)
    return len(new)


def _planned_hold(membership_id: int) -> set[int]:
    rows = models.Cycle.objects.select_for_update(skip_locked=True).filter(
        membership_id=membership_id, state__in=[_State.PLANNED, _State.VOID]
    )
    return set(rows.order_by("pk").values_list("pk", flat=True))


def _write(
    cycle: models.Cycle, slot: terms.Slot, *, covered_by_id: int | None, now: datetime
) -> None:
    """The box wished for in a month of a term is wished for in no other kind of month."""
    is_of_term = slot.paid_by is not None or slot.box_count > 1
    keeps_box = is_of_term and slot.tier_id == cycle.tier_id
    is_told = slot.amount_yen == cycle.amount_yen
    models.Cycle.objects.filter(pk=cycle.pk, state=cycle.state).update(
        covered_by_id=covered_by_id,
        state=_State.PLANNED,
        reason="",
        wished_box_id=cycle.wished_box_id if keeps_box else None,
        announced_on=cycle.announced_on if is_told else None,
        **_slot_values(slot),
    )
    if cycle.state != _State.PLANNED:
        _event(cycle, to=_State.PLANNED, reason=states.PLAN_CHANGED, now=now)


def _drop(cycles: Sequence[models.Cycle], *, today: date, now: datetime) -> None:
    """A month that is not to be was only a plan; one whose day for changes is past the donor has
    counted on, so it is told as left out.
    """
    for cycle in cycles:
        is_late = cycle.change_until < today
        to = _State.SKIPPED if is_late else _State.VOID
        reason = NOT_BEGUN if is_late else states.PLAN_CHANGED
        models.Cycle.objects.filter(pk=cycle.pk, state=_State.PLANNED).update(
            state=to, reason=reason
        )
        _event(cycle, to=to, reason=reason, now=now)


def _event(cycle: models.Cycle, *, to: str, reason: str, now: datetime) -> None:
    models.CycleEvent.objects.create(
        cycle_id=cycle.pk,
        from_state=cycle.state,
        to_state=to,
        at=now,
        actor=PLANNER,
        reason=reason,
    )

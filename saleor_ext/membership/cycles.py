"""Writing about the months (cycles) of memberships: locked, and how they end."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value

from saleor_ext.common import bulk, jptime, moves
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.common.states import state_claim
from saleor_ext.membership import errors, models, planning, selectors, states

_State = states.CycleState

Chosen = tuple[object, ...]
"""Tier, wished box, last day for changes and when an address of its own was set, of one month."""


@transaction.atomic
def cycles_lock(
    *,
    snapshots: Sequence[models.CycleSnapshot],
    now: datetime,
    actor: str,
    as_read: Mapping[int, Chosen] | None = None,
) -> list[int]:
    """This will lock planned months, storing with each what was copied for it.

    Months that somebody else moved meanwhile are left out.

    Args:
        snapshots: what is copied for each month.
        now: the moment.
        actor: who locks them.
        as_read: what donors had chosen about these months when it was copied (`months_as_read`);
            one for which something else was chosen meanwhile is left out too, for the next run.

    Returns:
        the ids of the months locked here.
    """
    by_cycle = {snapshot.cycle_id: snapshot for snapshot in snapshots}
    rows = models.Cycle.objects.select_for_update(skip_locked=True).filter(
        pk__in=by_cycle, state=_State.PLANNED
    )
    claimed = list(rows.values_list("pk", flat=True))
    if as_read is not None:
        now_chosen = _chosen(claimed)
        claimed = [pk for pk in claimed if now_chosen[pk] == as_read[pk]]
    models.CycleSnapshot.objects.bulk_create([by_cycle[pk] for pk in claimed])
    models.Cycle.objects.filter(pk__in=claimed, state=_State.PLANNED).update(state=_State.LOCKED)
    models.CycleEvent.objects.bulk_create(
        models.CycleEvent(
            cycle_id=pk, from_state=_State.PLANNED, to_state=_State.LOCKED, at=now, actor=actor
        )
        for pk in claimed
    )
    return claimed


def months_as_read(*, cycles: Iterable[models.Cycle]) -> dict[int, Chosen]:
    """This will say what donors chose about months, as they were read with their own address."""
    return {
        cycle.pk: (
            cycle.tier_id,
            cycle.wished_box_id,
            cycle.change_until,
            own.set_at if (own := getattr(cycle, "month_address", None)) else None,
        )
        for cycle in cycles
    }


def _chosen(cycle_ids: Collection[int]) -> dict[int, Chosen]:
    """The same, read now; the months are held by the caller."""
    names = ("pk", "tier_id", "wished_box_id", "change_until", "month_address__set_at")
    rows = models.Cycle.objects.filter(pk__in=cycle_ids).values_list(*names)
    return {pk: tuple(chosen) for pk, *chosen in rows}


def cycle_lower(*, cycle_id: int, tier: models.Tier, reason: str) -> None:
    """This will let a month that is just being locked be given in a lower tier, this time only.

    In the transaction that locks it; the history says why.
    """
    models.Cycle.objects.filter(pk=cycle_id, state=_State.LOCKED).update(
        tier=tier, amount_yen=tier.amount_yen
    )
    models.CycleEvent.objects.filter(cycle_id=cycle_id, to_state=_State.LOCKED).update(
        reason=reason
    )


def cycle_hold(*, cycle_id: int) -> None:
    """This will make other writers of a month wait until the present transaction is over."""
    models.Cycle.objects.select_for_update().filter(pk=cycle_id).values_list("pk").get()


def cycles_hold(*, cycle_ids: Collection[int]) -> list[int]:
    """This will hold many months likewise, except those that another writer is holding.

    Returns:
        the ids of the months that are held now.
    """
    rows = models.Cycle.objects.select_for_update(skip_locked=True)
    rows = rows.filter(bulk.among("pk", cycle_ids))
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def snapshot_replace(*, snapshot: models.CycleSnapshot) -> None:
    """This will copy anew what was locked for a first month that nobody has paid yet."""
    models.CycleSnapshot.objects.update_or_create(
        cycle_id=snapshot.cycle_id,
        defaults={
            "box_plan": snapshot.box_plan,
            "procurement_cost_yen": snapshot.procurement_cost_yen,
            "donor_name": snapshot.donor_name,
            "donor_address": snapshot.donor_address,
            "donor_prefecture": snapshot.donor_prefecture,
            "use_name": snapshot.use_name,
            "delivery": snapshot.delivery,
            "locked_at": snapshot.locked_at,
        },
    )


@transaction.atomic
def cycles_charged(*, cycle_ids: Collection[int], now: datetime, actor: str) -> None:
    """This will note that the donations of months were received.

    Raises:
        InvalidTransition: one of them is in a state from which it cannot be; nothing was written.
    """
    wanted = bulk.among("pk", cycle_ids)
    held = models.Cycle.objects.select_for_update().filter(wanted).order_by("pk")
    before = defaultdict(list)
    for pk, state in held.values_list("pk", "state"):
        before[state].append(pk)
    moved = models.Cycle.objects.filter(
        wanted, state__in=states.CYCLE_TRANSITIONS[_State.CHARGED]
    ).update(state=_State.CHARGED, reason="", next_try_on=None)
    if moved != len(set(cycle_ids)):
        raise InvalidTransition(to=_State.CHARGED)
    for state, ids in before.items():
        bulk.rows_copy(
            models.Cycle.objects.filter(bulk.among("pk", ids)).order_by("pk"),
            into=models.CycleEvent,
            cycle=F("pk"),
            from_state=Value(state),
            to_state=F("state"),
            at=Value(now),
            actor=Value(actor),
            reason=Value(""),
        )
    late = [pk for state, ids in before.items() if state != _State.LOCKED for pk in ids]
    if late:
        _term_follow(list(models.Cycle.objects.filter(pk__in=late)), now=now)


def cycle_charged(*, cycle_id: int, now: datetime, actor: str) -> None:
    """This will note that the month's donation was received."""
    cycles_charged(cycle_ids=[cycle_id], now=now, actor=actor)


@transaction.atomic
def cycle_skip(*, cycle_id: int, reason: str, now: datetime, actor: str) -> models.Cycle:
    """This will leave a month out: no donation, no box. `reason` is shown to the donor.

    A box that is paid for moves to the end of its term; a term that was to begin begins later.
    """
    cycle = _cycle_move(cycle_id=cycle_id, to=_State.SKIPPED, now=now, actor=actor, reason=reason)
    _term_follow([cycle], now=now)
    return cycle


@transaction.atomic
def cycle_replan(*, cycle_id: int, now: datetime, actor: str, reason: str) -> models.Cycle:
    """This will bring back a month that was left out by its donor's choice, or for want of a gift
    for which an alternate was found, and that was never locked.

    Raises:
        InvalidTransition: it was locked before, or is in a state from which none comes back.
    """
    if models.CycleSnapshot.objects.filter(cycle_id=cycle_id).exists():
        raise InvalidTransition(to=_State.PLANNED)
    _cycle_move(cycle_id=cycle_id, to=_State.PLANNED, now=now, actor=actor, reason=reason)
    models.Cycle.objects.filter(pk=cycle_id).update(reason="")
    # It comes back as what it is to be by now: another tier may have been chosen meanwhile.
    cycle = models.Cycle.objects.get(pk=cycle_id)
    planning.months_replan(membership_id=cycle.membership_id, now=now)
    cycle.refresh_from_db()
    return cycle


@transaction.atomic
def cycle_fail(*, cycle_id: int, reason: str, now: datetime, actor: str) -> models.Cycle:
    """This will give up a month whose donation could not be received in time.

    Months that a prepaid donation was to cover are planned anew.
    """
    cycle = _cycle_move(
        cycle_id=cycle_id,
        to=_State.FAILED,
        now=now,
        actor=actor,
        reason=reason,
        next_try_on=None,
    )
    _term_follow([cycle], now=now)
    return cycle


@transaction.atomic
def cycles_void(*, cycle_ids: Iterable[int], reason: str, now: datetime, actor: str) -> int:
    """This will take back months of a membership that is over, and the plans that stood on them."""
    voided = [
        _cycle_move(cycle_id=cycle_id, to=_State.VOID, now=now, actor=actor, reason=reason)
        for cycle_id in cycle_ids
    ]
    _term_follow(voided, now=now)
    return len(voided)


@transaction.atomic
def term_stop(*, cycle_id: int, reason: str, now: datetime, actor: str) -> list[int]:
    """This will send no further boxes of a term whose donation was given back, nor renew it.

    Returns:
        the ids of the months taken back here: those that are on no producer's list yet.
    """
    paying = models.Cycle.objects.select_for_update().get(pk=cycle_id)
    if paying.box_count == 1:
        return []
    paying.is_stopped = True
    paying.save(update_fields=["is_stopped"])
    models.Membership.objects.filter(pk=paying.membership_id).update(is_renewed=False)
    covered = models.Cycle.objects.filter(
        covered_by_id=cycle_id, is_listed=False, state__in=sorted(states.CYCLE_OPEN)
    )
    ids = list(covered.order_by("pk").values_list("pk", flat=True))
    cycles_void(cycle_ids=ids, reason=reason, now=now, actor=actor)
    return ids


@transaction.atomic
def term_part_end(
    *, cycle_id: int, boxes: int, given_back_yen: int, reason: str, now: datetime, actor: str
) -> list[int]:
    """This will let the last boxes of a term fall away, since part of its donation was given back.

    What is only planned goes first; then, from the end, months that are fixed, or can be changed no
    more and were not fixed yet, and on no producer's list.

    Args:
        cycle_id: the month that paid for the term.
        boxes: how many boxes fall away now.
        given_back_yen: what of the donation went back by now, together.
        reason: why, a code.
        now: the present moment.
        actor: who says so.

    Raises:
        TermPartTooLarge: so many boxes are not there any more that could fall away.

    Returns:
        the ids of such months that were taken back.
    """
    paying = models.Cycle.objects.select_for_update().get(pk=cycle_id)
    if not 0 <= boxes <= selectors.term_boxes_free(paying=paying):
        raise errors.TermPartTooLarge()
    paying.boxes_given_back += boxes
    paying.given_back_yen = given_back_yen
    paying.save(update_fields=["boxes_given_back", "given_back_yen"])
    late = Q(state=_State.PLANNED, change_until__lt=jptime.jst_date(now))
    fixed = models.Cycle.objects.filter(Q(state=_State.LOCKED) | late, covered_by_id=cycle_id)
    too_many = max(fixed.count() + 1 - paying.boxes, 0)
    last = fixed.filter(is_listed=False).order_by("-n").values_list("pk", flat=True)[:too_many]
    ids = sorted(last)
    cycles_void(cycle_ids=ids, reason=reason, now=now, actor=actor)
    planning.months_replan(membership_id=paying.membership_id, now=now)
    return ids


def month_part_settle(*, cycle_id: int, given_back_yen: int) -> None:
    """This will note that a month's box goes on, or not, for what was kept of its donation.

    Args:
        cycle_id: a month that paid for itself alone.
        given_back_yen: what of its donation went back by now, together.
    """
    models.Cycle.objects.filter(pk=cycle_id, box_count=1).update(given_back_yen=given_back_yen)


def _term_follow(cycles: Sequence[models.Cycle], *, now: datetime) -> None:
    """What was planned around a prepaid term follows every turn of one of its months."""
    touched = {
        cycle.membership_id
        for cycle in cycles
        if cycle.box_count > 1 or cycle.kind == states.CycleKind.PREPAID
    }
    for membership_id in sorted(touched):
        planning.months_replan(membership_id=membership_id, now=now)


def cycle_retry_set(
    *,
    cycle_id: int,
    next_try_on: date | None,
    pay_until: date | None = None,
    reason: str | None = None,
) -> None:
    """This will store the day on which a locked month's donation is tried again, and with the
    others the last day on which its donor can make up for it, and why it waits.
    """
    changes: dict[str, object] = {"next_try_on": next_try_on}
    if pay_until is not None:
        changes["pay_until"] = pay_until
    if reason is not None:
        changes["reason"] = reason
    models.Cycle.objects.filter(pk=cycle_id, state=_State.LOCKED).update(**changes)


def cycles_pay_longer(*, cycles: QuerySet[models.Cycle], until: date) -> None:
    """This will move the last day on which locked months can be made up for to a later one. Months
    that nobody told such a day, and of whose members nothing is owed, need none.
    """
    owed = Q(pay_until__isnull=True, membership__state=states.MembershipState.PAST_DUE)
    rows = models.Cycle.objects.filter(
        owed | Q(pay_until__lt=until), pk__in=cycles.values("pk"), state=_State.LOCKED
    )
    rows.update(pay_until=until)


def cycle_note(*, cycle_id: int, reason: str) -> bool:
    """This will note at a locked month why it waits; True when that was not noted before."""
    rows = models.Cycle.objects.filter(pk=cycle_id, state=_State.LOCKED).exclude(reason=reason)
    return rows.update(reason=reason) == 1


def cycles_announced(*, cycle_ids: Sequence[int], day: date) -> None:
    """This will note that the donors of months were told of their donations."""
    models.Cycle.objects.filter(pk__in=cycle_ids).update(announced_on=day)


def cycle_agree(*, cycle_id: int, year: int, next_try_on: date | None, pay_until: date) -> None:
    """This will note that the donor agreed to give a locked month in a later calendar year.

    Args:
        cycle_id: which month.
        year: the year of which it will be a donation.
        next_try_on: the day on which his card is tried; None when he has to enter one.
        pay_until: the last day on which he can make up for it.
    """
    models.Cycle.objects.filter(pk=cycle_id, state=_State.LOCKED).update(
        agreed_year=year, next_try_on=next_try_on, pay_until=pay_until, reason=""
    )


def term_end_told(*, cycle_id: int, told_on: date) -> bool:
    """This will note that a term's donor was asked what is to come after it; False if he was."""
    untold = models.Cycle.objects.filter(pk=cycle_id, end_told_on__isnull=True)
    return untold.update(end_told_on=told_on) == 1


def cycle_box_wish(*, cycle_id: int, box_plan_id: int | None) -> None:
    """This will note which box a donor wants in a planned month; None is the month's own."""
    models.Cycle.objects.filter(pk=cycle_id, state=_State.PLANNED).update(wished_box_id=box_plan_id)


def cycle_checkout_set(*, cycle_id: int, checkout_id: str, transaction_id: str) -> None:
    """This will remember the shop's checkout and transaction of a first donation."""
    models.Cycle.objects.filter(pk=cycle_id).update(
        shop_checkout_id=checkout_id, shop_transaction_id=transaction_id
    )


def cycle_checkout_claim(*, cycle_id: int, checkout_id: str) -> str:
    """This will remember a new checkout unless another request was quicker.

    Returns:
        the checkout that counts.
    """
    cycles = models.Cycle.objects.filter(pk=cycle_id)
    cycles.filter(shop_checkout_id="").update(shop_checkout_id=checkout_id)
    return cycles.values_list("shop_checkout_id", flat=True).get()


def cycles_listed(*, cycle_ids: Collection[int]) -> None:
    """This will note that the parcels of months were requested (or that they have none)."""
    models.Cycle.objects.filter(pk__in=cycle_ids, is_listed=False).update(is_listed=True)


@transaction.atomic
def _cycle_move(
    *, cycle_id: int, to: str, now: datetime, actor: str, reason: str, **changes: object
) -> models.Cycle:
    cycle = models.Cycle.objects.select_for_update().get(pk=cycle_id)
    before = cycle.state
    state_claim(
        models.Cycle.objects.filter(pk=cycle_id, state=before),
        to=to,
        transitions=states.CYCLE_TRANSITIONS,
        reason=reason[:50],
        **changes,
    )
    cycle.refresh_from_db()
    moves.move_note(cycle, before=before, now=now, actor=actor, reason=reason)
    return cycle

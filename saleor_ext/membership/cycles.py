"""Writing about the months (cycles) of memberships: planned, locked, and how they end."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Min, Q

from saleor_ext.common import jptime
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.common.states import state_claim
from saleor_ext.membership import calendar, models, states

_State = states.CycleState
HORIZON_MONTHS = 3
PLAN_BATCH = 2000


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
        **_date_values(dates),
    }
    cycle, made = models.Cycle.objects.get_or_create(membership=membership, n=0, defaults=values)
    if not made and cycle.state == _State.PLANNED:
        models.Cycle.objects.filter(pk=cycle.pk, state=_State.PLANNED).update(**values)
        cycle.refresh_from_db()
    return cycle


def _date_values(dates: calendar.CycleDates) -> dict[str, date]:
    return {
        "month": dates.month,
        "change_until": dates.change_until,
        "charge_on": dates.charge_on,
        "list_on": dates.list_on,
        "ship_from": dates.ship_from,
        "ship_to": dates.ship_to,
    }


def cycles_plan(
    *, today: date, town: calendar.TownCalendar, membership_ids: Sequence[int] | None = None
) -> int:
    """This will create the missing months of every live membership, three months ahead.

    Rows that another run made meanwhile are left alone (ON CONFLICT DO NOTHING).

    Returns:
        how many months were missing.
    """
    planned, last_id = 0, 0
    while True:
        batch = _memberships_to_plan(after_id=last_id, membership_ids=membership_ids)
        if not batch:
            return planned
        last_id = batch[-1].pk
        rows = [row for item in batch for row in _missing_cycles(item, today=today, town=town)]
        models.Cycle.objects.bulk_create(rows, ignore_conflicts=True, batch_size=PLAN_BATCH)
        planned += len(rows)


def cycles_missing_count(*, today: date, town: calendar.TownCalendar) -> int:
    """This will count the months `cycles_plan` would create, for a dry run."""
    missing, last_id = 0, 0
    while batch := _memberships_to_plan(after_id=last_id, membership_ids=None):
        last_id = batch[-1].pk
        missing += sum(len(_missing_cycles(item, today=today, town=town)) for item in batch)
    return missing


def _memberships_to_plan(
    *, after_id: int, membership_ids: Sequence[int] | None
) -> list[models.Membership]:
    rows = models.Membership.objects.filter(
        state__in=sorted(states.MEMBERSHIP_LIVE), pk__gt=after_id
    ).exclude(tier__kind=states.TierKind.FREE)
    if membership_ids is not None:
        rows = rows.filter(pk__in=membership_ids)
    annotated = rows.select_related("tier").annotate(
        last_n=Max("cycles__n"), first_cycle_id=Min("cycles__pk", filter=Q(cycles__n=0))
    )
    return list(annotated.order_by("pk")[:PLAN_BATCH])


def _missing_cycles(
    membership: models.Membership, *, today: date, town: calendar.TownCalendar
) -> list[models.Cycle]:
    tier = membership.tier
    this_month = jptime.month_start(today)
    months_since = (this_month.year - membership.start_month.year) * 12 + (
        this_month.month - membership.start_month.month
    )
    last_wanted = months_since + HORIZON_MONTHS
    is_prepaid = tier.kind == states.TierKind.PREPAID
    if is_prepaid:
        last_wanted = min(last_wanted, tier.box_count - 1)
    elif membership.state == states.MembershipState.CANCELLING:
        return []
    last_n = getattr(membership, "last_n", None)
    first_missing = 0 if last_n is None else last_n + 1
    if first_missing == 0:
        return []  # month 0 belongs to the join; without it there is nothing to go on from
    covered_by = getattr(membership, "first_cycle_id", None) if is_prepaid else None
    return [
        _cycle(membership, n=n, covered_by_id=covered_by, town=town)
        for n in range(first_missing, last_wanted + 1)
    ]


def _cycle(
    membership: models.Membership, *, n: int, covered_by_id: int | None, town: calendar.TownCalendar
) -> models.Cycle:
    dates = calendar.cycle_dates(
        start_month=membership.start_month, n=n, anchor_day=membership.anchor_day, town=town
    )
    is_covered = covered_by_id is not None
    return models.Cycle(
        membership_id=membership.pk,
        n=n,
        kind=states.CycleKind.PREPAID if is_covered else states.CycleKind.DONATION,
        tier_id=membership.tier_id,
        amount_yen=0 if is_covered else membership.tier.amount_yen,
        covered_by_id=covered_by_id,
        **_date_values(dates),
    )


@transaction.atomic
def cycles_lock(
    *, snapshots: Sequence[models.CycleSnapshot], now: datetime, actor: str
) -> list[int]:
    """This will lock planned months, storing with each what was copied for it.

    Months that somebody else moved meanwhile are left out.

    Returns:
        the ids of the months locked here.
    """
    by_cycle = {snapshot.cycle_id: snapshot for snapshot in snapshots}
    claimed = list(
        models.Cycle.objects.select_for_update(skip_locked=True)
        .filter(pk__in=by_cycle, state=_State.PLANNED)
        .values_list("pk", flat=True)
    )
    models.CycleSnapshot.objects.bulk_create([by_cycle[pk] for pk in claimed])
    models.Cycle.objects.filter(pk__in=claimed, state=_State.PLANNED).update(state=_State.LOCKED)
    models.CycleEvent.objects.bulk_create(
        models.CycleEvent(
            cycle_id=pk, from_state=_State.PLANNED, to_state=_State.LOCKED, at=now, actor=actor
        )
        for pk in claimed
    )
    return claimed


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
    rows = models.Cycle.objects.select_for_update(skip_locked=True).filter(pk__in=cycle_ids)
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
    rows = models.Cycle.objects.select_for_update().filter(pk__in=cycle_ids).order_by("pk")
    before = dict(rows.values_list("pk", "state"))
    moved = models.Cycle.objects.filter(
        pk__in=cycle_ids, state__in=states.CYCLE_TRANSITIONS[_State.CHARGED]
    ).update(state=_State.CHARGED, reason="", next_try_on=None)
    if moved != len(set(cycle_ids)):
        raise InvalidTransition(to=_State.CHARGED)
    models.CycleEvent.objects.bulk_create(
        models.CycleEvent(
            cycle_id=pk, from_state=state, to_state=_State.CHARGED, at=now, actor=actor
        )
        for pk, state in before.items()
    )


def cycle_charged(*, cycle_id: int, now: datetime, actor: str) -> None:
    """This will note that the month's donation was received."""
    cycles_charged(cycle_ids=[cycle_id], now=now, actor=actor)


def cycle_skip(*, cycle_id: int, reason: str, now: datetime, actor: str) -> models.Cycle:
    """This will leave a month out: no donation, no box. `reason` is shown to the donor."""
    return _cycle_move(cycle_id=cycle_id, to=_State.SKIPPED, now=now, actor=actor, reason=reason)


@transaction.atomic
def cycle_replan(*, cycle_id: int, now: datetime, actor: str, reason: str) -> models.Cycle:
    """This will bring back a month that a donor's choice left out, and that was never locked.

    Raises:
        InvalidTransition: it was locked before, or is in a state from which none comes back.
    """
    if models.CycleSnapshot.objects.filter(cycle_id=cycle_id).exists():
        raise InvalidTransition(to=_State.PLANNED)
    _cycle_move(cycle_id=cycle_id, to=_State.PLANNED, now=now, actor=actor, reason=reason)
    models.Cycle.objects.filter(pk=cycle_id).update(reason="")
    return models.Cycle.objects.get(pk=cycle_id)


def cycle_fail(*, cycle_id: int, reason: str, now: datetime, actor: str) -> models.Cycle:
    """This will give up a month whose donation could not be received in time."""
    return _cycle_move(
        cycle_id=cycle_id,
        to=_State.FAILED,
        now=now,
        actor=actor,
        reason=reason,
        next_try_on=None,
    )


@transaction.atomic
def cycles_void(*, cycle_ids: Iterable[int], reason: str, now: datetime, actor: str) -> int:
    """This will take back months of a membership that is over."""
    count = 0
    for cycle_id in cycle_ids:
        _cycle_move(cycle_id=cycle_id, to=_State.VOID, now=now, actor=actor, reason=reason)
        count += 1
    return count


def cycle_retry_set(*, cycle_id: int, next_try_on: date | None) -> None:
    """This will store the day on which a locked month's donation is tried again."""
    models.Cycle.objects.filter(pk=cycle_id, state=_State.LOCKED).update(next_try_on=next_try_on)


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


def cycle_listed(*, cycle_id: int) -> None:
    """This will note that the month's parcels were requested (or that it has none)."""
    models.Cycle.objects.filter(pk=cycle_id, is_listed=False).update(is_listed=True)


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
    models.CycleEvent.objects.create(
        cycle=cycle, from_state=before, to_state=to, at=now, actor=actor, reason=reason[:200]
    )
    cycle.refresh_from_db()
    return cycle

"""A gift becomes dearer or cheaper for the town: what that means for months locked before.

The locked copy says what was agreed on that day and stays; the difference is written beside it. A
month over the limit whose donation has not been received is put before staff instead of being
charged; one that was paid for is shown to them while its parcel is still here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from saleor_ext.common import jptime, money
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.costs import errors, models
from saleor_ext.costs import services as costs
from saleor_ext.flows.month import facts, parcel_holds
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership
from saleor_ext.membership import states as membership_states
from saleor_ext.membership import town_settings

COST_MOST = 10**7
BATCH = 500

_Cycle = membership_states.CycleState


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """How many locked months were counted anew, went over the limit, and were parked."""

    months: int = 0
    over: int = 0
    parked: int = 0


@transaction.atomic
def gift_cost_change(
    *, gift_id: int, cost_yen: int, reason: str, now: datetime, actor: str
) -> CostChange:
    """This will change what a gift costs the town, and count locked months anew.

    Args:
        gift_id: which gift.
        cost_yen: what the town pays for one from now on, consumption tax included.
        reason: why, for the record.
        now: the present moment.
        actor: who says so.

    Law: gift_cost_30, gift_cost_per_donation

    Raises:
        CostInvalid: no amount that can be meant, or no reason.
    """
    if not 0 < cost_yen <= COST_MOST or not reason.strip():
        raise errors.CostInvalid()
    old_yen = fulfilment.gift_cost_set(gift_id=gift_id, cost_yen=cost_yen)
    if old_yen == cost_yen:
        return CostChange()
    change = costs.gift_cost_add(
        gift_id=gift_id,
        old_yen=old_yen,
        new_yen=cost_yen,
        reason=reason.strip(),
        now=now,
        actor=actor,
    )
    counted = over = 0
    unpaid_over: set[int] = set()
    for batch in _batches(cycles_not_sent(gift_id=gift_id)):
        revisions = list(_revisions(batch, change=change, now=now))
        costs.revisions_add(revisions=revisions)
        counted += len(revisions)
        over += sum(revision.is_over for revision in revisions)
        unpaid_over |= {item.cycle.membership_id for item in revisions if _is_unpaid_over(item)}
    parked = sum(_park(pk, now=now, actor=actor) for pk in sorted(unpaid_over))
    return CostChange(months=counted, over=over, parked=parked)


@transaction.atomic
def benefit_cost_change(*, tier_id: int, cost_yen: int, now: datetime, actor: str) -> None:
    """This will change what a tier's benefits cost the town a box; it counts from the next lock.

    Law: benefit_is_gift
    """
    old_yen = town_settings.tier_benefit_cost_set(tier_id=tier_id, cost_yen=cost_yen)
    if old_yen != cost_yen:
        costs.benefit_cost_add(
            tier_id=tier_id, old_yen=old_yen, new_yen=cost_yen, now=now, actor=actor
        )


def cycles_not_sent(*, gift_id: int) -> QuerySet[membership_models.Cycle]:
    """This will select the locked months whose box holds a gift that has not left yet."""
    parcels = fulfilment_models.Shipment.objects.filter(
        cycle_id=OuterRef("pk"), items__gift_id=gift_id
    )
    waits = Exists(
        parcels.filter(
            state__in=[
                *sorted(fulfilment_states.SHIPMENT_TO_SHIP),
                fulfilment_states.ShipmentState.HELD,
            ]
        )
    )
    return (
        membership_models.Cycle.objects.filter(
            Q(is_listed=False) | Q(waits),
            state__in=[_Cycle.LOCKED, _Cycle.CHARGED],
            snapshot__box_plan__items__gift_id=gift_id,
        )
        .exclude(parcel_holds.given_back())
        .select_related("membership", "tier", "covered_by", "snapshot")
        .annotate(quantity=F("snapshot__box_plan__items__quantity"))
        .order_by("pk")
    )


def differences_yen(*, paying_ids: Iterable[int]) -> dict[int, int]:
    """This will add up what has to be added to the locked costs given against some donations."""
    rows = models.CostRevision.objects.annotate(
        paying_id=Coalesce("cycle__covered_by_id", "cycle_id")
    ).filter(paying_id__in=list(paying_ids))
    return dict(rows.order_by().values_list("paying_id").annotate(sum=Sum("difference_yen")))


def _batches(
    rows: QuerySet[membership_models.Cycle],
) -> Iterator[list[membership_models.Cycle]]:
    last_id = 0
    while batch := list(rows.filter(pk__gt=last_id)[:BATCH]):
        last_id = batch[-1].pk
        yield batch


def _revisions(
    batch: list[membership_models.Cycle], *, change: models.GiftCost, now: datetime
) -> Iterator[models.CostRevision]:
    paying_ids = {cycle.covered_by_id or cycle.pk for cycle in batch}
    given = facts.given_yen_of(paying_ids=paying_ids)
    earlier = differences_yen(paying_ids=paying_ids)
    percent = facts.gift_cost_percent(day=jptime.jst_date(now))
    for cycle in batch:
        paying = cycle.covered_by or cycle
        quantity = getattr(cycle, "quantity", 1)
        difference = (change.new_yen - change.old_yen) * quantity
        # Boxes of one term count together: each adds to what the ones before it came to.
        earlier[paying.pk] = earlier.get(paying.pk, 0) + difference
        cost_yen = given.get(paying.pk, 0) + earlier[paying.pk]
        yield models.CostRevision(
            gift_cost=change,
            cycle=cycle,
            difference_yen=difference,
            cost_yen=cost_yen,
            donation_yen=paying.amount_yen,
            is_over=difference > 0
            and not money.percent_is_within(
                part_yen=cost_yen, whole_yen=paying.amount_yen, percent=percent
            ),
        )


def _is_unpaid_over(revision: models.CostRevision) -> bool:
    cycle = revision.cycle
    is_unpaid = cycle.kind == membership_states.CycleKind.DONATION and cycle.state == _Cycle.LOCKED
    return revision.is_over and is_unpaid


def _park(membership_id: int, *, now: datetime, actor: str) -> bool:
    try:
        membership.membership_park(
            membership_id=membership_id, now=now, actor=actor, reason="box_over_limit"
        )
    except InvalidTransition:
        return False
    return True

"""Handing a paid month to the producers: one parcel from each of them."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from saleor_ext.common.errors import Refusal
from saleor_ext.flows.month import parcel_holds, residents
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import cycles, models, services, states

logger = logging.getLogger(__name__)

LIST_BATCH = 200


def cycles_to_list(*, as_of: date) -> QuerySet[models.Cycle]:
    """This will select paid months whose list day has come and whose parcels are not requested.

    A month of a prepaid term counts as paid when the donation of its first month was received.
    What was given back, or is just being given back, is not sent, and of what was given back in
    part nothing before staff have said what follows.
    """
    paid = Q(state=states.CycleState.CHARGED) | Q(
        kind=states.CycleKind.PREPAID,
        state=states.CycleState.LOCKED,
        covered_by__state=states.CycleState.CHARGED,
    )
    return models.Cycle.objects.filter(
        paid,
        is_listed=False,
        list_on__lte=as_of,
        membership__state__in=sorted(states.MEMBERSHIP_CURRENT - {states.MembershipState.PARKED}),
    ).exclude(parcel_holds.kept())


def cycles_list_due(
    *, as_of: date, now: datetime, actor: str, tell: Callable[[], None] = lambda: None
) -> int:
    """This will request the parcels of every paid month whose list day has come, and `tell` after
    each batch that it is still at work.

    Returns:
        how many parcels were requested.
    """
    count, last_id = 0, 0
    while True:
        # Chosen first, and only then looked at closely: whether something went back would else be
        # read of every donation there ever was, for each batch.
        ids = list(_unlisted(as_of=as_of, after_id=last_id)[:LIST_BATCH])
        if not ids:
            return count
        last_id = ids[-1]
        rows = cycles_to_list(as_of=as_of).filter(pk__in=ids)
        batch = list(rows.select_related("snapshot", "membership__donor").order_by("pk"))
        if batch:
            count += _list_batch(batch, as_of=as_of, now=now, actor=actor)
        tell()


def _unlisted(*, as_of: date, after_id: int) -> QuerySet[models.Cycle, int]:
    rows = models.Cycle.objects.filter(
        is_listed=False,
        list_on__lte=as_of,
        state__in=[states.CycleState.CHARGED, states.CycleState.LOCKED],
        pk__gt=after_id,
    )
    return rows.order_by("pk").values_list("pk", flat=True)


def _list_batch(batch: Sequence[models.Cycle], *, as_of: date, now: datetime, actor: str) -> int:
    living_here = residents.months_of_residents(batch)
    for cycle in batch:
        if cycle.pk in living_here:
            residents.month_park(cycle, now=now, actor=actor)
    others = [cycle for cycle in batch if cycle.pk not in living_here]
    try:
        return _list(others, as_of=as_of, now=now, actor=actor)
    except Exception as error:  # noqa: BLE001  found and named month by month
        # One of them is in trouble: each by itself, so that the others' parcels go on.
        logger.info("%s months not listed together: %s", len(others), type(error).__name__)
        return sum(_list_safely(cycle, as_of=as_of, now=now, actor=actor) for cycle in others)


def _list_safely(cycle: models.Cycle, *, as_of: date, now: datetime, actor: str) -> int:
    """A month that cannot be listed parks its own membership."""
    try:
        return _list([cycle], as_of=as_of, now=now, actor=actor)
    except Refusal as error:
        reason = error.code
    except Exception as error:  # noqa: BLE001  staff find the membership, parked
        # A database's words about a row it refuses would bring the label into the log.
        logger.error("cycle %s could not be listed: %s", cycle.pk, type(error).__name__)
        reason = "unexpected_error"
    services.membership_park_once(
        membership_id=cycle.membership_id, now=now, actor=actor, reason=reason
    )
    return 0


@transaction.atomic
def _list(batch: Sequence[models.Cycle], *, as_of: date, now: datetime, actor: str) -> int:
    """What another run is at is left to it, and what it did meanwhile is not done again."""
    held = cycles.cycles_hold(cycle_ids=[cycle.pk for cycle in batch])
    due = set(cycles_to_list(as_of=as_of).filter(pk__in=held).values_list("pk", flat=True))
    wanted = [
        _wanted(cycle, box_plan_id=box_plan_id, as_of=as_of)
        for cycle in batch
        if cycle.pk in due and (box_plan_id := cycle.snapshot.box_plan_id) is not None
    ]
    shipments = fulfilment_services.shipments_request(wanted=wanted, now=now, actor=actor)
    cycles.cycles_listed(cycle_ids=due)
    return len(shipments)


def _wanted(
    cycle: models.Cycle, *, box_plan_id: int, as_of: date
) -> fulfilment_services.ParcelsWanted:
    # A month paid late is listed today, not on a day that has passed.
    list_on = max(cycle.list_on, as_of)
    late_days = list_on - cycle.list_on
    return fulfilment_services.ParcelsWanted(
        cycle_id=cycle.pk,
        box_plan_id=box_plan_id,
        delivery=cycle.snapshot.delivery,
        list_on=list_on,
        ship_from=cycle.ship_from + late_days,
        ship_to=cycle.ship_to + late_days,
    )

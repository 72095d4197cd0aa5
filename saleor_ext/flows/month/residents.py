"""Whoever moves into the town after his month was fixed gets no box of it: a month that is not paid
yet is left out, and what is paid waits for staff.

Law: no_gift_to_residents
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from saleor_ext.common import apart
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, selectors, services

REASON = "resident_no_gift"


def months_of_residents(cycles: Sequence[models.Cycle]) -> set[int]:
    """This will find the months that were fixed with a box and whose donor lives in the town now.

    Law: no_gift_to_residents

    Args:
        cycles: fixed months with their membership and snapshot.

    Returns:
        their ids.
    """
    with_box = [cycle for cycle in cycles if cycle.snapshot.box_plan_id is not None]
    if not with_box:
        return set()
    residents = selectors.residents_among(
        donor_ids={cycle.membership.donor_id for cycle in with_box}
    )
    return {cycle.pk for cycle in with_box if cycle.membership.donor_id in residents}


def parcels_hold(*, now: datetime, actor: str) -> int:
    """This will hold the parcels of residents that have not left, and park their memberships. One
    parcel's trouble does not stop the others.

    Law: no_gift_to_residents

    Returns:
        how many parcels are held.

    Raises:
        Exception: what the first one met with that could not be held; all others were.
    """
    rows = fulfilment_models.Shipment.objects.filter(
        state__in=sorted(fulfilment_states.SHIPMENT_TO_SHIP)
    )
    donor_ids = rows.values("cycle__membership__donor_id").distinct()
    residents = selectors.residents_among(donor_ids=donor_ids)
    theirs = rows.filter(cycle__membership__donor_id__in=residents).select_related("cycle")
    return apart.each(
        theirs,
        lambda shipment: _hold(shipment.cycle, now=now, actor=actor),
        name=lambda shipment: f"holding of parcel {shipment.pk}",
    )


@transaction.atomic
def _hold(cycle: models.Cycle, *, now: datetime, actor: str) -> int:
    month_park(cycle, now=now, actor=actor)
    return fulfilment_services.shipments_hold(
        cycle_id=cycle.pk, now=now, actor=actor, reason=REASON
    )


def month_park(cycle: models.Cycle, *, now: datetime, actor: str) -> None:
    """This will leave a paid month with a box to staff: give it back, or find another way."""
    services.membership_park_once(
        membership_id=cycle.membership_id, now=now, actor=actor, reason=REASON
    )

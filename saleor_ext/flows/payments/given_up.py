"""What waits or stops with a donation that is not the town's any more: given back or disputed."""

import logging
from datetime import datetime

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.flows.orders import order_queue
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import cycles, models

logger = logging.getLogger(__name__)


def months_of(cycle: models.Cycle) -> list[int]:
    """This will list the months a donation stands for: its own, and those of its prepaid term."""
    months = models.Cycle.objects.filter(covered_by_id=cycle.pk).order_by("pk")
    return [cycle.pk, *months.values_list("pk", flat=True)]


def parcels_hold(cycle: models.Cycle, *, reason: str, now: datetime, actor: str) -> None:
    """This will take parcels that have not left off the lists until it is said what follows."""
    for cycle_id in months_of(cycle):
        fulfilment_services.shipments_hold(cycle_id=cycle_id, now=now, actor=actor, reason=reason)


def parcels_cancel(cycle: models.Cycle, *, reason: str, now: datetime, actor: str) -> None:
    """This will take parcels that have not left off the lists. What has left stays the donor's."""
    waiting = fulfilment_models.Shipment.objects.filter(
        cycle_id__in=months_of(cycle),
        state__in=sorted(fulfilment_states.SHIPMENT_TRANSITIONS["cancelled"]),
    )
    for key in waiting.values_list("key", flat=True):
        try:
            fulfilment_services.shipment_cancel(key=key, now=now, actor=actor, reason=reason)
        except InvalidTransition:
            logger.info("parcel %s left while its donation was given up", key)


def term_stop(cycle: models.Cycle, *, reason: str, now: datetime, actor: str) -> None:
    """This will send no box of the term that no producer knows of yet, and cancel their orders."""
    stopped = cycles.term_stop(cycle_id=cycle.pk, reason=reason, now=now, actor=actor)
    for cycle_id in stopped:
        order_queue.order_put("order.cancel", cycle_id=cycle_id, now=now)

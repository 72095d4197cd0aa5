"""What the shop tells of orders and parcels, whoever changed them there.

A message is only "something changed": whether it is news to us is seen from its view of the order
without asking the shop, so that our own writes, which come back as messages, cost nothing. Real
news becomes a look at the order itself, in the outbox lane of its month.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from saleor_ext.common import clock
from saleor_ext.flows.orders import order_look, order_queue
from saleor_ext.flows.orders.order_parcels import FULFILMENT_LIVE
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector import inbox, orders

ORDER_EVENTS = (
    "order_created",
    "order_updated",
    "order_paid",
    "order_fully_paid",
    "order_cancelled",
    "order_refunded",
    "order_fulfilled",
)
FULFILMENT_EVENTS = (
    "fulfillment_created",
    "fulfillment_tracking_number_updated",
    "fulfillment_canceled",
)


def register() -> None:
    """This will have the inbox call us."""
    for event in ORDER_EVENTS:
        inbox.handler_register(event, order_changed)
    for event in FULFILMENT_EVENTS:
        inbox.handler_register(event, fulfilment_changed)


def order_changed(payload: Mapping[str, Any]) -> None:
    """This will look at an order of ours when a message about it says something new."""
    if payload.get("order"):
        order_view_follow(orders.order_seen_from_shop(payload["order"]), now=clock.now())


def fulfilment_changed(payload: Mapping[str, Any]) -> None:
    """This will look at the order of a fulfilment that is news to us."""
    order, fulfilment = payload.get("order"), payload.get("fulfillment")
    if not order or not fulfilment:
        return
    cycle = _cycle(order.get("externalReference") or "")
    if cycle is None:
        return
    view = orders.fulfilment_from_shop(fulfilment)
    if _is_news(cycle, status=order["status"], fulfilments=[view]):
        order_queue.look_put(cycle_id=cycle.pk, now=clock.now())


def order_view_follow(view: orders.OrderSeen | orders.Order, *, now: datetime) -> bool:
    """This will ask for a look at an order whose view here differs from what we know.

    Returns:
        whether it was news.
    """
    cycle = _cycle(view.external_reference)
    if cycle is None or not _is_news(cycle, status=view.status, fulfilments=view.fulfilments):
        return False
    order_queue.look_put(cycle_id=cycle.pk, now=now)
    return True


def _cycle(reference: str) -> models.Cycle | None:
    return selectors.cycle_of_key(key=reference) if reference else None


def _is_news(cycle: models.Cycle, *, status: str, fulfilments: Sequence[orders.Fulfilment]) -> bool:
    if status in order_look.GONE:
        return not order_look.is_known_gone(cycle)
    parcels = list(fulfilment_models.Shipment.objects.filter(cycle_id=cycle.pk))
    return any(_is_fulfilment_news(item, parcels) for item in fulfilments)


def _is_fulfilment_news(
    fulfilment: orders.Fulfilment, parcels: Sequence[fulfilment_models.Shipment]
) -> bool:
    is_live = fulfilment.status in FULFILMENT_LIVE
    for parcel in parcels:
        if parcel.shop_fulfilment_id == fulfilment.id:
            is_sent = parcel.state in fulfilment_states.SHIPMENT_SENT
            is_same = parcel.tracking_number == fulfilment.tracking_number
            return is_live != is_sent or not is_same
    # The donation's own line leaves from the office and has no parcel.
    return is_live and fulfilment.warehouse_slug != settings.SALEOR_OFFICE_WAREHOUSE

"""Parcels that left, written back to the month's order in the shop: one fulfilment for each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.flows.orders.orders import CANCELED, DRAFT, NotYet
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import selectors
from saleor_ext.saleor_connector import fulfilments, orders, services
from saleor_ext.saleor_connector.errors import ShopRefused

LINE_FULFILLED = "FULFILL_ORDER_LINE"
FULFILMENT_LIVE = frozenset({"FULFILLED", "WAITING_FOR_APPROVAL"})


def order_fulfill(payload: Mapping[str, Any], now: datetime) -> None:
    """This will write a producer's parcel and its tracking number to the shop's order.

    The same for a number that was corrected since. A parcel that was taken back meanwhile is
    left alone, and so is an order that staff cancelled: a fulfilment would open it again.
    """
    shipment = (
        fulfilment_models.Shipment.objects.select_related("producer")
        .prefetch_related("items__gift")
        .get(pk=payload["shipment_id"])
    )
    if shipment.state not in fulfilment_states.SHIPMENT_SENT:
        return
    order = _order(shipment)
    if order.status == CANCELED:
        return
    made = fulfilment_of(order, shipment)
    if made is None:
        made = _fulfil(order, shipment)
    elif made.tracking_number != shipment.tracking_number:
        made = fulfilments.fulfilment_tracking_update(
            fulfilment_id=made.id, tracking_number=shipment.tracking_number
        )
    fulfilment_services.shipment_fulfilment_note(shipment_id=shipment.pk, fulfilment_id=made.id)
    mirrored = orders.order_find(external_reference=order.external_reference)
    if mirrored is not None:
        services.shop_order_record(order=mirrored)


def fulfilment_of(
    order: orders.Order, shipment: fulfilment_models.Shipment
) -> orders.Fulfilment | None:
    """This will find the fulfilment that stands for a parcel: the one we know, else the one with
    its number, else one that holds its gifts (somebody made it in the shop).
    """
    skus = {item.gift.sku for item in shipment.items.all()}
    live = [item for item in order.fulfilments if item.status in FULFILMENT_LIVE]
    by_id = [item for item in live if item.id == shipment.shop_fulfilment_id]
    number = shipment.tracking_number
    by_number = [item for item in live if number and item.tracking_number == number]
    by_gift = [item for item in live if skus & {line.sku for line in item.lines}]
    found = by_id or by_number or by_gift
    return found[0] if found else None


def _order(shipment: fulfilment_models.Shipment) -> orders.Order:
    """The month's order, or the one that holds what was swapped in it after it was paid."""
    cycle = selectors.cycle_get(cycle_id=shipment.cycle_id)
    key = selectors.cycle_key(cycle=cycle)
    order = orders.order_find(external_reference=key)
    if order is None or order.status == DRAFT:
        raise NotYet("no order yet")
    return _swapped_order(shipment, key=key, order=order) or order


def _swapped_order(
    shipment: fulfilment_models.Shipment, *, key: str, order: orders.Order
) -> orders.Order | None:
    skus = {item.gift.sku for item in shipment.items.all()}
    if skus <= {line.sku for line in order.lines}:
        return None
    for swap in fulfilment_selectors.swaps_accepted(cycle_id=shipment.cycle_id):
        if swap.alternate.alternate.sku in skus:
            found = orders.order_find(external_reference=f"{key}-s{swap.pk}")
            if found is None or found.status == DRAFT:
                raise NotYet("the order of what was swapped is not there yet")
            return found
    return None


def _fulfil(order: orders.Order, shipment: fulfilment_models.Shipment) -> orders.Fulfilment:
    lines = _gift_lines(order, shipment)
    if not lines:
        raise NotYet("the order has nothing left to fulfil for this parcel")
    try:
        return fulfilments.order_fulfill(
            order_id=order.id, lines=lines, tracking_number=shipment.tracking_number
        )
    except ShopRefused as error:
        if error.code == LINE_FULFILLED:
            raise NotYet("the order changed while it was looked at") from error
        raise


def _gift_lines(
    order: orders.Order, shipment: fulfilment_models.Shipment
) -> Sequence[fulfilments.FulfilInput]:
    warehouse_id = shop_catalogue.producer_warehouse_id(shipment.producer)
    skus = {item.gift.sku for item in shipment.items.all()}
    return [
        fulfilments.FulfilInput(
            order_line_id=line.id, warehouse_id=warehouse_id, quantity=line.quantity_to_fulfill
        )
        for line in order.lines
        if line.sku in skus and line.quantity_to_fulfill
    ]

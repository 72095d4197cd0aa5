"""The order of a month whose box was taken away before it was paid holds the donation only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saleor_ext.flows.orders import orders as order_flow
from saleor_ext.membership import selectors
from saleor_ext.saleor_connector import orders


def order_unbox(payload: Mapping[str, Any], now: datetime) -> None:
    """This will put a month's unpaid order aside and make it anew without gifts. It may be called
    again.
    """
    cycle = selectors.cycle_get(cycle_id=int(payload["cycle_id"]))
    key = selectors.cycle_key(cycle=cycle)
    aside_cancel(f"{key}-p")
    order = orders.order_find(external_reference=key)
    if order is not None and (order.is_paid or order.status == order_flow.CANCELED):
        return
    if order is not None and order.status == order_flow.DRAFT:
        orders.draft_order_delete(order_id=order.id)
    elif order is not None and any(line.sku != cycle.tier.sku for line in order.lines):
        orders.order_reference_set(order_id=order.id, external_reference=f"{key}-p")
        aside_cancel(f"{key}-p")
    order_flow.order_create({"cycle_id": cycle.pk}, now)


def aside_cancel(reference: str) -> None:
    """This will cancel what was put aside, also after a crash between the two steps."""
    order = orders.order_find(external_reference=reference)
    if order is not None and order.status != order_flow.CANCELED:
        orders.order_cancel(order_id=order.id)

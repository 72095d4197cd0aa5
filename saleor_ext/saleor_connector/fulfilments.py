"""Parcels that have left, told to the shop: one call for each producer's shipment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saleor_ext.saleor_connector import client, errors, orders


@dataclass(frozen=True, kw_only=True)
class FulfilInput:
    """How many of an order line leave from one warehouse."""

    order_line_id: str
    warehouse_id: str
    quantity: int


def order_fulfill(
    *,
    order_id: str,
    lines: Sequence[FulfilInput],
    tracking_number: str = "",
    shop: client.ShopClient | None = None,
) -> orders.Fulfilment:
    """This will tell the shop that one producer's parcel of an order leaves.

    The shop makes one fulfilment for each warehouse but gives all of them the same tracking
    number, so a call may name one warehouse only. The shop mails nobody: our own mail does.

    Raises:
        ValueError: no line, or lines of several warehouses.
        ShopRefused: CANNOT_FULFILL_UNPAID_ORDER, FULFILL_ORDER_LINE, INSUFFICIENT_STOCK.
    """
    if len({line.warehouse_id for line in lines}) != 1:
        raise ValueError("one call fulfils from exactly one warehouse")
    answer: dict[str, Any] = {
        "lines": [_line_to_shop(line) for line in lines],
        "notifyCustomer": False,
        "allowStockToBeExceeded": False,
    }
    if tracking_number:
        answer["trackingNumber"] = tracking_number
    result = (shop or client.shop_client()).mutate(
        "order_fulfill", "orderFulfill", {"order": order_id, "input": answer}
    )
    made = result.get("fulfillments") or []
    if len(made) != 1:
        raise errors.ShopAnswerInvalid("not one fulfilment", operation="order_fulfill")
    return orders.fulfilment_from_shop(made[0])


def fulfilment_cancel(
    *, fulfilment_id: str, warehouse_id: str, shop: client.ShopClient | None = None
) -> None:
    """This will take a fulfilment back; what it held returns into the warehouse.

    Raises:
        ShopRefused: CANNOT_CANCEL_FULFILLMENT when it was taken back already.
    """
    variables = {"id": fulfilment_id, "warehouseId": warehouse_id}
    (shop or client.shop_client()).mutate("fulfilment_cancel", "orderFulfillmentCancel", variables)


def fulfilment_tracking_update(
    *, fulfilment_id: str, tracking_number: str, shop: client.ShopClient | None = None
) -> orders.Fulfilment:
    """This will write a tracking number on a parcel that the shop knows already.

    Raises:
        ShopRefused: NOT_FOUND and the like.
    """
    variables = {
        "id": fulfilment_id,
        "trackingNumber": tracking_number,
        "notifyCustomer": False,
    }
    result = (shop or client.shop_client()).mutate(
        "fulfilment_tracking_update", "orderFulfillmentUpdateTracking", variables
    )
    return orders.fulfilment_from_shop(result.get("fulfillment"))


def _line_to_shop(line: FulfilInput) -> dict[str, Any]:
    stock = {"warehouse": line.warehouse_id, "quantity": line.quantity}
    return {"orderLineId": line.order_line_id, "stocks": [stock]}

"""What is to be done about a month's order in the shop: one lane of the outbox for each month, so
that it is created before it is paid and paid before it is fulfilled.
"""

import secrets
from datetime import datetime

from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.outbox import services as outbox

LOOK = "order.look"


def order_put(topic: str, *, cycle_id: int, now: datetime) -> None:
    """This will ask for `order.create`, `order.pay` and the like, once for each month."""
    outbox.message_put(
        topic=topic,
        key=f"{topic}:{cycle_id}",
        lane=_lane(cycle_id),
        payload={"cycle_id": cycle_id},
        now=now,
    )


def order_message(topic: str, *, cycle_id: int, now: datetime) -> outbox_models.OutboxMessage:
    """This will make the same message to be written together with many others."""
    return outbox_models.OutboxMessage(
        topic=topic,
        key=f"{topic}:{cycle_id}",
        lane=_lane(cycle_id),
        payload={"cycle_id": cycle_id},
        next_try_at=now,
        created_at=now,
    )


def parcel_put(
    topic: str, *, shipment: fulfilment_models.Shipment, key: str, now: datetime
) -> None:
    """This will ask for something about one parcel of a month's order, once for each key."""
    outbox.message_put(
        topic=topic,
        key=key,
        lane=_lane(shipment.cycle_id),
        payload={"cycle_id": shipment.cycle_id, "shipment_id": shipment.pk},
        now=now,
    )


def swap_put(*, swap: fulfilment_models.Swap, now: datetime) -> None:
    """This will ask for a month's order to follow what was swapped in its box."""
    outbox.message_put(
        topic="order.swap",
        key=f"order.swap:{swap.pk}",
        lane=_lane(swap.cycle_id),
        payload={"cycle_id": swap.cycle_id, "swap_id": swap.pk},
        now=now,
    )


def report_put(
    topic: str, *, cycle_id: int, key: str, payload: dict[str, int], now: datetime
) -> None:
    """This will ask for the shop to be told of money that went back, after all that it is told of
    the month's order: it would take off what it has never counted.
    """
    outbox.message_put(
        topic=topic, key=f"{topic}:{key}", lane=_lane(cycle_id), payload=payload, now=now
    )


def is_ordered(*, cycle_id: int) -> bool:
    """This will say whether a month's order was ever asked for."""
    topics = ("order.create", "order.pay", "order.first")
    return any(outbox_selectors.is_known(key=f"{topic}:{cycle_id}") for topic in topics)


def look_put(*, cycle_id: int, now: datetime) -> None:
    """This will ask for a look at a month's order, unless one is still to come anyway."""
    if outbox_selectors.is_waiting(lane=_lane(cycle_id), topic=LOOK):
        return
    outbox.message_put(
        topic=LOOK,
        key=f"{LOOK}:{cycle_id}:{secrets.token_hex(8)}",
        lane=_lane(cycle_id),
        payload={"cycle_id": cycle_id},
        now=now,
    )


def is_parcel_under_way(*, cycle_id: int) -> bool:
    """This will say whether something of ours about a month's parcels has not reached the shop."""
    return outbox_selectors.is_unfinished(lane=_lane(cycle_id), topic="order.fulfill")


def _lane(cycle_id: int) -> str:
    return f"cycle:{cycle_id}"

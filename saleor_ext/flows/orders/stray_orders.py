"""Orders of gifts for nothing are cancelled.

Our app puts gifts at 0 yen into a checkout that is about to be paid. Whoever then takes the tier
out of it is left with a checkout that costs nothing, and the shop makes an order of it without
asking anybody. Nothing would be sent for it (parcels follow donations, not orders), but it would
hold the stock. The plugin inside the shop refuses it beforehand, where it is installed.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saleor_ext.common import clock
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import inbox, mapping, orders

logger = logging.getLogger(__name__)

FROM_CHECKOUT = "CHECKOUT"  # what staff write by hand is their own affair
OPEN = frozenset({"UNFULFILLED", "UNCONFIRMED"})


def register() -> None:
    """This will have the inbox call us."""
    inbox.handler_register("order_created", order_created)


def order_created(payload: Mapping[str, Any]) -> None:
    """This will ask for a look at an order that costs nothing and is none of our months."""
    order = payload.get("order")
    if not order or order.get("externalReference"):
        return
    if mapping.money_from_shop(order["total"]["gross"]) == 0:
        outbox.message_put(
            topic="order.stray",
            key=f"order.stray:{order['id']}",
            payload={"order_id": order["id"]},
            now=clock.now(),
        )


def order_stray(payload: Mapping[str, Any], now: datetime) -> None:
    """This will cancel an order of nothing but gifts at 0 yen that came out of a checkout."""
    order = orders.order_get(order_id=str(payload["order_id"]))
    if order is None or order.external_reference or order.status not in OPEN:
        return
    skus = [line.sku for line in order.lines]
    has_tier = models.Tier.objects.filter(sku__in=skus).exists()
    has_gift = fulfilment_models.Gift.objects.filter(sku__in=skus).exists()
    if order.origin == FROM_CHECKOUT and has_gift and not has_tier and order.total_yen == 0:
        orders.order_cancel(order_id=order.id)
        logger.error("order %s was gifts for nothing: cancelled", order.number)

"""Working off the outbox: each message is claimed, handled and noted on its own."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saleor_ext.common import clock
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.flows import mail, orders
from saleor_ext.outbox import models, selectors, services
from saleor_ext.saleor_connector import errors as shop_errors

logger = logging.getLogger(__name__)

DRAIN_LIMIT = 200

Handler = Callable[[Mapping[str, Any], datetime], None]

HANDLERS: dict[str, Handler] = {
    "order.create": orders.order_create,
    "order.pay": orders.order_pay,
    "order.first": orders.order_first,
    "order.cancel": orders.order_cancel,
    "order.fulfill": orders.order_fulfill,
    "mail.send": mail.mail_send,
}
"""What is done for each topic. Every handler may be called again with the same message."""

ORDER_TOPICS = frozenset({"order.create", "order.first"})
TEMPORARY = (
    shop_errors.ShopUnavailable,
    provider_errors.ProviderRetryable,
    provider_errors.ProviderUnknown,
    orders.NotYet,
    OSError,
)
FINAL = (
    shop_errors.ShopRefused,
    shop_errors.ShopAnswerInvalid,
    provider_errors.ProviderPermanent,
    orders.OrderCanceled,
)


@dataclass(kw_only=True)
class DrainReport:
    """How many messages were done or put off, and how many orders were made on the way."""

    done: int = 0
    put_off: int = 0
    orders: int = 0


def outbox_drain(*, now: datetime | None = None, limit: int | None = None) -> DrainReport:
    """This will handle every due message once. Messages that cannot be handled wait for later."""
    moment = now or clock.now()
    report = DrainReport()
    seen: set[int] = set()
    while limit is None or report.done + report.put_off < limit:
        left = DRAIN_LIMIT if limit is None else limit - report.done - report.put_off
        due = [pk for pk in _due(moment, limit=min(left, DRAIN_LIMIT)) if pk not in seen]
        if not due:
            return report
        for message_id in due:
            seen.add(message_id)
            _handle(message_id, now=moment, report=report)
    return report


def _due(moment: datetime, *, limit: int) -> list[int]:
    return selectors.messages_due(now=moment, lease_at=clock.real_now(), limit=limit)


def _handle(message_id: int, *, now: datetime, report: DrainReport) -> None:
    message = services.message_claim(message_id=message_id, now=now, lease_from=clock.real_now())
    if message is None:
        return
    error, is_final = _try(message, now=now)
    if error:
        report.put_off += 1
        services.message_put_off(message_id=message_id, error=error, is_final=is_final, now=now)
        return
    services.message_done(message_id=message_id, now=now)
    report.done += 1
    report.orders += message.topic in ORDER_TOPICS


def _try(message: models.OutboxMessage, *, now: datetime) -> tuple[str, bool]:
    """The error in a few words ("" when done), and whether trying again is pointless."""
    handler = HANDLERS.get(message.topic)
    if handler is None:
        return "unknown topic", True
    try:
        handler(message.payload, now)
    except TEMPORARY as error:
        return f"{type(error).__name__}: {error}", False
    except FINAL as error:
        logger.warning("outbox %s %s: %s", message.topic, message.pk, error)
        return f"{type(error).__name__}: {error}", True
    except Exception as error:
        # One message's bug must not stop the others; staff find it with its class and can retry.
        logger.exception("outbox %s %s", message.topic, message.pk)
        return type(error).__name__, False
    return "", False

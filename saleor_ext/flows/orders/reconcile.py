"""Finding what the shop could not tell us: messages it gave up, and orders changed meanwhile.

Both ways end in the handlers that every message ends in. Running again changes nothing.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_ext.flows.orders import shop_events
from saleor_ext.saleor_connector import deliveries, hooks, inbox, orders, selectors, services

logger = logging.getLogger(__name__)

ORDERS_MARK = "orders_updated"
ORDERS_LIMIT = 2_000
# What the shop was just writing when we last looked may carry an earlier moment.
OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=14)


@dataclass(kw_only=True)
class ReconcileReport:
    """How many lost messages were taken up, orders looked through, and news found among them."""

    messages: int = 0
    orders: int = 0
    news: int = 0


def shop_reconcile(*, now: datetime) -> ReconcileReport:
    """This will take up what was missed since the last time, in bounded pages.

    Raises:
        ShopUnavailable: the shop cannot be asked; the next run begins where this one did.
    """
    report = ReconcileReport()
    _messages_take_up(report, now=now)
    _orders_look_through(report, now=now)
    return report


def _messages_take_up(report: ReconcileReport, *, now: datetime) -> None:
    installation = selectors.installation_current()
    if installation is None:
        return
    page = deliveries.deliveries_failed()
    for delivery in sorted(page.deliveries, key=lambda item: item.failed_from):
        try:
            message = hooks.message_of(delivery.text.encode(), installation=installation)
        except hooks.MessageInvalid:
            continue  # the shop loses the body of some messages; the orders tell the same
        if not message.is_session:
            report.messages += inbox.delivery_store(message=message, now=now)
    if page.has_more:
        logger.warning("the shop gave up more messages than it tells at once")


def _orders_look_through(report: ReconcileReport, *, now: datetime) -> None:
    """Oldest change first. A run cut short by its limit is gone on with where it stopped: its
    mark is put so far ahead that the next run's overlap begins at the last order seen.
    """
    mark = selectors.mark_get(name=ORDERS_MARK) or now - FIRST_LOOK_BACK
    for order in orders.orders_updated(updated_from=mark - OVERLAP):
        services.shop_order_record(order=order)
        report.orders += 1
        report.news += shop_events.order_view_follow(order, now=now)
        mark = order.updated_at
        if report.orders >= ORDERS_LIMIT:
            mark += OVERLAP
            break
    services.mark_set(name=ORDERS_MARK, moment=mark)

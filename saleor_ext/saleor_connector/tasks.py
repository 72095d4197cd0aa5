"""Work of the connector behind a queue."""

from celery import shared_task

from saleor_ext.common import clock
from saleor_ext.saleor_connector import inbox, selectors


@shared_task(name=inbox.HANDLE_JOB)
def delivery_handle(delivery_id: int) -> bool:
    """This will handle one message of the inbox."""
    return inbox.delivery_handle(delivery_id=delivery_id, now=clock.now())


@shared_task(name="connector.deliveries_sweep")
def deliveries_sweep() -> int:
    """This will handle messages that a lost queue entry or a failure left behind."""
    now = clock.now()
    due = selectors.deliveries_due(now=now, attempts_limit=inbox.ATTEMPT_LIMIT)
    return sum(inbox.delivery_handle(delivery_id=pk, now=now) for pk in due)

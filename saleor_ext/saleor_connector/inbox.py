"""The inbox: a message is stored as it came and answered at once; the work comes after.

Whoever wants to hear of an event registers a function for it when his app starts.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from saleor_ext.common import jobs
from saleor_ext.saleor_connector import hooks, models, states

HANDLE_JOB = "connector.delivery_handle"
ATTEMPT_LIMIT = 10  # the last one is 17 hours after the message came

Handler = Callable[[Mapping[str, Any]], None]
"""Takes the message's body. It may be called twice with the same body, and in any order."""

_handlers: dict[str, list[Handler]] = {}


def handler_register(event: str, handler: Handler) -> None:
    """This will have `handler` called for each message of an event, such as order_fully_paid."""
    known = _handlers.setdefault(event, [])
    if handler not in known:
        known.append(handler)


def delivery_store(*, message: hooks.Message, now: datetime) -> bool:
    """This will keep a proven message and hand it on; False when it had been kept before."""
    try:
        with transaction.atomic():
            row = models.WebhookDelivery.objects.create(
                digest=message.digest, event=message.event, body=message.body, received_at=now
            )
            jobs.enqueue(HANDLE_JOB, delivery_id=row.pk)
    except IntegrityError:
        return False
    return True


def delivery_handle(*, delivery_id: int, now: datetime) -> bool:
    """This will give one stored message to those who asked for it; True when it is settled.

    Two callers at once: one of them wins the attempt, the other does nothing. A failure leaves
    the message for the sweep; after some attempts it is left for a human.
    """
    row = models.WebhookDelivery.objects.filter(
        pk=delivery_id, state=states.DeliveryState.RECEIVED
    ).first()
    if row is None or not _attempt_claim(row):
        return False
    payload = json.loads(row.body)
    try:
        for handler in _handlers.get(row.event, ()):
            handler(payload)
    except Exception as error:  # noqa: BLE001  whatever it is, the message must not be lost
        _failure_write(row, error)
        return False
    models.WebhookDelivery.objects.filter(pk=row.pk).update(
        state=states.DeliveryState.HANDLED, handled_at=now, body="", last_error=""
    )
    return True


def delivery_retry(*, delivery_id: int, now: datetime) -> bool:
    """This will let a message that was given up be tried again."""
    failed = models.WebhookDelivery.objects.filter(
        pk=delivery_id, state=states.DeliveryState.FAILED
    )
    # The mark of time moves, too, or all its attempts would be due at once.
    moved = failed.update(
        state=states.DeliveryState.RECEIVED, attempts=0, last_error="", received_at=now
    )
    if moved:
        jobs.enqueue(HANDLE_JOB, delivery_id=delivery_id)
    return bool(moved)


def _attempt_claim(row: models.WebhookDelivery) -> bool:
    same = models.WebhookDelivery.objects.filter(
        pk=row.pk, state=states.DeliveryState.RECEIVED, attempts=row.attempts
    )
    return same.update(attempts=F("attempts") + 1) == 1


def _failure_write(row: models.WebhookDelivery, error: Exception) -> None:
    # Only the kind of error: its text may quote the message, which holds personal data.
    is_last = row.attempts + 1 >= ATTEMPT_LIMIT
    state = states.DeliveryState.FAILED if is_last else states.DeliveryState.RECEIVED
    models.WebhookDelivery.objects.filter(pk=row.pk).update(
        state=state, last_error=type(error).__name__
    )

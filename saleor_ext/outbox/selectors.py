"""Reading the outbox."""

from datetime import datetime

from django.db.models import Q, QuerySet

from saleor_ext.outbox import models, states


def messages_due(*, now: datetime, lease_at: datetime, limit: int) -> list[int]:
    """This will list the ids of messages whose time has come and that nobody works on.

    `lease_at` is the real moment, by which other workers' leases are measured.
    """
    rows = (
        models.OutboxMessage.objects.filter(state=states.MessageState.PENDING, next_try_at__lte=now)
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=lease_at))
        .order_by("id")
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def messages_failed() -> QuerySet[models.OutboxMessage]:
    """This will list the messages that were given up, newest first."""
    return models.OutboxMessage.objects.filter(state=states.MessageState.FAILED).order_by("-pk")


def is_pending(*, key: str) -> bool:
    """This will say whether a message is still waiting to be done."""
    return models.OutboxMessage.objects.filter(key=key, state=states.MessageState.PENDING).exists()

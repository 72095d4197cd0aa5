"""Reading the outbox."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from saleor_ext.outbox import models, states


class DueMessage(NamedTuple):
    """A message whose time has come, what it asks for, and the lane it keeps ("" for none)."""

    id: int
    topic: str
    lane: str


def messages_due(
    *,
    now: datetime,
    lease_at: datetime,
    limit: int,
    after_id: int = 0,
    without: Collection[str] = (),
) -> list[DueMessage]:
    """This will list messages whose time has come and that nobody works on, oldest first.

    A message behind an earlier one of its lane that still waits, or that somebody works on, is
    left out: else many of them would stand before those that can be done. `lease_at` is the real
    moment, by which other workers' leases are measured; only ids above `after_id` are listed, and
    no topics that are to be left `without`.
    """
    pending = models.OutboxMessage.objects.filter(state=states.MessageState.PENDING)
    # Only with both conditions of `outbox_lane_idx` is that index used; without it PostgreSQL reads
    # every earlier message for every one that is listed.
    blocking = pending.exclude(lane="").filter(
        Q(next_try_at__gt=now) | Q(claimed_until__gt=lease_at),
        lane=OuterRef("lane"),
        pk__lt=OuterRef("pk"),
    )
    rows = pending.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lte=lease_at),
        Q(lane="") | ~Exists(blocking),
        next_try_at__lte=now,
        pk__gt=after_id,
    )
    if without:
        rows = rows.exclude(topic__in=sorted(without))
    found = rows.order_by("id").values_list("pk", "topic", "lane")[:limit]
    return [DueMessage(*row) for row in found]


def lane_is_busy(*, lane: str, message_id: int, lease_at: datetime) -> bool:
    """This will say whether something else of a lane is worked on or has to be done before."""
    others = models.OutboxMessage.objects.filter(
        lane=lane, state=states.MessageState.PENDING
    ).exclude(pk=message_id)
    return others.filter(Q(pk__lt=message_id) | Q(claimed_until__gt=lease_at)).exists()


def messages_put_off(*, because_of: Collection[str]) -> int:
    """This will count the messages that wait because of one of these errors."""
    is_because = Q(pk__in=[])
    for error in because_of:
        is_because |= Q(last_error__contains=error)
    pending = models.OutboxMessage.objects.filter(state=states.MessageState.PENDING)
    return pending.filter(is_because).count()


def messages_failed() -> QuerySet[models.OutboxMessage]:
    """This will list the messages that were given up, newest first."""
    return models.OutboxMessage.objects.filter(state=states.MessageState.FAILED).order_by("-pk")


def is_known(*, key: str) -> bool:
    """This will say whether a message was ever asked for."""
    return models.OutboxMessage.objects.filter(key=key).exists()


def is_waiting(*, lane: str, topic: str) -> bool:
    """This will say whether a lane has such a message that nobody has begun to work on."""
    return models.OutboxMessage.objects.filter(
        lane=lane, topic=topic, state=states.MessageState.PENDING, claimed_until__isnull=True
    ).exists()


def is_unfinished(*, lane: str, topic: str) -> bool:
    """This will say whether a lane has such a message that is not done, given up or not."""
    return (
        models.OutboxMessage.objects.filter(lane=lane, topic=topic)
        .exclude(state=states.MessageState.DONE)
        .exists()
    )


def is_pending(*, key: str) -> bool:
    """This will say whether a message is still waiting to be done."""
    return models.OutboxMessage.objects.filter(key=key, state=states.MessageState.PENDING).exists()


def messages_unknown(*, messages: Sequence[models.OutboxMessage]) -> list[models.OutboxMessage]:
    """This will leave out messages whose key was asked for before."""
    keys = [message.key for message in messages]
    rows = models.OutboxMessage.objects.filter(key__in=keys)
    known = set(rows.values_list("key", flat=True))
    return [message for message in messages if message.key not in known]

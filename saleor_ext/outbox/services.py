"""Writing outbox messages and their fate."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from saleor_ext.common import bulk, jobs
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.outbox import models, selectors, states

CLAIM_S = 120
GIVE_UP_ATTEMPTS = 12
BACKOFF_FIRST_S = 10
BACKOFF_MAX_S = 3 * 3600


def message_put(
    *, topic: str, key: str, payload: Mapping[str, object], now: datetime, lane: str = ""
) -> models.OutboxMessage:
    """This will ask for work to be done after the present transaction; once per key.

    Payloads hold ids only, never a name, an address or a token. Messages of one `lane` are done
    one after another.
    """
    message, made = models.OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "topic": topic,
            "lane": lane,
            "payload": dict(payload),
            "next_try_at": now,
            "created_at": now,
        },
    )
    if made:
        jobs.enqueue("outbox.sweep")
    return message


def messages_put_many(*, messages: list[models.OutboxMessage]) -> None:
    """This will write many messages at once; keys that exist stay as they are."""
    bulk.rows_make(messages, are_known_left=True)
    if messages:
        jobs.enqueue("outbox.sweep")


@transaction.atomic
def message_claim(
    *, due: selectors.DueMessage, now: datetime, lease_from: datetime
) -> models.OutboxMessage | None:
    """This will take a due message for two minutes; None when somebody else has it.

    Of a lane nobody gets a message while another one is worked on or an earlier one waits.

    Args:
        due: which message, and its lane.
        now: the moment by which it must be due.
        lease_from: the real moment from which the two minutes count.
    """
    pending = models.OutboxMessage.objects.select_for_update().filter(
        state=states.MessageState.PENDING
    )
    if due.lane:
        # Whoever claims in a lane waits here for others who do; looked at only after that.
        held = {row.pk: row for row in pending.filter(lane=due.lane).order_by("pk")}
        message = held.get(due.id)
        if selectors.lane_is_busy(lane=due.lane, message_id=due.id, lease_at=lease_from):
            return None
    else:
        message = pending.filter(pk=due.id).first()
    if message is None or not _is_free(message, now=now, lease_at=lease_from):
        return None
    message.claimed_until = lease_from + timedelta(seconds=CLAIM_S)
    message.save(update_fields=["claimed_until"])
    return message


def _is_free(message: models.OutboxMessage, *, now: datetime, lease_at: datetime) -> bool:
    is_leased = message.claimed_until is not None and message.claimed_until > lease_at
    return message.next_try_at <= now and not is_leased


def message_done(*, message_id: int, now: datetime) -> None:
    """This will note that the work is done."""
    models.OutboxMessage.objects.filter(pk=message_id, state=states.MessageState.PENDING).update(
        state=states.MessageState.DONE, done_at=now, claimed_until=None, last_error=""
    )


@transaction.atomic
def message_put_off(
    *, message_id: int, error: str, is_final: bool, now: datetime, is_patient: bool = False
) -> None:
    """This will try a message again later (10 s, doubling, at most 3 h), or give it up.

    After twelve tries, or at once when `is_final`, it is `failed`: staff see it and may retry.
    An `is_patient` one is never given up: what it waits for is not its own trouble.
    """
    message = (
        models.OutboxMessage.objects.select_for_update()
        .filter(pk=message_id, state=states.MessageState.PENDING)
        .first()
    )
    if message is None:
        return  # another worker, to whom the message fell after two minutes, was faster
    message.attempts += 1
    message.last_error = error[:200]
    message.claimed_until = None
    if is_patient:
        message.attempts = min(message.attempts, GIVE_UP_ATTEMPTS - 1)
    if is_final or message.attempts >= GIVE_UP_ATTEMPTS:
        message.state = states.MessageState.FAILED
    delay_s = min(BACKOFF_FIRST_S * 2 ** (message.attempts - 1), BACKOFF_MAX_S)
    message.next_try_at = now + timedelta(seconds=delay_s)
    message.save()


def messages_hurry(*, because_of: Collection[str], now: datetime) -> int:
    """This will try messages again now that were put off because of one of these errors.

    They have all their tries again. Returns how many there are.
    """
    is_waiting = Q(state=states.MessageState.PENDING, next_try_at__gt=now)
    is_because = Q()
    for error in because_of:
        is_because |= Q(last_error__contains=error)
    waiting = models.OutboxMessage.objects.filter(is_waiting & is_because)
    moved = waiting.update(next_try_at=now, attempts=0)
    if moved:
        jobs.enqueue("outbox.sweep")
    return moved


@transaction.atomic
def message_retry(*, message_id: int, now: datetime, actor: str) -> models.OutboxMessage:
    """This will give a failed message another twelve tries, on a person's word.

    Raises:
        InvalidTransition: it has not failed.
    """
    if _failed_take_up(Q(pk=message_id), now=now, actor=actor) != 1:
        raise InvalidTransition(to=states.MessageState.PENDING)
    return models.OutboxMessage.objects.get(pk=message_id)


@transaction.atomic
def messages_retry_all(*, now: datetime, actor: str) -> int:
    """This will give every failed message another twelve tries, and return how many there were.

    After a long outage of the shop there may be thousands; nobody is to press a button for each.
    """
    return _failed_take_up(Q(), now=now, actor=actor)


def _failed_take_up(which: Q, *, now: datetime, actor: str) -> int:
    failed = models.OutboxMessage.objects.filter(which, state=states.MessageState.FAILED)
    moved = failed.update(
        state=states.MessageState.PENDING,
        attempts=0,
        next_try_at=now,
        last_error=f"retried by {actor}"[:200],
    )
    if moved:
        jobs.enqueue("outbox.sweep")
    return moved

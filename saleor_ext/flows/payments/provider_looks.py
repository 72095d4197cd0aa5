"""A look at an attempt that a message of the provider asked for and that he did not answer: kept in
the outbox, so that money given back or disputed is known before a parcel leaves.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.flows.month import settle
from saleor_ext.flows.payments import disputes, payment_session, refunds
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.outbox import services as outbox

logger = logging.getLogger(__name__)

TOPIC = "payment.look"
ACTOR = "provider"


def event_take(*, provider_ref: str, kind: str, key: str, now: datetime) -> None:
    """This will look at the attempt a provider's message spoke of; as soon as the provider answers,
    if he does not now.
    """
    try:
        payment_session.provider_event_handle(
            provider_ref=provider_ref, kind=kind, key=key, now=now
        )
    except provider_errors.UNANSWERED as error:
        attempt = payment_session.event_attempt(provider_ref=provider_ref, key=key)
        if attempt is not None:
            logger.warning("attempt %s is looked at later: %s", attempt.pk, error.code)
            _look_put(attempt_id=attempt.pk, now=now)


def _look_put(*, attempt_id: int, now: datetime) -> None:
    """One look sees everything, so one that is still to come is enough for all messages. One that
    is under way may have missed what the next message speaks of.
    """
    lane = f"attempt:{attempt_id}"
    if outbox_selectors.is_waiting(lane=lane, topic=TOPIC):
        return
    outbox.message_put(
        topic=TOPIC,
        key=f"{TOPIC}:{attempt_id}:{secrets.token_hex(8)}",
        lane=lane,
        payload={"attempt_id": attempt_id},
        now=now,
    )


def payment_look(payload: Mapping[str, Any], now: datetime) -> None:
    """This will write down how an attempt stands and what was given back or is disputed of it.

    Raises:
        ProviderUnknown, ProviderRetryable: it is looked at again later.
    """
    attempt = settle.attempt_settle(attempt_id=payload["attempt_id"], now=now, actor=ACTOR)
    refunds.refunds_look(attempt=attempt, now=now, actor=ACTOR)
    disputes.disputes_look(attempt=attempt, now=now, actor=ACTOR)

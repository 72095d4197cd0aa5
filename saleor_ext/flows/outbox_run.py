"""Working off the outbox: each message is claimed, handled and noted on its own."""

import functools
import logging
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.conf import settings

from saleor_ext.common import clock, jobs, parallel
from saleor_ext.common.patience import Patience
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.flows import mail
from saleor_ext.flows.onestop import following
from saleor_ext.flows.orders import order_look, order_parcels, order_unbox, orders, stray_orders
from saleor_ext.flows.payments import old_cards, provider_looks, refunds, shop_reports
from saleor_ext.flows.shop import shop_link
from saleor_ext.flows.swaps import order_swap
from saleor_ext.operation import gate
from saleor_ext.outbox import models, selectors, services
from saleor_ext.saleor_connector import errors as shop_errors

logger = logging.getLogger(__name__)

DRAIN_LIMIT = 200

Handler = Callable[[Mapping[str, Any], datetime], None]

OUTSIDE: dict[str, dict[str, Handler]] = {
    "shop": {
        "order.create": orders.order_create,
        "order.pay": orders.order_pay,
        "order.first": orders.order_first,
        "order.cancel": orders.order_cancel,
        "order.fulfill": order_parcels.order_fulfill,
        "order.look": order_look.order_look,
        "order.refunded": shop_reports.order_refunded,
        "order.swap": order_swap.order_swap,
        "order.unbox": order_unbox.order_unbox,
        "order.stray": stray_orders.order_stray,
        "payment.closed": shop_reports.payment_closed,
        "refund.report": shop_reports.refund_report,
        "dispute.report": shop_reports.dispute_report,
    },
    "provider": {
        old_cards.TOPIC: old_cards.card_detach,
        provider_looks.TOPIC: provider_looks.payment_look,
        "refund.make": refunds.refund_make,
    },
    "mail": {
        "mail.grant": mail.grant_mail_send,
        "mail.send": mail.mail_send,
        "mail.staff": mail.staff_mail_send,
    },
    "nobody": {following.TOPIC: following.donation_follow},
}
"""Who is spoken with for each topic, and what does it. Every handler may be called again with the
same message.
"""

HANDLERS = {topic: handler for them in OUTSIDE.values() for topic, handler in them.items()}
WHOM = {topic: who for who, them in OUTSIDE.items() for topic in them}
# So many messages in a row to somebody who does not answer, each a time-out long, and the others to
# him are left for the next time: work for everybody else must not wait behind them.
AWAY_AFTER = 3

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
# The mail server spoke, if only to refuse.
MAIL_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)

# What a call with a token that no longer counts is answered with: the app was uninstalled, or
# its permissions were taken away. That is put right in the shop, and the messages wait for it.
TOKEN_CODES = frozenset({"PermissionDenied", "InvalidTokenError"})


@dataclass(kw_only=True)
class DrainReport:
    """How many messages were done or put off, and how many orders were made on the way."""

    done: int = 0
    put_off: int = 0
    orders: int = 0

    def __iadd__(self, other: "DrainReport") -> Self:
        self.done += other.done
        self.put_off += other.put_off
        self.orders += other.orders
        return self


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why a message is not done, in a few words, and what that means for trying again.

    Attributes:
        is_final: trying again is pointless; a human must look.
        is_patient: it is not the message's own trouble, so it is never given up for it.
        silent: who did not answer, "" when that was not the trouble.
    """

    error: str
    is_final: bool = False
    is_patient: bool = False
    silent: str = ""


class _Silences:
    """Who outside seems to be away, as far as one drain has found out."""

    def __init__(self) -> None:
        self._patience = {who: Patience(most=AWAY_AFTER) for who in OUTSIDE}

    def is_silent(self, topic: str) -> bool:
        return topic in WHOM and self._patience[WHOM[topic]].is_away

    def topics(self) -> set[str]:
        return {topic for topic in WHOM if self.is_silent(topic)}

    def note(self, topic: str, trouble: Trouble | None) -> None:
        """Troubles of our own say nothing about whether somebody is there."""
        if trouble is not None and trouble.silent:
            self._patience[trouble.silent].count(is_answered=False)
        elif topic in WHOM and (trouble is None or trouble.is_final):
            self._patience[WHOM[topic]].count(is_answered=True)


def outbox_drain(
    *,
    now: datetime | None = None,
    limit: int | None = None,
    tell: Callable[[], None] = lambda: None,
) -> DrainReport:
    """This will handle every due message once, several at a time, and `tell` after each batch
    that it is still at work.

    Messages that cannot be handled wait for later, and so do those for a shop, a provider or a mail
    server that does not answer. However many are due, only some of them are in memory at once. In a
    copy of the salon all of them wait: no mail, no order.
    """
    moment = now or clock.now()
    report, silences, last_id = DrainReport(), _Silences(), 0
    if not gate.is_home():
        logger.warning("this is an unconfirmed copy: the outbox waits")
        return report
    while limit is None or report.done + report.put_off < limit:
        left = DRAIN_LIMIT if limit is None else limit - report.done - report.put_off
        due = selectors.messages_due(
            now=moment,
            lease_at=clock.real_now(),
            limit=min(left, DRAIN_LIMIT),
            after_id=last_id,
            without=silences.topics(),
        )
        if not due:
            break
        last_id = due[-1].id
        handle = functools.partial(_lane_handle, silences=silences, now=moment)
        workers = settings.OUTBOX_CONCURRENCY
        for part in parallel.in_parallel(handle, _lanes(due), workers=workers):
            report += part
        tell()
    return report


def _lanes(due: Sequence[selectors.DueMessage]) -> list[list[selectors.DueMessage]]:
    """Messages of one lane together, in order; every other one by itself."""
    lanes: dict[str | int, list[selectors.DueMessage]] = {}
    for message in due:
        lanes.setdefault(message.lane or message.id, []).append(message)
    return list(lanes.values())


def _lane_handle(
    messages: Sequence[selectors.DueMessage], *, silences: _Silences, now: datetime
) -> DrainReport:
    """One after the other: what stands behind a message that was put off cannot be claimed."""
    report = DrainReport()
    for due in messages:
        if not silences.is_silent(due.topic):
            _handle(due, silences=silences, now=now, report=report)
    return report


def _handle(
    due: selectors.DueMessage, *, silences: _Silences, now: datetime, report: DrainReport
) -> None:
    message = services.message_claim(due=due, now=now, lease_from=clock.real_now())
    if message is None:
        return
    trouble = _try(message, now=now)
    silences.note(due.topic, trouble)
    if trouble is not None:
        report.put_off += 1
        services.message_put_off(
            message_id=due.id,
            error=trouble.error,
            is_final=trouble.is_final,
            is_patient=trouble.is_patient,
            now=now,
        )
        return
    services.message_done(message_id=due.id, now=now)
    report.done += 1
    report.orders += message.topic in ORDER_TOPICS


def _try(message: models.OutboxMessage, *, now: datetime) -> Trouble | None:
    handler = HANDLERS.get(message.topic)
    if handler is None:
        return Trouble(error="unknown topic", is_final=True)
    try:
        handler(message.payload, now)
    except TEMPORARY as error:
        if isinstance(error, shop_errors.ShopTokenLost):
            jobs.enqueue(shop_link.CHECK_JOB)
        is_patient = isinstance(error, shop_errors.ShopNotInstalled)
        text = f"{type(error).__name__}: {error}"
        return Trouble(error=text, is_patient=is_patient, silent=_silent(error))
    except FINAL as error:
        is_patient = getattr(error, "code", "") in TOKEN_CODES
        logger.warning("outbox %s %s: %s", message.topic, message.pk, error)
        text = f"{type(error).__name__}: {error}"
        return Trouble(error=text, is_final=not is_patient, is_patient=is_patient)
    except Exception as error:
        # One message's bug must not stop the others; staff find it with its class and can retry.
        logger.exception("outbox %s %s", message.topic, message.pk)
        return Trouble(error=type(error).__name__)
    return None


def _silent(error: Exception) -> str:
    """Who did not answer. Without a token the shop is not even asked."""
    if isinstance(error, shop_errors.ShopUnavailable):
        return "" if isinstance(error, shop_errors.ShopNotInstalled) else "shop"
    if isinstance(error, provider_errors.UNANSWERED):
        return "provider"
    if isinstance(error, OSError) and not isinstance(error, MAIL_ANSWERS):
        return "mail"
    return ""

"""What was given up: our own work, page by page, and messages of the shop."""

from dataclasses import dataclass
from datetime import datetime

from saleor_ext.dashboard import messages
from saleor_ext.outbox import models, selectors
from saleor_ext.saleor_connector import selectors as shop_selectors

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class FailedLine:
    """One message, its topic in words."""

    message: models.OutboxMessage
    topic_label: str


@dataclass(frozen=True, kw_only=True)
class FailedDelivery:
    """One message of the shop that could not be handled, without its contents."""

    id: int
    label: str
    received_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, kw_only=True)
class FailedPage:
    """What the page is given. Of the shop's messages the newest are shown, and all counted."""

    lines: tuple[FailedLine, ...]
    count: int
    older_before: int | None
    deliveries: tuple[FailedDelivery, ...]
    deliveries_count: int


def failed_page(*, before: int | None) -> FailedPage:
    """This will read one page of failed messages."""
    rows = selectors.messages_failed()
    shown = rows.filter(pk__lt=before) if before is not None else rows
    found = list(shown[: PAGE_SIZE + 1])
    lines = tuple(
        FailedLine(message=message, topic_label=messages.topic_words(message.topic))
        for message in found[:PAGE_SIZE]
    )
    has_older = len(found) > PAGE_SIZE
    return FailedPage(
        lines=lines,
        count=rows.count(),
        older_before=lines[-1].message.pk if has_older else None,
        deliveries=_deliveries(),
        deliveries_count=shop_selectors.deliveries_failed().count(),
    )


def _deliveries() -> tuple[FailedDelivery, ...]:
    rows = shop_selectors.deliveries_failed().defer("body")[:PAGE_SIZE]
    return tuple(
        FailedDelivery(
            id=row.pk,
            label=messages.event_words(row.event),
            received_at=row.received_at,
            attempts=row.attempts,
            last_error=row.last_error,
        )
        for row in rows
    )

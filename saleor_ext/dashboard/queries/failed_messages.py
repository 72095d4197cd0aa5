"""Outbox messages that were given up, page by page."""

from dataclasses import dataclass

from saleor_ext.dashboard import messages
from saleor_ext.outbox import models, selectors

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class FailedLine:
    """One message, its topic in words."""

    message: models.OutboxMessage
    topic_label: str


@dataclass(frozen=True, kw_only=True)
class FailedPage:
    """What the page is given."""

    lines: tuple[FailedLine, ...]
    count: int
    older_before: int | None


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
    )

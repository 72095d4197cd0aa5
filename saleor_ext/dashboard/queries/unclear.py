"""Attempts whose end nobody knows: what is known of them, for the staff page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404

from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.donations import models, selectors, states
from saleor_ext.flows.month import janitor, unclear
from saleor_ext.membership import selectors as membership_selectors

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class UnclearLine:
    """One attempt, in words."""

    attempt: models.PaymentAttempt
    tone: str
    look: str
    next_look_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class UnclearPage:
    """The list, and how many memberships could go on by now."""

    lines: tuple[UnclearLine, ...]
    count: int
    park_days: int
    resumable: int


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """What was done about an attempt."""

    at: datetime
    label: str
    actor: str
    reason: str


def unclear_page() -> UnclearPage:
    """This will read the oldest ones; a fixed number of queries."""
    rows = selectors.attempts_unclear()
    return UnclearPage(
        lines=tuple(_line(attempt) for attempt in rows[:SHOWN]),
        count=rows.count(),
        park_days=membership_selectors.municipality_get().attempt_park_days,
        resumable=len(unclear.memberships_known()),
    )


def _line(attempt: models.PaymentAttempt) -> UnclearLine:
    return UnclearLine(
        attempt=attempt,
        tone=tones.ATTEMPT[attempt.state],
        look=messages.look_words(attempt.look_code) if attempt.looked_at else "まだ見ていない",
        next_look_at=_next_look_at(attempt),
    )


def _next_look_at(attempt: models.PaymentAttempt) -> datetime | None:
    if attempt.state not in states.ATTEMPT_OPEN:
        return None
    wait: timedelta = janitor.wait_of(attempt)
    return (attempt.looked_at or attempt.begun_at) + wait


def unclear_line(*, attempt_id: int) -> tuple[UnclearLine, tuple[NoteLine, ...]]:
    """This will read one attempt with what was done about it.

    Raises:
        Http404: there is none by this number.
    """
    found = models.PaymentAttempt.objects.select_related("cycle__membership__tier").filter(
        pk=attempt_id
    )
    attempt = found.first()
    if attempt is None:
        raise Http404
    notes = tuple(
        NoteLine(
            at=note.at,
            label=note.get_kind_display(),
            actor=messages.actor_words(note.actor),
            reason=messages.reason_words(note.reason),
        )
        for note in attempt.notes.order_by("-pk")
    )
    return _line(attempt), notes

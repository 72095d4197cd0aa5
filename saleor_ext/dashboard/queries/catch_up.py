"""What staff decided about missed donations, for the page of the run."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from saleor_ext.dashboard import messages
from saleor_ext.operation import selectors, states

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class DecidedLine:
    """One decision; `waiting` donors have not answered yet."""

    at: datetime | None
    label: str
    count: int
    amount_yen: int
    waiting: int
    actor: str
    reason: str


def decided_lines() -> tuple[DecidedLine, ...]:
    """This will read the newest decisions; one query."""
    asked = Q(months__state=states.CatchUpMonthState.ASKED)
    decided = ~Q(months__state=states.CatchUpMonthState.GONE)
    rows = selectors.catch_ups_decided().annotate(
        count=Count("months", filter=decided),
        total=Sum("months__amount_yen", filter=decided),
        asked=Count("months", filter=asked),
    )
    return tuple(
        DecidedLine(
            at=row.decided_at,
            label=row.get_state_display(),
            count=row.count,
            amount_yen=row.total or 0,
            waiting=row.asked,
            actor=messages.actor_words(row.decided_by),
            reason=row.reason,
        )
        for row in rows[:SHOWN]
    )

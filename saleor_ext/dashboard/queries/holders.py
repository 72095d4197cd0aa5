"""Cards whose holder's name waits for somebody, and what was said of others."""

from dataclasses import dataclass
from datetime import datetime

from saleor_ext.dashboard import messages
from saleor_ext.donations import models, selectors, states

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class HolderLine:
    """One card. `said_by` and `reason` are of a card that was settled."""

    donor_id: int
    card: str
    label: str
    differs: bool
    added_at: datetime
    said_by: str = ""
    reason: str = ""
    said_at: datetime | None = None


def holder_lines() -> tuple[HolderLine, ...]:
    """This will list the cards that wait, another name first."""
    return tuple(_line(card) for card in selectors.cards_unsettled()[:SHOWN])


def settled_lines() -> tuple[HolderLine, ...]:
    """This will list what was settled, the newest first."""
    rows = models.CardOnFile.objects.filter(
        holder_state__in=[states.HolderState.CONFIRMED, states.HolderState.CLEARED]
    )
    return tuple(_line(card) for card in rows.order_by("-holder_said_at")[:SHOWN])


def _line(card: models.CardOnFile) -> HolderLine:
    return HolderLine(
        donor_id=card.donor_id,
        card=f"{card.brand.upper()} 下4桁 {card.last4}",
        label=states.HolderState(card.holder_state).label,
        differs=card.holder_state == states.HolderState.DIFFERS,
        added_at=card.added_at,
        said_by=messages.actor_words(card.holder_said_by),
        reason=card.holder_reason,
        said_at=card.holder_said_at,
    )

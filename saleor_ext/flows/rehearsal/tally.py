"""Adding up what a rehearsal tells, month by month, into a report that can be stored and shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from saleor_ext.common import jptime
from saleor_ext.flows.rehearsal.events import Event, Turn
from saleor_ext.flows.swaps import fitting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors

EXAMPLES = 20
COUNTED = (
    Turn.OWED,
    Turn.DECLINED,
    Turn.SWAPPED,
    Turn.LOWERED,
    Turn.CARD_EXPIRED,
    Turn.TERM_BEGIN,
    Turn.TIER_CHANGE,
    Turn.RESUME,
    Turn.ENDED,
)
STOPPING = frozenset({Turn.LEFT_OUT, Turn.PARKED, Turn.HELD})

Key = tuple[date, str]


@dataclass(kw_only=True)
class Tally:
    """The sums of a rehearsal. Months are first days; a producer or gift counts by its slug.
    `gifts` are those that are still to be ordered.
    """

    members: int = 0
    donations: Counter[date] = field(default_factory=Counter)
    donations_yen: Counter[date] = field(default_factory=Counter)
    at_risk_yen: Counter[date] = field(default_factory=Counter)
    boxes: Counter[date] = field(default_factory=Counter)
    parcels: Counter[Key] = field(default_factory=Counter)
    gifts: Counter[Key] = field(default_factory=Counter)
    turns: Counter[Key] = field(default_factory=Counter)
    stops: Counter[Key] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)
    gifts_seen: dict[str, fulfilment_models.Gift] = field(default_factory=dict)
    producers_seen: dict[str, str] = field(default_factory=dict)
    parcels_of: dict[tuple[int, ...], tuple[fulfilment_selectors.ProducerLines, ...]] = field(
        default_factory=dict
    )

    def add(self, events: Iterable[Event], *, donor_id: int) -> None:
        """This will count one membership."""
        self.members += 1
        for event in events:
            month = jptime.month_start(event.day)
            if event.turn is Turn.DONATION:
                self.donations[month] += 1
                self.donations_yen[month] += event.amount_yen
            elif event.turn is Turn.BOX and event.box is not None:
                self._box(event, box=event.box, month=month)
            elif event.turn in STOPPING:
                self.stops[(month, event.reason)] += 1
                self._example(event.reason, donor_id)
            if event.turn in COUNTED:
                self.turns[(month, event.turn)] += 1
                self._example(event.turn, donor_id)
            if event.turn is Turn.CARD_EXPIRED:
                self.at_risk_yen[month] += event.amount_yen

    def _box(self, event: Event, *, box: fulfilment_models.BoxPlan, month: date) -> None:
        """What is ordered already is no longer among what the shop has left, so of that it needs
        none.
        """
        self.boxes[month] += 1
        for parcel in self._parcels(box, alternates=event.alternates):
            self.producers_seen[parcel.producer.slug] = parcel.producer.name
            self.parcels[(month, parcel.producer.slug)] += 1
            for line in () if event.is_ordered else parcel.lines:
                self.gifts_seen[line.gift.slug] = line.gift
                self.gifts[(month, line.gift.slug)] += line.quantity

    def _parcels(
        self,
        box: fulfilment_models.BoxPlan,
        *,
        alternates: tuple[fulfilment_models.Alternate, ...],
    ) -> tuple[fulfilment_selectors.ProducerLines, ...]:
        """Sorted once for each box and what is swapped in it, not once for each member."""
        key = (box.pk, *(alternate.pk for alternate in alternates))
        if key not in self.parcels_of:
            lines = fitting.box_lines(box, alternates=alternates)
            self.parcels_of[key] = fulfilment_selectors.lines_by_producer(lines=lines)
        return self.parcels_of[key]

    def _example(self, code: str, donor_id: int) -> None:
        found = self.examples.setdefault(str(code), [])
        if len(found) < EXAMPLES and donor_id not in found:
            found.append(donor_id)

    def shortages(self) -> list[dict[str, Any]]:
        """This will list the gifts of which the shop has too few, and from which month on."""
        found = []
        for slug, gift in sorted(self.gifts_seen.items()):
            if gift.stock_free is None:
                continue
            needed = 0
            for month in sorted(month for month, other in self.gifts if other == slug):
                needed += self.gifts[(month, slug)]
                if needed > gift.stock_free:
                    found.append(
                        {
                            "gift": gift.name,
                            "producer": gift.producer.name,
                            "month": month.isoformat(),
                            "needed": sum(
                                count for (_, other), count in self.gifts.items() if other == slug
                            ),
                            "free": gift.stock_free,
                        }
                    )
                    break
        return found

    def report(self, *, months: list[date]) -> dict[str, Any]:
        """This will put the sums into plain values, one row for each month that was asked for."""
        return {
            "members": self.members,
            "months": [
                {
                    "month": month.isoformat(),
                    "donations": self.donations[month],
                    "donations_yen": self.donations_yen[month],
                    "at_risk_yen": self.at_risk_yen[month],
                    "boxes": self.boxes[month],
                }
                for month in months
            ],
            "producers": [
                {
                    "slug": slug,
                    "name": name,
                    "parcels": [self.parcels[(month, slug)] for month in months],
                }
                for slug, name in sorted(self.producers_seen.items())
            ],
            "shortages": self.shortages(),
            "turns": _rows(self.turns, months=months),
            "stops": _rows(self.stops, months=months),
            "examples": self.examples,
        }


def _rows(counts: Counter[Key], *, months: list[date]) -> list[dict[str, Any]]:
    codes = sorted({code for _, code in counts})
    return [
        {"code": str(code), "counts": [counts[(month, code)] for month in months]} for code in codes
    ]

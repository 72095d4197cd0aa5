"""What lists have in common is looked up once for the whole list.

Resolvers run one after the other, so there are no promises here: a list tells what it will need
(`expect`), and the first entry that asks makes the one query for all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Generic, TypeVar

from saleor_ext.common import jptime
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.membership import models as membership_models

Key = TypeVar("Key")
Value = TypeVar("Value")


class Loader(Generic[Key, Value]):
    """Looks up many things by key at once."""

    def __init__(self, fetch: Callable[[frozenset[Key]], Mapping[Key, Value]]) -> None:
        self._fetch = fetch
        self._expected: set[Key] = set()
        self._found: dict[Key, Value | None] = {}

    def expect(self, keys: Iterable[Key]) -> None:
        """This will note keys that may be asked for."""
        self._expected.update(keys)

    def get(self, key: Key) -> Value | None:
        """This will return what belongs to a key, looking up all expected ones with it."""
        if key not in self._found:
            wanted = frozenset((self._expected | {key}) - self._found.keys())
            found = self._fetch(wanted)
            self._found.update({one: found.get(one) for one in wanted})
        return self._found[key]


class Loaders:
    """The loaders of one request."""

    def __init__(self) -> None:
        self.shipments = Loader(_shipments_by_cycle)
        self._gifts: dict[int, list[fulfilment_models.Gift]] | None = None
        self._boxes: dict[tuple[date, int], dict[int, list[fulfilment_models.BoxPlan]]] = {}
        self._cycle_boxes: Loader[tuple[int, date], fulfilment_models.BoxPlan] = Loader(
            _boxes_by_month
        )

    def gifts_of(self, producer_id: int) -> list[fulfilment_models.Gift]:
        """This will return a producer's gifts. A town's catalogue is small: it is read whole."""
        if self._gifts is None:
            self._gifts = {}
            for gift in fulfilment_selectors.gifts_all():
                self._gifts.setdefault(gift.producer_id, []).append(gift)
        return self._gifts.get(producer_id, [])

    def boxes_of(
        self, tier: membership_models.Tier, *, month_from: date, months: int
    ) -> list[fulfilment_models.BoxPlan]:
        """This will return a tier's boxes of some months, reading those of all tiers at once."""
        window = (jptime.month_start(month_from), months)
        if window not in self._boxes:
            by_tier: dict[int, list[fulfilment_models.BoxPlan]] = {}
            for box in fulfilment_selectors.boxes_of_all(month_from=month_from, months=months):
                by_tier.setdefault(box.tier_id, []).append(box)
            self._boxes[window] = by_tier
        return self._boxes[window].get(fulfilment_selectors.box_tier_id(tier=tier), [])

    def cycles_expect(self, cycles: Iterable[membership_models.Cycle]) -> None:
        """This will note cycles whose parcels or boxes may be asked for."""
        listed = list(cycles)
        self.shipments.expect(cycle.pk for cycle in listed)
        self._cycle_boxes.expect(_box_key(cycle) for cycle in listed)

    def box_of(self, cycle: membership_models.Cycle) -> fulfilment_models.BoxPlan | None:
        """This will return the box planned for a cycle's tier and month."""
        return self._cycle_boxes.get(_box_key(cycle))


def _box_key(cycle: membership_models.Cycle) -> tuple[int, date]:
    return fulfilment_selectors.box_tier_id(tier=cycle.tier), cycle.month


def _shipments_by_cycle(
    cycle_ids: frozenset[int],
) -> Mapping[int, list[fulfilment_models.Shipment]]:
    found: dict[int, list[fulfilment_models.Shipment]] = {}
    for shipment in fulfilment_selectors.shipments_of_cycles(cycle_ids=cycle_ids):
        found.setdefault(shipment.cycle_id, []).append(shipment)
    return found


def _boxes_by_month(
    keys: frozenset[tuple[int, date]],
) -> Mapping[tuple[int, date], fulfilment_models.BoxPlan]:
    rows = fulfilment_selectors.boxes_in(
        tier_ids={tier_id for tier_id, _ in keys}, months={month for _, month in keys}
    )
    return {(box.tier_id, box.month): box for box in rows}

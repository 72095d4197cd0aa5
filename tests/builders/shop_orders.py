"""A shop's orders in memory, in the place of the connector's calls."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector import fulfilments, orders
from tests.builders import world


class MemoryShop:
    """One order for each cycle key. `calls` names what was asked of the shop, in order."""

    def __init__(self) -> None:
        self.orders: dict[str, orders.Order] = {}
        self.calls: list[str] = []
        self._moment = world.NOW

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """This will answer in the place of the connector."""
        monkeypatch.setattr(orders, "order_find", self.find)
        monkeypatch.setattr(fulfilments, "order_fulfill", self.fulfil)
        monkeypatch.setattr(fulfilments, "fulfilment_tracking_update", self.number_set)

    def order_make(self, cycle: models.Cycle, **changes: Any) -> orders.Order:
        """The order of a month: its donation and one line for each gift of its box. It stands under
        the month's key, or under the `external_reference` that is given.
        """
        items = cycle.snapshot.box_plan.items.all() if cycle.snapshot.box_plan else []
        skus = [cycle.tier.sku, *(item.gift.sku for item in items)]
        key = changes.get("external_reference", selectors.cycle_key(cycle=cycle))
        values: dict[str, Any] = {
            "id": f"order-{key}",
            "number": self._number(),
            "status": "UNFULFILLED",
            "charge_status": "FULL",
            "is_paid": True,
            "external_reference": key,
            "user_id": "",
            "total_yen": Yen(cycle.amount_yen),
            "charged_yen": Yen(cycle.amount_yen),
            "transaction_id": "transaction",
            "lines": lines_make(key, skus),
            "fulfilments": (),
            "updated_at": self._later(),
        }
        self.orders[key] = orders.Order(**values | changes)
        return self.orders[key]

    def find(self, *, external_reference: str, **_: Any) -> orders.Order | None:
        """The connector's `order_find`."""
        self.calls.append("find")
        return self.orders.get(external_reference)

    def change(self, order: orders.Order, **changes: Any) -> orders.Order:
        """Staff do something to an order."""
        now = self.orders[order.external_reference]
        changed = replace(now, **changes, updated_at=self._later())
        self.orders[order.external_reference] = changed
        return changed

    def fulfil_by_staff(
        self, order: orders.Order, *skus: str, number: str = "", warehouse: str = "hatake"
    ) -> orders.Fulfilment:
        """Staff fulfil some lines in the Dashboard."""
        now = self.orders[order.external_reference]
        made = orders.Fulfilment(
            id=f"fulfilment-{order.number}-{len(now.fulfilments) + 1}",
            status="FULFILLED",
            tracking_number=number,
            warehouse_id=f"warehouse-{warehouse}",
            warehouse_slug=warehouse,
            lines=tuple(
                orders.FulfilmentLine(order_line_id=line.id, sku=line.sku, quantity=1)
                for line in now.lines
                if line.sku in skus
            ),
        )
        lines = tuple(
            replace(line, quantity_to_fulfill=0) if line.sku in skus else line for line in now.lines
        )
        self.change(order, fulfilments=(*now.fulfilments, made), lines=lines)
        return made

    def fulfilment_change(
        self, order: orders.Order, made: orders.Fulfilment, **changes: Any
    ) -> None:
        """Staff cancel a fulfilment or give it another number."""
        now = self.orders[order.external_reference]
        skus = {line.sku for line in made.lines}
        lines = now.lines
        if changes.get("status") == "CANCELED":
            lines = tuple(
                replace(line, quantity_to_fulfill=1) if line.sku in skus else line for line in lines
            )
        found = tuple(
            replace(item, **changes) if item.id == made.id else item for item in now.fulfilments
        )
        self.change(order, fulfilments=found, lines=lines)

    def fulfil(self, *, order_id: str, lines: Any, tracking_number: str = "", **_: Any) -> Any:
        """The connector's `order_fulfill`."""
        self.calls.append("fulfil")
        order = next(item for item in self.orders.values() if item.id == order_id)
        ids = {line.order_line_id for line in lines}
        skus = [line.sku for line in order.lines if line.id in ids]
        return self.fulfil_by_staff(order, *skus, number=tracking_number)

    def number_set(self, *, fulfilment_id: str, tracking_number: str, **_: Any) -> Any:
        """The connector's `fulfilment_tracking_update`."""
        self.calls.append("number")
        for order in list(self.orders.values()):
            for item in order.fulfilments:
                if item.id == fulfilment_id:
                    self.fulfilment_change(order, item, tracking_number=tracking_number)
                    return replace(item, tracking_number=tracking_number)
        raise AssertionError(fulfilment_id)

    def _number(self) -> str:
        return str(len(self.orders) + 1)

    def _later(self) -> Any:
        self._moment += timedelta(seconds=1)
        return self._moment


def lines_make(key: str, skus: Iterable[str]) -> tuple[orders.OrderLine, ...]:
    """One line for each of some SKUs."""
    return tuple(_line(f"{key}:{sku}", sku) for sku in skus)


def _line(line_id: str, sku: str) -> orders.OrderLine:
    return orders.OrderLine(
        id=line_id, sku=sku, name=sku, quantity=1, quantity_to_fulfill=1, total_yen=Yen(0)
    )

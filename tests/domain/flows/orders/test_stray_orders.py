"""An order of gifts for nothing that no donation stands behind is cancelled."""

from datetime import datetime
from typing import Any

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.orders import stray_orders
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import orders
from tests.builders import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SEEN_AT = datetime.fromisoformat("2026-11-24T01:05:00+00:00")


def told(*, amount: float = 0.0, reference: str | None = None) -> list[dict[str, Any]]:
    """What the outbox is asked for once the shop has told of a new order."""
    order = {
        "id": "order-9",
        "externalReference": reference,
        "total": {"gross": {"amount": amount, "currency": "JPY"}},
    }
    stray_orders.order_created({"order": order})
    return list(outbox_models.OutboxMessage.objects.values_list("payload", flat=True))


def line(sku: str) -> orders.OrderLine:
    return orders.OrderLine(
        id=sku, sku=sku, name=sku, quantity=1, quantity_to_fulfill=1, total_yen=Yen(0)
    )


def order(*skus: str, **changes: Any) -> orders.Order:
    values: dict[str, Any] = {
        "id": "order-9",
        "number": "9",
        "status": "UNFULFILLED",
        "charge_status": "FULL",
        "is_paid": True,
        "external_reference": "",
        "user_id": "",
        "total_yen": Yen(0),
        "charged_yen": Yen(0),
        "transaction_id": "",
        "lines": tuple(line(sku) for sku in skus),
        "fulfilments": (),
        "updated_at": SEEN_AT,
        "origin": "CHECKOUT",
    }
    return orders.Order(**values | changes)


def test_only_an_order_that_costs_nothing_and_is_none_of_ours_is_looked_at() -> None:
    assert told(amount=3000.0) == []
    assert told(reference="fs-1-0") == []
    assert told() == told() == [{"order_id": "order-9"}]


ORDERS: dict[str, tuple[orders.Order | None, bool]] = {
    "gifts for nothing": (order("gift-daikon"), True),
    "with a tier": (order("tier-nagisa", "gift-daikon"), False),
    "another shop's thing": (order("book"), False),
    "a month of ours by now": (order("gift-daikon", external_reference="fs-1-0"), False),
    "written by staff": (order("gift-daikon", origin="DRAFT"), False),
    "paid for": (order("gift-daikon", total_yen=Yen(800)), False),
    "cancelled already": (order("gift-daikon", status="CANCELED"), False),
    "gone": (None, False),
}


@pytest.mark.parametrize("name", ORDERS)
def test_only_gifts_for_nothing_out_of_a_checkout_are_cancelled(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # given
    world.world_make()
    found, is_cancelled = ORDERS[name]
    cancelled: list[str] = []
    monkeypatch.setattr(orders, "order_get", lambda *, order_id: found)
    monkeypatch.setattr(orders, "order_cancel", lambda *, order_id: cancelled.append(order_id))

    # when
    stray_orders.order_stray({"order_id": "order-9"}, SEEN_AT)

    # then
    assert cancelled == (["order-9"] if is_cancelled else [])

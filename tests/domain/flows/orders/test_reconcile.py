"""What no message told is found all the same, once, and in bounded steps."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from saleor_ext.common import clock, jobs
from saleor_ext.flows import outbox_run
from saleor_ext.flows.month import listing
from saleor_ext.flows.orders import reconcile
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.saleor_connector import deliveries, inbox, orders, selectors
from saleor_ext.saleor_connector import models as shop_models
from saleor_ext.saleor_connector.errors import ShopUnavailable
from tests.builders import months, world
from tests.builders.shop_orders import MemoryShop

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY)


class Desk:
    """What the shop answers when it is asked for lost messages and changed orders."""

    def __init__(self) -> None:
        self.shop = MemoryShop()
        self.texts: list[str] = []
        self.asked_from: list[datetime] = []

    def failed(self, **_: Any) -> deliveries.FailedPage:
        found = [
            deliveries.FailedDelivery(id=str(number), failed_from=NOW, text=text)
            for number, text in enumerate(self.texts)
        ]
        return deliveries.FailedPage(deliveries=tuple(found), has_more=False)

    def updated(self, *, updated_from: datetime, **_: Any) -> Iterator[orders.Order]:
        self.asked_from.append(updated_from)
        rows = sorted(self.shop.orders.values(), key=lambda order: order.updated_at)
        return (order for order in rows if order.updated_at >= updated_from)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Desk:
    """This will put a shop in memory in the connector's place; our app is installed there."""
    made = Desk()
    made.shop.put_in(monkeypatch)
    monkeypatch.setattr(deliveries, "deliveries_failed", made.failed)
    monkeypatch.setattr(orders, "orders_updated", made.updated)
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    shop_models.Installation.objects.create(
        saleor_api_url=settings.SALEOR_API_URL,
        domain="shop.example.jp",
        app_id="app",
        identifier="jp.furusato-salon",
        auth_token="token",
        installed_at=NOW,
    )
    return made


@pytest.fixture
def paid(desk: Desk) -> models.Cycle:
    """November, paid, with a parcel on the producer's list and its order in the shop."""
    cycle = months.month_of(world.member_make(tier=world.world_make()), 0)
    listing.cycles_list_due(as_of=cycle.ship_to, now=NOW, actor="test")
    desk.shop.order_make(cycle, updated_at=NOW)
    return cycle


def cancelled_text(order: orders.Order) -> str:
    return json.dumps(
        {
            "__typename": "OrderCancelled",
            "issuedAt": NOW.isoformat(),
            "order": {
                "id": order.id,
                "number": order.number,
                "status": "CANCELED",
                "chargeStatus": "FULL",
                "externalReference": order.external_reference,
                "updatedAt": NOW.isoformat(),
                "transactions": [],
                "fulfillments": [],
            },
        }
    )


def state_of(cycle: models.Cycle) -> str:
    return fulfilment_models.Shipment.objects.get(cycle=cycle).state


def test_a_message_the_shop_gave_up_is_taken_up_once(desk: Desk, paid: models.Cycle) -> None:
    # given
    (order,) = desk.shop.orders.values()
    desk.shop.orders[order.external_reference] = replace(order, status="CANCELED")
    session = json.dumps({"__typename": "TransactionInitializeSession"})
    desk.texts = [cancelled_text(order), "", "{", session]

    # when
    report = reconcile.shop_reconcile(now=NOW)
    for row in shop_models.WebhookDelivery.objects.all():
        inbox.delivery_handle(delivery_id=row.pk, now=NOW)
    outbox_run.outbox_drain(now=NOW)
    again = reconcile.shop_reconcile(now=NOW)

    # then
    assert (report.messages, again.messages) == (1, 0)
    assert state_of(paid) == "held"


def test_an_order_changed_without_any_message_is_found(desk: Desk, paid: models.Cycle) -> None:
    # given
    (order,) = desk.shop.orders.values()
    changed_at = NOW + timedelta(minutes=30)
    desk.shop.orders[order.external_reference] = replace(
        order, status="CANCELED", updated_at=changed_at
    )

    # when
    first = reconcile.shop_reconcile(now=NOW)
    outbox_run.outbox_drain(now=NOW)
    again = reconcile.shop_reconcile(now=NOW)

    # then
    assert (first.orders, first.news) == (1, 1)
    assert (again.orders, again.news) == (1, 0)
    assert state_of(paid) == "held"
    assert desk.asked_from == [
        NOW - reconcile.FIRST_LOOK_BACK - reconcile.OVERLAP,
        changed_at - reconcile.OVERLAP,
    ]


def test_a_run_cut_short_by_its_limit_is_gone_on_with(
    desk: Desk, paid: models.Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    (order,) = desk.shop.orders.values()
    for number in range(1, 5):
        moment = NOW + timedelta(minutes=number)
        desk.shop.orders[f"x-{number}"] = replace(
            order, id=f"x-{number}", external_reference=f"x-{number}", updated_at=moment
        )
    monkeypatch.setattr(reconcile, "ORDERS_LIMIT", 2)

    # when
    seen = [reconcile.shop_reconcile(now=NOW).orders for _ in range(4)]

    # then: each run looks once more at the order the last one stopped at
    assert seen == [2, 2, 2, 2]
    last = NOW + timedelta(minutes=4)
    assert selectors.mark_get(name=reconcile.ORDERS_MARK) == last + reconcile.OVERLAP


def test_while_the_shop_is_silent_nothing_is_skipped(
    desk: Desk, paid: models.Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    reconcile.shop_reconcile(now=NOW)
    mark = selectors.mark_get(name=reconcile.ORDERS_MARK)

    def silent(**_: Any) -> Any:
        raise ShopUnavailable("timeout")

    # when
    monkeypatch.setattr(orders, "orders_updated", silent)
    with pytest.raises(ShopUnavailable):
        reconcile.shop_reconcile(now=NOW + timedelta(hours=1))

    # then
    assert selectors.mark_get(name=reconcile.ORDERS_MARK) == mark

"""The shop's order follows a swap: made anew while unpaid, joined by another one once paid."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from saleor_ext.flows.month import listing
from saleor_ext.flows.orders import order_parcels, shop_catalogue
from saleor_ext.flows.swaps import order_swap
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors
from saleor_ext.saleor_connector import orders
from saleor_ext.saleor_connector import services as shop
from saleor_ext.saleor_connector.checkout import OrderRef
from tests.builders import dashboard, months, swapping
from tests.builders.provider import MemoryProvider
from tests.builders.shop_orders import MemoryShop

pytestmark = pytest.mark.django_db

LISTED = date(2026, 12, 28)
NOW = months.morning(LISTED)


class Shop(MemoryShop):
    """A shop that also takes drafts, other references and cancellations."""

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().put_in(monkeypatch)
        monkeypatch.setattr(orders, "draft_order_create", self.draft)
        monkeypatch.setattr(orders, "draft_order_complete", self.complete)
        monkeypatch.setattr(orders, "order_reference_set", self.reference)
        monkeypatch.setattr(orders, "order_cancel", self.cancel)
        monkeypatch.setattr(shop_catalogue, "gift_variant_id", lambda gift: gift.sku)
        monkeypatch.setattr(shop_catalogue, "tier_variant_id", lambda tier: tier.sku)
        monkeypatch.setattr(shop_catalogue, "producer_warehouse_id", lambda producer: "warehouse")
        monkeypatch.setattr(shop, "shop_order_record", lambda **_: None)

    def draft(self, *, external_reference: str, lines: Any, **_: Any) -> Any:
        self.calls.append("draft")
        cycle = models.Cycle.objects.select_related("membership", "tier").get(n=1)
        key = selectors.cycle_key(cycle=cycle)
        kept = self.orders.get(key)
        made = self.order_make(
            cycle,
            id=f"order-{len(self.calls)}-{external_reference}",
            external_reference=external_reference,
            is_paid=False,
            lines=tuple(
                orders.OrderLine(
                    id=f"{external_reference}:{line.variant_id}",
                    sku=line.variant_id,
                    name=line.variant_id,
                    quantity=line.quantity,
                    quantity_to_fulfill=line.quantity,
                    total_yen=line.price_yen,
                )
                for line in lines
            ),
        )
        if external_reference != key and kept is not None:
            self.orders[key] = kept
        self.orders[external_reference] = made
        ref = OrderRef(
            id=made.id,
            number=made.number,
            status="DRAFT",
            charge_status="NONE",
            external_reference=external_reference,
        )
        return orders.DraftOrder(ref=ref, shipping_method_ids=())

    def complete(self, *, order_id: str, **_: Any) -> None:
        self.calls.append("complete")

    def reference(self, *, order_id: str, external_reference: str, **_: Any) -> None:
        self.calls.append("reference")
        [key] = [name for name, order in self.orders.items() if order.id == order_id]
        order = self.orders.pop(key)
        self.orders[external_reference] = order

    def cancel(self, *, order_id: str, **_: Any) -> None:
        self.calls.append("cancel")
        [key] = [name for name, order in self.orders.items() if order.id == order_id]
        self.orders[key] = replace(self.orders[key], status="CANCELED")


@pytest.fixture
def the_shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = Shop()
    made.put_in(monkeypatch)
    return made


def accepted(cycle: models.Cycle, *, now=swapping.ASK_NOW) -> fulfilment_models.Swap:
    swapping.wish(cycle.membership, "accept")
    swapping.propose(now=now)
    swapping.take_up(now=now)
    return swapping.swap_of(cycle)


def follow(swap: fulfilment_models.Swap) -> None:
    order_swap.order_swap({"swap_id": swap.pk, "cycle_id": swap.cycle_id}, NOW)


def skus(order: orders.Order) -> list[str]:
    return sorted(line.sku for line in order.lines)


def test_an_unpaid_order_is_put_aside_and_made_anew(
    provider: MemoryProvider, the_shop: Shop
) -> None:
    # given
    cycle = months.december_make(provider)
    the_shop.order_make(cycle, is_paid=False)
    swap = accepted(cycle)
    key = selectors.cycle_key(cycle=cycle)

    # when
    follow(swap)
    follow(swap)

    # then
    assert skus(the_shop.orders[key]) == ["gift-kabu", "tier-nagisa"]
    assert the_shop.orders[f"{key}-x{swap.pk}"].status == "CANCELED"
    assert the_shop.calls.count("draft") == 1
    assert the_shop.calls.count("cancel") == 1


def test_a_crash_between_putting_aside_and_cancelling_is_made_up_for(
    provider: MemoryProvider, the_shop: Shop
) -> None:
    # given
    cycle = months.december_make(provider)
    order = the_shop.order_make(cycle, is_paid=False)
    swap = accepted(cycle)
    key = selectors.cycle_key(cycle=cycle)
    the_shop.reference(order_id=order.id, external_reference=f"{key}-x{swap.pk}")

    # when
    follow(swap)

    # then
    assert the_shop.orders[f"{key}-x{swap.pk}"].status == "CANCELED"
    assert skus(the_shop.orders[key]) == ["gift-kabu", "tier-nagisa"]


def test_a_paid_order_stays_and_the_alternate_gets_an_order_of_its_own(
    provider: MemoryProvider, the_shop: Shop
) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    paid = the_shop.order_make(cycle)
    swap = accepted(cycle, now=NOW)
    key = selectors.cycle_key(cycle=cycle)
    the_shop.calls.clear()

    # when
    follow(swap)
    follow(swap)

    # then
    extra = the_shop.orders[f"{key}-s{swap.pk}"]
    assert the_shop.orders[key] == paid
    assert skus(extra) == ["gift-kabu"]
    assert sum(line.total_yen for line in extra.lines) == 0
    assert the_shop.calls.count("draft") == 1


def test_the_parcel_of_the_alternate_is_fulfilled_in_that_order(
    provider: MemoryProvider, the_shop: Shop
) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    the_shop.order_make(cycle)
    swap = accepted(cycle, now=NOW)
    follow(swap)
    parcel = fulfilment_models.Shipment.objects.get(cycle=cycle, state="requested")
    dashboard.parcel_sent(parcel, now=NOW)

    # when
    order_parcels.order_fulfill({"shipment_id": parcel.pk}, NOW)

    # then
    key = selectors.cycle_key(cycle=cycle)
    [made] = the_shop.orders[f"{key}-s{swap.pk}"].fulfilments
    assert [line.sku for line in made.lines] == ["gift-kabu"]
    assert the_shop.orders[key].fulfilments == ()


def test_an_order_that_staff_cancelled_stays_cancelled(
    provider: MemoryProvider, the_shop: Shop
) -> None:
    cycle = months.december_make(provider)
    the_shop.order_make(cycle, is_paid=False, status="CANCELED")
    swap = accepted(cycle)

    follow(swap)

    assert the_shop.calls.count("draft") == 0

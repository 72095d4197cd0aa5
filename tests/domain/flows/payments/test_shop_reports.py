"""The shop is told what became of a payment, and a paid checkout becomes one linked order."""

from datetime import datetime
from typing import Any

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import janitor
from saleor_ext.flows.orders import orders, shop_catalogue
from saleor_ext.flows.payments import session_words, shop_reports
from saleor_ext.membership import models, selectors
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import checkout, fulfilments, payments
from saleor_ext.saleor_connector import orders as shop_orders
from saleor_ext.saleor_connector.errors import ShopRefused
from saleor_ext.saleor_connector.payments import TransactionResult
from tests.builders import months, refunding, shop_session, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = world.NOW
MIRROR_AT = datetime.fromisoformat("2026-11-24T01:05:00+00:00")


def order(reference: str = "", *, status: str = "UNFULFILLED", **changes: Any) -> shop_orders.Order:
    values: dict[str, Any] = {
        "id": "order-1",
        "number": "1",
        "status": status,
        "charge_status": "FULL",
        "is_paid": True,
        "external_reference": reference,
        "user_id": "user-hanako",
        "total_yen": Yen(3000),
        "charged_yen": Yen(3000),
        "transaction_id": "transaction-1",
        "lines": (),
        "fulfilments": (),
        "updated_at": MIRROR_AT,
    }
    return shop_orders.Order(**values | changes)


class Shop:
    """What our app says to the shop, in order, and what the shop has."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.order: shop_orders.Order | None = None
        self.process = "CHARGE_SUCCESS"
        self.refuses = ""
        self.is_told = True

    def transaction_process(self, *, transaction_id: str) -> TransactionResult:
        self.said.append(("process", transaction_id))
        return TransactionResult(
            transaction_id=transaction_id,
            event_type=self.process,
            psp_reference="pi_1",
            message="",
            charged_yen=Yen(3000),
        )

    def was_charged(self, *, transaction_id: str) -> bool:
        return self.is_told

    def transaction_event_report(self, **report: Any) -> bool:
        report.pop("happened_at")
        self.said.append(("report", report))
        return False

    def checkout_complete(self, *, checkout_id: str) -> shop_orders.OrderRef:
        self.said.append(("complete", checkout_id))
        if self.refuses:
            raise ShopRefused(code=self.refuses)
        self.order = self.order or order()
        return shop_orders.OrderRef(
            id="order-1", number="1", status="", charge_status="FULL", external_reference=""
        )

    def order_find(self, *, external_reference: str) -> shop_orders.Order | None:
        is_it = self.order is not None and self.order.external_reference == external_reference
        return self.order if is_it else None

    def metadata_set(self, *, object_id: str, metadata: dict[str, str]) -> None:
        self.said.append(("metadata", object_id, sorted(metadata)))

    def order_reference_set(self, *, order_id: str, external_reference: str) -> None:
        self.said.append(("reference", order_id))
        self.order = order(external_reference)

    def fulfilment_cancel(self, *, fulfilment_id: str, warehouse_id: str) -> None:
        self.said.append(("unfulfil", fulfilment_id, warehouse_id))

    def order_cancel(self, *, order_id: str) -> None:
        self.said.append(("cancel", order_id))


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = Shop()
    places: dict[Any, list[str]] = {
        payments: ["transaction_process", "transaction_event_report", "was_charged"],
        checkout: ["checkout_complete"],
        shop_orders: ["order_find", "metadata_set", "order_reference_set", "order_cancel"],
        fulfilments: ["fulfilment_cancel"],
    }
    for module, names in places.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(made, name))
    monkeypatch.setattr(shop_catalogue, "office_warehouse_id", lambda: "warehouse-yakuba")
    return made


@pytest.fixture
def first(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """A first donation that was paid in another storefront's checkout."""
    world.world_make()
    shop_session.ask()
    attempt = donation_models.PaymentAttempt.objects.get()
    provider.confirm(attempt.key)
    shop_session.ask(event="transaction_process_session", psp_reference="pi_1")
    attempt.refresh_from_db()
    return attempt


def order_first(attempt: donation_models.PaymentAttempt) -> None:
    orders.order_first({"cycle_id": attempt.cycle_id}, NOW)


LINKED = [
    ("metadata", "order-1", ["furusato.cycle", "furusato.month", "furusato.tier"]),
    ("reference", "order-1"),
]


def test_a_paid_checkout_becomes_one_linked_order_whoever_completed_it(
    first: donation_models.PaymentAttempt, shop: Shop
) -> None:
    # given: the shop or the storefront was faster
    shop.order = order()

    # when
    order_first(first)
    order_first(first)

    # then
    assert shop.said == [("process", "transaction-1"), ("complete", "checkout-1"), *LINKED]


def test_a_crash_between_the_order_and_its_link_is_made_good(
    first: donation_models.PaymentAttempt, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def gone(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shop_orders, "order_reference_set", gone)
        with pytest.raises(KeyboardInterrupt):
            order_first(first)
    shop.said.clear()

    # when
    order_first(first)

    # then
    assert shop.said[1:] == [("complete", "checkout-1"), *LINKED]


@pytest.mark.parametrize("known_as", ["CHARGE_FAILURE", "CHARGE_REQUEST"])
def test_a_success_the_shop_never_heard_of_is_told_under_its_own_transaction(
    first: donation_models.PaymentAttempt, shop: Shop, known_as: str
) -> None:
    # given: our app was away, or the bank took its time
    shop.process = known_as

    # when
    order_first(first)

    # then
    assert shop.said[1] == (
        "report",
        {
            "transaction_id": "transaction-1",
            "event_type": "CHARGE_SUCCESS",
            "amount_yen": 3000,
            "psp_reference": "pi_1",
            "actions": ("REFUND",),
        },
    )
    assert shop.said[2] == ("complete", "checkout-1")


def test_a_paid_checkout_that_cannot_become_an_order_is_before_staff(
    first: donation_models.PaymentAttempt, shop: Shop
) -> None:
    # given
    shop.refuses = "INSUFFICIENT_STOCK"

    # when
    for _ in range(2):
        with pytest.raises(ShopRefused):
            order_first(first)

    # then
    membership = models.Membership.objects.get()
    assert (membership.state, membership.parked_reason) == ("parked", "order_impossible")
    assert world.donated_count() == 1


def test_an_order_waits_while_the_guard_in_the_shop_cannot_reach_us(
    first: donation_models.PaymentAttempt, shop: Shop
) -> None:
    # given
    shop.refuses = "GRAPHQL_ERROR"

    # when
    with pytest.raises(orders.NotYet):
        order_first(first)
    state = models.Membership.objects.get().state
    shop.refuses = ""
    order_first(first)

    # then
    assert state == "active"
    assert shop.said[-3:] == [("complete", "checkout-1"), *LINKED]


def test_what_was_given_back_meanwhile_becomes_no_order(
    first: donation_models.PaymentAttempt, shop: Shop, provider: MemoryProvider
) -> None:
    # given
    refunding.ask(first)
    with pytest.raises(orders.NotYet):
        order_first(first)
    refunding.carry_out(now=NOW)

    # when
    order_first(first)
    orders.order_pay({"cycle_id": first.cycle_id}, NOW)

    # then
    assert shop.said == []


def test_a_payment_left_unfinished_is_told_to_the_shop_once(
    provider: MemoryProvider, shop: Shop
) -> None:
    # given
    world.world_make()
    shop_session.ask()
    attempt = donation_models.PaymentAttempt.objects.get()

    # when
    janitor.attempts_settle_open(now=NOW + janitor.ABANDONED_AFTER)
    message = outbox_models.OutboxMessage.objects.get(topic="payment.closed")
    shop_reports.payment_closed(message.payload, NOW)

    # then
    assert provider.charges[attempt.key].outcome == "canceled"
    assert shop.said == [
        (
            "report",
            {
                "transaction_id": "transaction-1",
                "event_type": "CHARGE_FAILURE",
                "amount_yen": 3000,
                "psp_reference": "pi_1",
                "message": session_words.words_of("abandoned").both,
            },
        )
    ]


def test_money_that_came_after_all_is_not_told_as_a_failure(
    first: donation_models.PaymentAttempt, shop: Shop
) -> None:
    shop_reports.payment_closed({"attempt_id": first.pk}, NOW)

    assert shop.said == []


def refund_of(attempt: donation_models.PaymentAttempt) -> dict[str, int]:
    return {"refund_id": attempt.refunds.get().pk}


@pytest.mark.parametrize(
    ("said", "kind", "message", "actions"),
    [
        ("ok", "REFUND_SUCCESS", "", ()),
        ("refused", "REFUND_FAILURE", session_words.words_of("refund_failed").both, ("REFUND",)),
    ],
)
def test_the_end_of_a_refund_is_told_under_the_refunds_own_key(
    first: donation_models.PaymentAttempt,
    shop: Shop,
    provider: MemoryProvider,
    said: str,
    kind: str,
    message: str,
    actions: tuple[str, ...],
) -> None:
    # given
    refunding.ask(first)
    provider.next_refunds = [said]
    refunding.carry_out(now=NOW)

    # when
    shop_reports.refund_report(refund_of(first), NOW)

    # then
    assert shop.said == [
        (
            "report",
            {
                "transaction_id": "transaction-1",
                "event_type": kind,
                "amount_yen": 3000,
                "psp_reference": f"{first.key}-r1",
                "message": message,
                "actions": actions,
            },
        )
    ]


def test_a_refund_of_money_the_shop_was_never_told_of_is_not_told_either(
    provider: MemoryProvider, shop: Shop
) -> None:
    # given
    attempt = refunding.paid_december_make(provider)
    refunding.ask(attempt)

    # when
    shop_reports.refund_report(refund_of(attempt), NOW)

    # then
    assert shop.said == []


def test_what_went_back_before_the_shop_heard_of_it_is_not_taken_off_there(
    first: donation_models.PaymentAttempt, shop: Shop
) -> None:
    # given: the order was not made yet, and now is not any more
    shop.is_told = False
    refunding.ask(first)
    refunding.carry_out(now=NOW)
    order_first(first)

    # when
    shop_reports.refund_report(refund_of(first), NOW)

    # then
    assert shop.said == []


def test_the_shop_is_told_of_money_that_went_back_after_all_about_the_months_order(
    first: donation_models.PaymentAttempt,
) -> None:
    # given
    refunding.ask(first)

    # when
    refunding.carry_out(now=NOW)

    # then
    lane = outbox_models.OutboxMessage.objects.exclude(lane="").order_by("pk")
    assert [(message.topic, message.lane) for message in lane] == [
        ("order.first", f"cycle:{first.cycle_id}"),
        ("order.refunded", f"cycle:{first.cycle_id}"),
        ("refund.report", f"cycle:{first.cycle_id}"),
    ]


def fulfilment(sku: str, *, status: str = "FULFILLED") -> shop_orders.Fulfilment:
    line = shop_orders.FulfilmentLine(order_line_id="line", sku=sku, quantity=1)
    return shop_orders.Fulfilment(
        id=f"fulfilment-{sku}",
        status=status,
        tracking_number="",
        warehouse_id="w",
        warehouse_slug="w",
        lines=(line,),
    )


CANCELLED = [
    ("unfulfil", "fulfilment-tier-nagisa", "warehouse-yakuba"),
    ("cancel", "order-1"),
]
ORDERS: dict[str, tuple[dict[str, Any], list[tuple[str, ...]]]] = {
    "nothing has left": ({"fulfilments": (fulfilment("tier-nagisa"),)}, CANCELLED),
    "a parcel was taken back": (
        {"fulfilments": (fulfilment("tier-nagisa"), fulfilment("g", status="CANCELED"))},
        CANCELLED,
    ),
    "a parcel has left": (
        {"fulfilments": (fulfilment("tier-nagisa"), fulfilment("gift-daikon"))},
        [],
    ),
    "cancelled already": ({"status": "CANCELED"}, []),
}


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_a_month_given_back_frees_its_stock_unless_something_left(
    first: donation_models.PaymentAttempt, shop: Shop, name: str
) -> None:
    # given
    changes, expected = ORDERS[name]
    cycle = months.month_of(models.Membership.objects.get(), 0)
    shop.order = order(selectors.cycle_key(cycle=cycle), **changes)

    # when
    shop_reports.order_refunded({"cycle_id": first.cycle_id}, NOW)

    # then
    assert shop.said == expected

"""Orders in the shop follow the money, through the outbox. Each handler may be called again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations.models import PaymentAttempt
from saleor_ext.donations.states import AttemptState
from saleor_ext.flows.month import settle
from saleor_ext.flows.orders import shop_catalogue, shop_lines
from saleor_ext.membership import cycles, models, selectors, states
from saleor_ext.membership import services as membership_services
from saleor_ext.saleor_connector import checkout, fulfilments, orders, payments, services
from saleor_ext.saleor_connector.errors import ShopRefused

OUTBOX_ACTOR = "outbox"
CANCELED = "CANCELED"
DRAFT = "DRAFT"
COMPLETION_IMPOSSIBLE = frozenset(
    {
        "INSUFFICIENT_STOCK",
        "UNAVAILABLE_VARIANT_IN_CHANNEL",
        "SHIPPING_METHOD_NOT_SET",
        "INVALID_SHIPPING_METHOD",
        "SHIPPING_ADDRESS_NOT_SET",
        "BILLING_ADDRESS_NOT_SET",
        "CHECKOUT_NOT_FULLY_PAID",
        "NOT_FOUND",
    }
)
# What our order guard inside the shop answers while it cannot reach us: it says neither yes nor no.
COMPLETION_UNDECIDED = "GRAPHQL_ERROR"


class OrderCanceled(Exception):
    """The month's order was cancelled in the shop: staff must decide."""


class NotYet(Exception):
    """What this step stands on has not arrived in the shop yet: try again later."""


def order_create(payload: Mapping[str, Any], now: datetime) -> None:
    """This will make the month's order, unpaid, so that its stock is really allocated."""
    cycle = _cycle(payload)
    if cycle.state in {states.CycleState.LOCKED, states.CycleState.CHARGED}:
        try:
            services.shop_order_record(order=_order_ensure(cycle))
        except ShopRefused as error:
            if error.code != "INSUFFICIENT_STOCK":
                raise
            _out_of_stock(cycle, error=error, now=now)


def _order_ensure(cycle: models.Cycle) -> orders.Order:
    """The order of a month: found by our key, or made; a draft left by a crash is completed."""
    reference = selectors.cycle_key(cycle=cycle)
    order = orders.order_find(external_reference=reference)
    if order is not None and order.status != DRAFT:
        return order
    order_id = order.id if order is not None else _draft_make(cycle, reference=reference)
    try:
        orders.draft_order_complete(order_id=order_id)
    except ShopRefused as error:
        if error.code == "INVALID" and error.field == "id":
            raise NotYet("the draft was completed meanwhile") from error
        raise
    return _order_required(reference)


def _draft_make(cycle: models.Cycle, *, reference: str) -> str:
    donor = cycle.membership.donor
    try:
        draft = orders.draft_order_create(
            external_reference=reference,
            lines=shop_lines.order_lines(cycle),
            billing_address=shop_lines.donor_address(donor),
            shipping_address=shop_lines.delivery_address(cycle),
            user_id=donor.saleor_user_id,
            metadata=shop_lines.order_metadata(cycle),
        )
    except ShopRefused as error:
        if (error.code, error.field) == ("UNIQUE", "externalReference"):
            raise NotYet("the order was made meanwhile") from error
        raise
    if draft.shipping_method_ids:
        orders.draft_order_shipping_set(
            order_id=draft.ref.id, shipping_method_id=draft.shipping_method_ids[0]
        )
    return draft.ref.id


def _order_required(reference: str) -> orders.Order:
    order = orders.order_find(external_reference=reference)
    if order is None:
        raise NotYet("order not found after it was made")
    return order


def _out_of_stock(cycle: models.Cycle, *, error: ShopRefused, now: datetime) -> None:
    """A box that cannot be sent is not paid for; once it is paid, staff must find a way."""
    reference = selectors.cycle_key(cycle=cycle)
    has_attempt = donation_selectors.latest_attempt(cycle_id=cycle.pk) is not None
    if has_attempt or cycle.kind == states.CycleKind.PREPAID:
        raise error
    with transaction.atomic():
        cycles.cycle_skip(cycle_id=cycle.pk, reason="out_of_stock", now=now, actor=OUTBOX_ACTOR)
        settle.mail_put("cycle_skipped", cycle=cycle, now=now)
    draft = orders.order_find(external_reference=reference)
    if draft is not None and draft.status == DRAFT:
        orders.draft_order_delete(order_id=draft.id)


def order_pay(payload: Mapping[str, Any], now: datetime) -> None:
    """This will record a received donation on the month's order.

    The shop asks our payment handler, which answers from the ledger; nothing is charged.
    """
    cycle = _cycle(payload)
    attempt = donation_selectors.attempt_received(cycle_id=cycle.pk)
    if attempt is None:
        raise NotYet("no money yet")
    if _is_given_back(attempt):
        return  # nothing to record any more; `order.refunded` looks after the order
    order = _order_ensure(cycle)
    if order.status == CANCELED:
        # The shop would take a payment and bring the order back to life, with its stock given away.
        raise OrderCanceled("the month was paid after its order was cancelled")
    if not order.is_paid:
        result = payments.transaction_initialize(
            object_id=order.id, amount_yen=Yen(attempt.amount_yen), key=attempt.key
        )
        if result.event_type != "CHARGE_SUCCESS":
            raise NotYet(f"the shop recorded {result.event_type}")
    _paid_order_finish(cycle)


def _is_given_back(attempt: PaymentAttempt) -> bool:
    """While a refund is under way the shop would not take the money for paid: wait for its end."""
    if attempt.state == AttemptState.REFUNDED:
        return True
    if donation_selectors.attempts_given_back().filter(pk=attempt.pk).exists():
        raise NotYet("a refund is under way")
    return False


def order_first(payload: Mapping[str, Any], now: datetime) -> None:
    """This will turn the paid checkout of a first donation into the month's order."""
    cycle = _cycle(payload)
    reference = selectors.cycle_key(cycle=cycle)
    attempt = donation_selectors.attempt_received(cycle_id=cycle.pk)
    if attempt is None:
        raise NotYet("no money yet")
    if _is_given_back(attempt):
        return
    if orders.order_find(external_reference=reference) is None:
        _checkout_paid_ensure(cycle, attempt=attempt)
        done = _checkout_complete(cycle, now=now)
        orders.metadata_set(object_id=done.id, metadata=shop_lines.order_metadata(cycle))
        orders.order_reference_set(order_id=done.id, external_reference=reference)
    _paid_order_finish(cycle)


def _checkout_complete(cycle: models.Cycle, *, now: datetime) -> checkout.OrderRef:
    """Whoever was faster, another storefront or the shop itself: it is the same order.

    A paid checkout that cannot become an order is for staff: they find the way (more stock, or
    the money back), and nothing is sent or charged meanwhile.
    """
    try:
        return checkout.checkout_complete(checkout_id=cycle.shop_checkout_id)
    except ShopRefused as error:
        if error.code == COMPLETION_UNDECIDED:
            raise NotYet("the shop could not find out whether it may be an order") from error
        membership = models.Membership.objects.get(pk=cycle.membership_id)
        can_park = membership.state in states.MEMBERSHIP_TRANSITIONS["parked"]
        if can_park and error.code in COMPLETION_IMPOSSIBLE:
            membership_services.membership_park(
                membership_id=membership.pk,
                now=now,
                actor=OUTBOX_ACTOR,
                reason="order_impossible",
            )
        raise


def _checkout_paid_ensure(cycle: models.Cycle, *, attempt: PaymentAttempt) -> None:
    """A session that once failed (our handler or the provider was away) or waited for the bank is
    over for the shop's `transactionProcess`. Opened again with its key, the shop asks our handler
    anew; the key of another storefront only that storefront knows, so there it is simply told.
    """
    result = payments.transaction_process(transaction_id=cycle.shop_transaction_id)
    if result.event_type == "CHARGE_FAILURE" and not attempt.is_from_shop:
        result = payments.transaction_initialize(
            object_id=cycle.shop_checkout_id, amount_yen=Yen(attempt.amount_yen), key=attempt.key
        )
    elif result.event_type in {"CHARGE_FAILURE", "CHARGE_REQUEST"}:
        payments.transaction_event_report(
            transaction_id=cycle.shop_transaction_id,
            event_type="CHARGE_SUCCESS",
            amount_yen=Yen(attempt.amount_yen),
            psp_reference=attempt.provider_ref,
            happened_at=attempt.settled_at or attempt.begun_at,
            actions=("REFUND",),
        )
        return
    if result.event_type not in {"CHARGE_SUCCESS", ""}:
        raise NotYet(f"the shop recorded {result.event_type}")


def _paid_order_finish(cycle: models.Cycle) -> None:
    """The donation line is fulfilled at once (there is nothing to send), and the order mirrored."""
    reference = selectors.cycle_key(cycle=cycle)
    order = _order_required(reference)
    if not order.is_paid:
        raise NotYet("the order is not paid yet")
    open_lines = [
        line for line in order.lines if line.sku == cycle.tier.sku and line.quantity_to_fulfill
    ]
    if open_lines:
        warehouse_id = shop_catalogue.office_warehouse_id()
        fulfilments.order_fulfill(
            order_id=order.id,
            lines=[
                fulfilments.FulfilInput(
                    order_line_id=line.id,
                    warehouse_id=warehouse_id,
                    quantity=line.quantity_to_fulfill,
                )
                for line in open_lines
            ],
        )
        order = _order_required(reference)
    services.shop_order_record(order=order)


def order_cancel(payload: Mapping[str, Any], now: datetime) -> None:
    """This will cancel the order of a month that ended unpaid, which frees its stock."""
    cycle = _cycle(payload)
    order = orders.order_find(external_reference=selectors.cycle_key(cycle=cycle))
    if order is None or order.status == CANCELED:
        return
    if order.status == DRAFT:
        orders.draft_order_delete(order_id=order.id)
        return
    orders.order_cancel(order_id=order.id)
    services.shop_order_record(order=_order_required(order.external_reference))


def _cycle(payload: Mapping[str, Any]) -> models.Cycle:
    return selectors.cycle_get(cycle_id=int(payload["cycle_id"]))

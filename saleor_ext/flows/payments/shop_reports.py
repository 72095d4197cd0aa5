"""Telling the shop what became of a payment: closed without money, or given back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.orders import shop_catalogue
from saleor_ext.flows.payments import session_words
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import fulfilments, orders, payments, services
from saleor_ext.saleor_connector import selectors as shop_selectors
from saleor_ext.saleor_connector.errors import ShopRefused

CANCELED = "CANCELED"


def refund_report(payload: Mapping[str, Any], now: datetime) -> None:
    """This will report a refund's end on the shop's transaction; the shop takes it once."""
    refund = donation_models.Refund.objects.select_related("attempt").get(pk=payload["refund_id"])
    transaction_id = _transaction_id(refund.attempt)
    if not transaction_id or not payments.was_charged(transaction_id=transaction_id):
        return  # the shop was never told of this money, so there is nothing to take back there
    is_given = refund.state == donation_states.RefundState.SUCCEEDED
    is_left = donation_selectors.left_yen(attempt_id=refund.attempt_id) > 0
    payments.transaction_event_report(
        transaction_id=transaction_id,
        event_type="REFUND_SUCCESS" if is_given else "REFUND_FAILURE",
        amount_yen=Yen(refund.amount_yen),
        psp_reference=refund.key,
        happened_at=refund.settled_at or now,
        message="" if is_given else session_words.words_of("refund_failed").both,
        actions=("REFUND",) if is_left else (),
    )
    _mirror(_key_of(refund.attempt))


def dispute_report(payload: Mapping[str, Any], now: datetime) -> None:
    """This will tell the shop of money that a dispute took back, or that came back of it."""
    row = donation_models.Donation.objects.select_related("attempt").get(pk=payload["donation_id"])
    transaction_id = _transaction_id(row.attempt)
    if not transaction_id or not payments.was_charged(transaction_id=transaction_id):
        return  # the shop was never told of this money
    is_away = row.amount_yen < 0
    is_left = donation_selectors.left_yen(attempt_id=row.attempt_id) > 0
    payments.transaction_event_report(
        transaction_id=transaction_id,
        event_type="CHARGE_BACK" if is_away else "CHARGE_SUCCESS",
        amount_yen=Yen(abs(row.amount_yen)),
        psp_reference=row.movement_ref,
        happened_at=row.recorded_at,
        message=session_words.words_of("disputed" if is_away else "dispute_won").both,
        actions=("REFUND",) if is_left else (),
    )
    _mirror(_key_of(row.attempt))


def payment_closed(payload: Mapping[str, Any], now: datetime) -> None:
    """This will report that nothing came of a payment that a donor left unfinished."""
    attempt = donation_models.PaymentAttempt.objects.get(pk=payload["attempt_id"])
    if attempt.state != donation_states.AttemptState.DECLINED:
        return  # its money came after all
    try:
        payments.transaction_event_report(
            transaction_id=attempt.shop_transaction_id,
            event_type="CHARGE_FAILURE",
            amount_yen=Yen(attempt.amount_yen),
            psp_reference=attempt.provider_ref or attempt.key,
            happened_at=attempt.settled_at or now,
            message=session_words.words_of(attempt.decline_code).both,
        )
    except ShopRefused as error:
        if error.code != "NOT_FOUND":  # a checkout that the shop has thrown away
            raise


def _transaction_id(attempt: donation_models.PaymentAttempt) -> str:
    if attempt.shop_transaction_id:
        return attempt.shop_transaction_id
    order = shop_selectors.shop_order_find(external_reference=_key_of(attempt))
    return order.transaction_id if order else ""


def _key_of(attempt: donation_models.PaymentAttempt) -> str:
    cycle = membership_selectors.cycle_get(cycle_id=attempt.cycle_id)
    return membership_selectors.cycle_key(cycle=cycle)


def _mirror(key: str) -> None:
    seen = orders.order_find(external_reference=key)
    if seen is not None:
        services.shop_order_record(order=seen)


def order_refunded(payload: Mapping[str, Any], now: datetime) -> None:
    """This will cancel the order of a month that was given back, which frees its stock.

    Once a parcel has left, the order stays as it is: what was sent was sent.
    """
    cycle = membership_selectors.cycle_get(cycle_id=int(payload["cycle_id"]))
    order = orders.order_find(external_reference=membership_selectors.cycle_key(cycle=cycle))
    if order is None or order.status == CANCELED:
        return
    live = [item for item in order.fulfilments if item.status == "FULFILLED"]
    own = {cycle.tier.sku}
    if any({line.sku for line in item.lines} - own for item in live):
        return
    for item in live:  # the donation's own line, which was fulfilled when it was paid
        fulfilments.fulfilment_cancel(
            fulfilment_id=item.id, warehouse_id=shop_catalogue.office_warehouse_id()
        )
    orders.order_cancel(order_id=order.id)
    _mirror(order.external_reference)

"""The shop's questions to us as its payment app, and the only answers it understands.

The shop turns a wrong answer into a failed payment without saying why, and believes any amount
that we name; so questions are read strictly and answers are built here only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import errors, hooks, mapping

MESSAGE_LENGTH = 512  # longer ones make the shop refuse the whole answer

CHARGE_SUCCESS = "CHARGE_SUCCESS"
CHARGE_FAILURE = "CHARGE_FAILURE"
CHARGE_REQUEST = "CHARGE_REQUEST"
CHARGE_ACTION_REQUIRED = "CHARGE_ACTION_REQUIRED"
REFUND_SUCCESS = "REFUND_SUCCESS"
REFUND_FAILURE = "REFUND_FAILURE"
CANCEL_SUCCESS = "CANCEL_SUCCESS"
CANCEL_FAILURE = "CANCEL_FAILURE"
ADDRESSES = ("billingAddress", "shippingAddress")


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """One line of what is being paid."""

    sku: str
    quantity: int
    total_yen: Yen
    variant_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is being paid: a checkout (the first donation) or an order (a renewal).

    Attributes:
        user_id, user_email: whose it is; "" for a guest's.
        email: where the shop writes to; a guest's own word.
        is_discounted: a voucher, a gift card or another discount of the shop is on it.
        is_delivery_missing: something is to be sent and nobody chose how.
        has_problems: the shop could not complete it now, for want of stock or the like.
        billing, shipping: None when not given, not asked for, or outside Japan.
        has_foreign_address: one of the two lies outside Japan.
    """

    kind: str  # "checkout" or "order"
    id: str
    external_reference: str
    user_id: str
    email: str = field(repr=False)
    total_yen: Yen
    metadata: Mapping[str, str] = field(repr=False)
    lines: tuple[SourceLine, ...]
    user_email: str = field(default="", repr=False)
    channel: str = ""
    is_discounted: bool = False
    is_delivery_missing: bool = False
    has_problems: bool = False
    billing: mapping.JapaneseAddress | None = field(default=None, repr=False)
    shipping: mapping.JapaneseAddress | None = field(default=None, repr=False)
    has_foreign_address: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    """One question of the shop about money.

    Attributes:
        event: payment_gateway_initialize_session, transaction_initialize_session,
            transaction_process_session, transaction_charge_requested,
            transaction_refund_requested or transaction_cancelation_requested.
        key: the idempotency key the session was opened with; "" for later questions.
        amount_yen: None only for transaction_cancelation_requested and a gateway question
            without an amount.
        psp_reference: what we answered before for this transaction, "" at first.
        data: what the caller of the session passed; from the browser, so not to be trusted.
    """

    event: str
    digest: str
    issued_at: datetime
    key: str
    amount_yen: Yen | None
    transaction_id: str
    psp_reference: str
    source: Source | None
    data: Mapping[str, Any] = field(repr=False)
    order_reference: str = ""
    refund_reason: str = ""


def session_read(message: hooks.Message) -> Session:
    """This will read a proven message as a question about money.

    Raises:
        ShopAnswerInvalid: an amount is not whole yen or a needed part is missing.
    """
    payload = message.payload
    transaction = payload.get("transaction") or {}
    data = payload.get("data")
    return Session(
        event=message.event,
        digest=message.digest,
        issued_at=mapping.moment_from_shop(payload.get("issuedAt")),
        key=str(payload.get("idempotencyKey") or ""),
        amount_yen=_amount(payload),
        transaction_id=str(transaction.get("id") or ""),
        psp_reference=str(transaction.get("pspReference") or ""),
        source=_source(payload.get("sourceObject")),
        data=data if isinstance(data, dict) else {},
        order_reference=str((transaction.get("order") or {}).get("externalReference") or ""),
        refund_reason=str((payload.get("grantedRefund") or {}).get("reason") or ""),
    )


def gateway_answer(*, data: Mapping[str, Any]) -> dict[str, Any]:
    """This will answer a gateway question with what the browser needs."""
    return {"data": dict(data)}


def charge_answer(
    *,
    result: str,
    amount_yen: Yen,
    psp_reference: str = "",
    message: str = "",
    data: Mapping[str, Any] | None = None,
    is_refundable: bool = False,
) -> dict[str, Any]:
    """This will answer that money was taken, refused, or that the donor must act first.

    Raises:
        ValueError: success or a pending charge without the provider's reference.
    """
    if result in {CHARGE_SUCCESS, CHARGE_REQUEST} and not psp_reference:
        raise ValueError("this result needs the provider's reference")
    answer: dict[str, Any] = {"result": result, "amount": mapping.yen_to_shop(amount_yen)}
    if psp_reference:
        answer["pspReference"] = psp_reference
    if message:
        answer["message"] = message[:MESSAGE_LENGTH]
    if data is not None:
        answer["data"] = dict(data)
    if result == CHARGE_SUCCESS:
        answer["actions"] = ["REFUND"] if is_refundable else []
    return answer


def request_accepted_answer(*, psp_reference: str, actions: Sequence[str] = ()) -> dict[str, Any]:
    """This will answer that a refund, charge or cancellation is under way.

    Its end is told later with `payments.transaction_event_report`.
    """
    return {"pspReference": psp_reference, "actions": list(actions)}


def request_done_answer(
    *, result: str, psp_reference: str, amount_yen: Yen, message: str = ""
) -> dict[str, Any]:
    """This will answer a refund, charge or cancellation that is settled at once."""
    answer: dict[str, Any] = {
        "result": result,
        "pspReference": psp_reference,
        "amount": mapping.yen_to_shop(amount_yen),
    }
    if message:
        answer["message"] = message[:MESSAGE_LENGTH]
    return answer


def _amount(payload: Mapping[str, Any]) -> Yen | None:
    action = payload.get("action")
    if action:
        if action.get("amount") is None:
            return None
        return mapping.yen_from_shop(action["amount"], currency=str(action.get("currency")))
    if payload.get("amount") is not None:
        return mapping.yen_from_shop(payload["amount"])
    return None


def _source(source: Mapping[str, Any] | None) -> Source | None:
    if not source:
        return None
    is_checkout = source.get("__typename") == "Checkout"
    total = source.get("totalPrice") if is_checkout else source.get("total")
    if not total:
        raise errors.ShopAnswerInvalid("a source without a total")
    user = source.get("user") or {}
    billing, shipping = (_address(source.get(name)) for name in ADDRESSES)
    return Source(
        kind="checkout" if is_checkout else "order",
        id=source["id"],
        external_reference=source.get("externalReference") or "",
        user_id=user.get("id", ""),
        user_email=user.get("email") or "",
        email=source.get("email") or source.get("userEmail") or "",
        total_yen=mapping.money_from_shop(total["gross"]),
        metadata=mapping.metadata_from_shop(source.get("metadata")),
        lines=tuple(_line(line) for line in source.get("lines") or []),
        channel=(source.get("channel") or {}).get("slug", ""),
        is_discounted=_is_discounted(source),
        is_delivery_missing=bool(source.get("isShippingRequired")) and not source.get("delivery"),
        has_problems=bool(source.get("problems")),
        billing=billing,
        shipping=shipping,
        has_foreign_address=any(
            address is None and source.get(name)
            for name, address in zip(ADDRESSES, (billing, shipping), strict=True)
        ),
    )


def _is_discounted(source: Mapping[str, Any]) -> bool:
    discount = source.get("discount") or {}
    return bool(
        source.get("voucherCode") or source.get("giftCards") or float(discount.get("amount") or 0)
    )


def _address(address: Mapping[str, Any] | None) -> mapping.JapaneseAddress | None:
    try:
        return mapping.address_from_shop(address) if address else None
    except errors.ShopAnswerInvalid:
        return None  # outside Japan: `has_foreign_address` says so


def _line(line: Mapping[str, Any]) -> SourceLine:
    return SourceLine(
        sku=line.get("productSku") or (line.get("variant") or {}).get("sku") or "",
        quantity=line["quantity"],
        total_yen=mapping.money_from_shop(line["totalPrice"]["gross"]),
        variant_id=(line.get("variant") or {}).get("id") or "",
    )

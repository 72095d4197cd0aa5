"""Stripe's objects <-> our contracts. The only file where amounts are converted.

JPY is a zero-decimal currency at Stripe: the amount is the number of yen
(docs.stripe.com/currencies#zero-decimal).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plugins.payment.stripe import declines
from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import (
    CardDetails,
    CardEntry,
    ChargeRequest,
    ChargeState,
    GivenBack,
    Outcome,
    ProviderEvent,
)
from saleor_ext.contracts.types import Yen

CURRENCY = "jpy"
KEY_FIELD = "furusato_key"
LONGEST_DESCRIPTION = 1000  # Stripe cuts nothing off: it refuses longer ones

_AUTHENTICATION = "authentication_required"
_OUTCOMES = {
    "requires_confirmation": Outcome.PENDING,
    "requires_action": Outcome.ACTION_REQUIRED,
    "processing": Outcome.PROCESSING,
    "requires_capture": Outcome.PROCESSING,
    "succeeded": Outcome.SUCCEEDED,
    "canceled": Outcome.CANCELED,
}
_GIVEN_BACK_NOT = frozenset({"failed", "canceled"})
_REFUSED = frozenset({Outcome.DECLINED, Outcome.ACTION_REQUIRED})
_BEARS_KEY = frozenset({"payment_intent", "charge"})


def amount_from_yen(amount_yen: Yen) -> int:
    """This will return the amount to send.

    Raises:
        ValueError: it is not a positive whole number.
    """
    if type(amount_yen) is not int or amount_yen <= 0:
        raise ValueError(f"not a positive whole number of yen: {amount_yen!r}")
    return amount_yen


def yen_from_amount(amount: object, currency: object) -> Yen:
    """This will return the yen of an amount received.

    Raises:
        ProviderPermanent: it is in another currency, or not a whole number.
    """
    if currency != CURRENCY:
        raise ProviderPermanent("currency_not_jpy", str(currency))
    if type(amount) is not int:
        raise ProviderPermanent("amount_not_whole", str(amount))
    return Yen(amount)


def moment_from_seconds(seconds: int) -> datetime:
    """This will return Stripe's Unix seconds as an aware datetime (UTC)."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def seconds_from_moment(moment: datetime) -> int:
    """This will return the first whole second not before an aware datetime.

    Raises:
        ValueError: the datetime has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    seconds = int(moment.timestamp())
    return seconds if seconds >= moment.timestamp() else seconds + 1


def intent_params(request: ChargeRequest) -> dict[str, Any]:
    """This will return what opening and charging have in common."""
    return {
        "amount": amount_from_yen(request.amount_yen),
        "currency": CURRENCY,
        "customer": request.customer_ref,
        "description": request.description[:LONGEST_DESCRIPTION],
        "metadata": {**request.metadata, KEY_FIELD: request.key},
        "payment_method_types": ["card"],
    }


def charge_state(intent: Mapping[str, Any]) -> ChargeState:
    """This will read a PaymentIntent whose `latest_charge` was expanded if it succeeded."""
    outcome = _outcome(intent)
    error = intent.get("last_payment_error") or {}
    charge = intent.get("latest_charge")
    taken: Mapping[str, Any] = {}
    if outcome is Outcome.SUCCEEDED:
        if not isinstance(charge, Mapping):
            raise ProviderPermanent("charge_not_expanded", str(intent.get("id")))
        taken = charge
    # without money taken, the last refusal is of interest only while the attempt is still open
    decline_code = _decline_code(error) if outcome in _REFUSED else ""
    metadata = dict(intent.get("metadata") or {})
    return ChargeState(
        provider_ref=str(intent["id"]),
        outcome=outcome,
        amount_yen=yen_from_amount(intent["amount"], intent["currency"]),
        key=metadata.pop(KEY_FIELD, ""),
        customer_ref=ref(intent.get("customer")),
        charge_ref=str(taken.get("id", "")),
        charged_at=moment_from_seconds(taken["created"]) if taken else None,
        refunded_yen=(
            yen_from_amount(taken["amount_refunded"], taken["currency"]) if taken else Yen(0)
        ),
        decline_code=decline_code,
        is_retryable=declines.is_retryable(
            decline_code=decline_code,
            advice_code=str(error.get("advice_code") or "") if decline_code else "",
        ),
        client_secret=str(intent.get("client_secret") or ""),
        card=_card(intent, error, taken),
        metadata=metadata,
    )


def card_entry(setup: Mapping[str, Any]) -> CardEntry:
    """This will read a SetupIntent whose `payment_method` was expanded.

    A card whose bank refused it may be entered again in the same SetupIntent.
    """
    error = setup.get("last_setup_error") or {}
    outcome = _known_outcome(setup["status"]) or (Outcome.DECLINED if error else Outcome.PENDING)
    card: CardDetails | None = None
    method = setup.get("payment_method")
    if outcome is Outcome.SUCCEEDED:
        if isinstance(method, Mapping):
            card = _details(str(method["id"]), method.get("card"), holder=_holder(method))
        if card is None:
            raise ProviderPermanent("method_not_expanded", str(setup.get("id")))
    return CardEntry(
        provider_ref=str(setup["id"]),
        outcome=outcome,
        key=str((setup.get("metadata") or {}).get(KEY_FIELD) or ""),
        customer_ref=ref(setup.get("customer")),
        decline_code=_decline_code(error) if outcome is Outcome.DECLINED else "",
        client_secret=str(setup.get("client_secret") or ""),
        card=card,
    )


def _outcome(intent: Mapping[str, Any]) -> Outcome:
    known = _known_outcome(intent["status"])
    if known is not None:
        return known
    error = intent.get("last_payment_error")
    if not error:
        return Outcome.PENDING
    return Outcome.ACTION_REQUIRED if error.get("code") == _AUTHENTICATION else Outcome.DECLINED


def _known_outcome(status: str) -> Outcome | None:
    """What a status says by itself; None while a card is missing, where the last error counts."""
    if status == "requires_payment_method":
        return None
    known = _OUTCOMES.get(status)
    if known is None:
        raise ProviderPermanent("status_unknown", str(status))
    return known


def _decline_code(error: Mapping[str, Any]) -> str:
    return str(error.get("decline_code") or error.get("code") or "").lower()


def ref(value: object) -> str:
    """The id of something that may have been expanded."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return str(value or "")


def _card(
    intent: Mapping[str, Any], error: Mapping[str, Any], taken: Mapping[str, Any]
) -> CardDetails | None:
    """The card that paid, or else was refused, or else is chosen."""
    if taken:
        details = (taken.get("payment_method_details") or {}).get("card")
        return _details(ref(taken.get("payment_method")), details, holder=_holder(taken))
    for method in (intent.get("payment_method"), error.get("payment_method")):
        if isinstance(method, Mapping):
            return _details(str(method["id"]), method.get("card"), holder=_holder(method))
    return None


def _holder(source: Mapping[str, Any]) -> str:
    return str((source.get("billing_details") or {}).get("name") or "")


def _details(
    method_ref: str, card: Mapping[str, Any] | None, *, holder: str = ""
) -> CardDetails | None:
    if not card:
        return None
    return CardDetails(
        method_ref=method_ref,
        brand=str(card["brand"]),
        last4=str(card["last4"]),
        exp_month=int(card["exp_month"]),
        exp_year=int(card["exp_year"]),
        holder_name=holder,
    )


def provider_event(event: Mapping[str, Any]) -> ProviderEvent:
    """This will read an event: which PaymentIntent or SetupIntent to look at again, if any.

    A Charge bears the metadata of its PaymentIntent. That of a Refund names the refund.
    """
    subject = event["data"]["object"]
    kind = subject.get("object")
    metadata = subject.get("metadata") or {}
    is_intent = kind == "payment_intent"
    return ProviderEvent(
        event_id=str(event["id"]),
        kind=str(event["type"]),
        provider_ref=ref(subject["id"] if is_intent else subject.get("payment_intent")),
        created_at=moment_from_seconds(event["created"]),
        card_entry_ref=str(subject["id"]) if kind == "setup_intent" else "",
        key=str(metadata.get(KEY_FIELD) or "") if kind in _BEARS_KEY else "",
    )


def given_back(refund: Mapping[str, Any]) -> GivenBack:
    """This will read a Refund. Stripe sets the money aside at once, also while it is pending."""
    return GivenBack(
        refund_ref=str(refund["id"]),
        key=str((refund.get("metadata") or {}).get(KEY_FIELD) or ""),
        amount_yen=yen_from_amount(refund["amount"], refund["currency"]),
        is_failed=refund["status"] in _GIVEN_BACK_NOT,
        given_at=moment_from_seconds(refund["created"]),
        failure_code=str(refund.get("failure_reason") or ""),
    )

"""Payloads in the shape Stripe documents for API version 2026-10-28.endive, shortened."""

from typing import Any

CARD: dict[str, Any] = {"brand": "jcb", "last4": "0505", "exp_month": 12, "exp_year": 2030}


def intent(**more: Any) -> dict[str, Any]:
    """A PaymentIntent that waits for a card."""
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 3000,
        "currency": "jpy",
        "customer": "cus_1",
        "client_secret": "pi_1_secret_2",
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": {"furusato_key": "cycle-7-1", "cycle": "7"},
        "payment_method": None,
        "status": "requires_payment_method",
        **more,
    }


def charge(**more: Any) -> dict[str, Any]:
    """A charge that took 3,000 yen on 24 November 2026, 10:00 in Japan."""
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 3000,
        "amount_captured": 3000,
        "amount_refunded": 0,
        "created": 1_795_482_000,
        "currency": "jpy",
        "paid": True,
        "payment_method": "pm_1",
        "payment_method_details": {"type": "card", "card": CARD},
        "status": "succeeded",
        **more,
    }


def refusal(**more: Any) -> dict[str, Any]:
    """A last_payment_error."""
    return {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "advice_code": "try_again_later",
        "payment_method": {"id": "pm_1", "object": "payment_method", "card": CARD},
        **more,
    }


def setup(**more: Any) -> dict[str, Any]:
    """A SetupIntent nobody has entered a card into yet."""
    return {
        "id": "seti_1",
        "object": "setup_intent",
        "client_secret": "seti_1_secret_invented",
        "customer": "cus_1",
        "last_setup_error": None,
        "metadata": {"furusato_key": "donor-1-card1"},
        "payment_method": None,
        "status": "requires_payment_method",
        "usage": "off_session",
        **more,
    }

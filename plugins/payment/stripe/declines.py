"""Which refusals are final for a card.

Source: Stripe, "Decline codes" (docs.stripe.com/declines/codes), column "Next steps", and "Smart
Retries" (docs.stripe.com/billing/revenue-recovery/smart-retries), list of hard decline codes that
are not retried with the same card. What was typed wrong (number, date, code) stays wrong until the
donor types it anew. A bank's own advice (`advice_code`: do_not_try_again, confirm_card_data) is
final as well, whatever the code.
"""

HARD_CODES = frozenset(
    {
        "card_not_supported",
        "currency_not_supported",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "highest_risk_level",
        "incorrect_cvc",
        "incorrect_number",
        "incorrect_pin",
        "invalid_account",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "invalid_pin",
        "lost_card",
        "merchant_blacklist",
        "new_account_information_available",
        "not_permitted",
        "offline_pin_required",
        "online_or_offline_pin_required",
        "pickup_card",
        "pin_try_exceeded",
        "previously_declined_do_not_retry",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "service_not_allowed",
        "stolen_card",
        "stop_payment_order",
        "testmode_decline",
        "transaction_not_allowed",
    }
)
_FINAL_ADVICE = frozenset({"do_not_try_again", "confirm_card_data"})


def is_retryable(*, decline_code: str, advice_code: str) -> bool:
    """This will tell whether the same card may be asked again on another day."""
    return decline_code not in HARD_CODES and advice_code not in _FINAL_ADVICE

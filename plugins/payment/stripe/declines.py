"""Which refusals are final for a card.

Source: Stripe, "Decline codes" (docs.stripe.com/declines/codes), column "Next steps", and "Smart
Retries" (docs.stripe.com/billing/revenue-recovery/smart-retries), list of hard decline codes that
are not retried with the same card. A bank's own advice to stop (`advice_code`
do_not_try_again) is final as well, whatever the code.
"""

HARD_CODES = frozenset(
    {
        "card_not_supported",
        "currency_not_supported",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "highest_risk_level",
        "incorrect_number",
        "invalid_account",
        "lost_card",
        "merchant_blacklist",
        "new_account_information_available",
        "not_permitted",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "service_not_allowed",
        "stolen_card",
        "stop_payment_order",
        "transaction_not_allowed",
    }
)
_FINAL_ADVICE = "do_not_try_again"


def is_retryable(*, decline_code: str, advice_code: str) -> bool:
    """This will tell whether the same card may be asked again on another day."""
    return decline_code not in HARD_CODES and advice_code != _FINAL_ADVICE

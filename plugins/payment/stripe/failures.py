"""What each of Stripe's errors means for the caller: again, ask first, or never."""

from collections.abc import Callable
from typing import TypeVar

import stripe

from plugins.payment.stripe import transport
from saleor_ext.contracts import errors

Found = TypeVar("Found")

PROVIDER_ERROR = "provider_error"


def ask(work: Callable[[], Found], *, changes: bool) -> Found:
    """This will call Stripe and turn its errors into ours.

    `changes` is False for reads: nothing can have happened, whatever went wrong.

    Raises:
        ProviderUnknown, ProviderRetryable, ProviderPermanent: see `translated`.
    """
    try:
        return work()
    except stripe.StripeError as failure:
        raise translated(failure, changes=changes) from failure


def ask_anew(work: Callable[[str], Found], *, key: str) -> Found:
    """This will have something made that takes no money, by `key`, and by another key where Stripe
    says of a fault on its own side: it repeats such an answer for a day to whoever asks again with
    the same one. At worst something is made that nobody uses.

    Raises:
        ProviderUnknown, ProviderRetryable, ProviderPermanent: see `translated`.
    """
    try:
        return ask(lambda: work(key), changes=True)
    except errors.ProviderUnknown as failure:
        if failure.code != PROVIDER_ERROR:
            raise
        return ask(lambda: work(f"{key}-2"), changes=True)


def translated(failure: stripe.StripeError, *, changes: bool) -> errors.ProviderError:
    """This will return our error for one of Stripe's.

    The same key with other parameters counts as unknown, not as refused: it proves that a request
    with this key was carried out before, and that one may have moved money.
    """
    detail = _detail(failure)
    if isinstance(failure, transport.NotSent):
        return errors.ProviderRetryable("connection_refused", detail)
    if isinstance(failure, stripe.RateLimitError):
        return errors.ProviderRetryable("rate_limit", detail)
    if isinstance(failure, stripe.AuthenticationError):
        return errors.ProviderLockedOut("authentication_failed", detail)
    if isinstance(failure, stripe.PermissionError):
        return errors.ProviderLockedOut("permission_denied", detail)
    if isinstance(failure, stripe.IdempotencyError):
        return errors.ProviderUnknown("idempotency_key_reused", detail)
    if _is_uncertain(failure):
        kind = errors.ProviderUnknown if changes else errors.ProviderRetryable
        return kind(_uncertain_code(failure), detail)
    return errors.ProviderPermanent(_permanent_code(failure), detail)


def _is_uncertain(failure: stripe.StripeError) -> bool:
    """A lost answer, a conflict, a fault on Stripe's side or of somebody it depends on (424), or an
    answer that is none. Stripe's library says `APIError` of all but the first, and also of half an
    answer, whatever its status: a declined card (402) whose answer broke off is no refusal.
    """
    if isinstance(failure, (stripe.APIConnectionError, stripe.APIError)):
        return True
    status = failure.http_status
    return status is None or status in {409, 424} or status >= 500 or status < 400


def _uncertain_code(failure: stripe.StripeError) -> str:
    if isinstance(failure, stripe.APIConnectionError):
        return "connection_lost"
    if failure.http_status == 409:
        return "idempotency_key_in_use"
    return PROVIDER_ERROR


def _permanent_code(failure: stripe.StripeError) -> str:
    error = failure.error
    return str(getattr(error, "decline_code", None) or failure.code or "invalid_request")


def _detail(failure: stripe.StripeError) -> str:
    """Stripe's sentence for developers and its request id; neither holds personal data. Of an
    answer that could not be read the library's sentence is that answer, so it is left out.
    """
    name = type(failure).__name__
    said = name if isinstance(failure, stripe.APIError) else failure.user_message
    parts = (said or name, failure.request_id or "")
    return " ".join(part for part in parts if part)

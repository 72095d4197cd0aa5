"""Each of Stripe's errors: again, ask first, or never."""

from typing import Any

import pytest
import stripe

from plugins.payment.stripe import failures, transport
from saleor_ext.contracts.errors import (
    ProviderError,
    ProviderLockedOut,
    ProviderPermanent,
    ProviderRetryable,
    ProviderUnknown,
)


def _invalid(code: str | None) -> stripe.InvalidRequestError:
    return stripe.InvalidRequestError("no", None, code, http_status=400)


def _api(status: int | None) -> stripe.APIError:
    return stripe.APIError("broken", http_status=status)


CASES: list[tuple[stripe.StripeError, type[ProviderError], str]] = [
    (transport.NotSent("refused"), ProviderRetryable, "connection_refused"),
    (stripe.APIConnectionError("lost"), ProviderUnknown, "connection_lost"),
    (stripe.RateLimitError("slow", http_status=429), ProviderRetryable, "rate_limit"),
    (stripe.IdempotencyError("x", http_status=400), ProviderUnknown, "idempotency_key_reused"),
    (_api(409), ProviderUnknown, "idempotency_key_in_use"),
    (_api(424), ProviderUnknown, "provider_error"),
    (_api(500), ProviderUnknown, "provider_error"),
    (_api(503), ProviderUnknown, "provider_error"),
    (_api(200), ProviderUnknown, "provider_error"),
    (_api(None), ProviderUnknown, "provider_error"),
    (_api(402), ProviderUnknown, "provider_error"),
    (_api(400), ProviderUnknown, "provider_error"),
    (stripe.AuthenticationError("x", http_status=401), ProviderLockedOut, "authentication_failed"),
    (stripe.PermissionError("x", http_status=403), ProviderLockedOut, "permission_denied"),
    (_invalid("resource_missing"), ProviderPermanent, "resource_missing"),
    (_invalid(None), ProviderPermanent, "invalid_request"),
    (
        stripe.CardError("x", None, "card_declined", http_status=402),
        ProviderPermanent,
        "card_declined",
    ),
]


@pytest.mark.parametrize(("failure", "kind", "code"), CASES)
def test_a_change_that_failed(
    failure: stripe.StripeError, kind: type[ProviderError], code: str
) -> None:
    found = failures.translated(failure, changes=True)

    assert type(found) is kind
    assert found.code == code


@pytest.mark.parametrize(("failure", "kind", "code"), CASES)
def test_a_read_that_failed_is_never_unknown_for_want_of_an_answer(
    failure: stripe.StripeError, kind: type[ProviderError], code: str
) -> None:
    found = failures.translated(failure, changes=False)

    expected = kind
    if kind is ProviderUnknown and code != "idempotency_key_reused":
        expected = ProviderRetryable
    assert type(found) is expected
    assert found.code == code


def test_the_error_keeps_stripes_request_id_and_not_the_body() -> None:
    failure = stripe.InvalidRequestError(
        "No such customer",
        "customer",
        "resource_missing",
        http_body='{"email": "hanako@example.jp"}',
        http_status=400,
        headers={"request-id": "req_1"},
    )

    found = failures.translated(failure, changes=True)

    assert found.detail == "No such customer req_1"
    assert "hanako" not in str(found)


def test_of_half_an_answer_nothing_is_kept() -> None:
    failure = stripe.APIError(
        'Invalid response body from API: {"email": "hanako@ex (HTTP response code was 402)',
        http_body='{"email": "hanako@ex',
        http_status=402,
        headers={"request-id": "req_1"},
    )

    found = failures.translated(failure, changes=True)

    assert found.detail == "APIError req_1"


def test_what_is_not_stripes_passes_untouched() -> None:
    def broken() -> Any:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        failures.ask(broken, changes=True)

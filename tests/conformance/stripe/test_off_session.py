"""Charging a kept card without the donor: what Stripe answers, and what we make of it."""

from datetime import UTC, datetime, timedelta

import pytest
import stripe

from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import Outcome
from saleor_ext.contracts.types import Yen
from tests.conformance.stripe.conftest import Peer, unique

# test payment method, decline code we report, may the same card be tried again
DECLINES = [
    ("pm_card_visa_chargeDeclined", "generic_decline", True),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds", True),
    ("pm_card_visa_chargeDeclinedLostCard", "lost_card", False),
    ("pm_card_visa_chargeDeclinedStolenCard", "stolen_card", False),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", False),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", True),
    ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded", True),
]


@pytest.mark.parametrize(
    ("name", "brand", "last4"),
    [
        ("pm_card_visa", "visa", "4242"),
        ("pm_card_mastercard", "mastercard", "4444"),
        ("pm_card_jcb", "jcb", "0505"),
    ],
)
def test_a_kept_card_pays(peer: Peer, name: str, brand: str, last4: str) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref, name)
    request = peer.request(customer_ref=customer_ref, method_ref=method_ref)

    # when
    state = peer.provider.charge_off_session(request)

    # then
    assert state.outcome is Outcome.SUCCEEDED
    assert state.amount_yen == 3000
    assert state.key == request.key
    assert state.customer_ref == customer_ref
    assert state.charge_ref.startswith("ch_")
    assert state.refunded_yen == 0
    assert state.decline_code == ""
    assert state.metadata == {"cycle": "2026-12"}
    assert state.card is not None
    assert (state.card.brand, state.card.last4) == (brand, last4)
    assert state.card.method_ref == method_ref
    assert state.charged_at is not None
    assert abs(state.charged_at - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.parametrize(("name", "decline_code", "is_retryable"), DECLINES)
def test_a_decline_is_a_result_with_its_code(
    peer: Peer, name: str, decline_code: str, is_retryable: bool
) -> None:
    # given a card that cannot be saved, so it is used directly
    request = peer.request(customer_ref=peer.customer(), method_ref=name)

    # when
    state = peer.provider.charge_off_session(request)

    # then
    assert state.outcome is Outcome.DECLINED
    assert state.decline_code == decline_code
    assert state.is_retryable is is_retryable
    assert (state.charge_ref, state.charged_at) == ("", None)
    assert state.key == request.key
    assert peer.provider.charge_fetch(provider_ref=state.provider_ref).outcome is Outcome.DECLINED


def test_a_card_that_could_be_saved_may_decline_later(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref, "pm_card_chargeCustomerFail")

    # when
    state = peer.provider.charge_off_session(
        peer.request(customer_ref=customer_ref, method_ref=method_ref)
    )

    # then
    assert (state.outcome, state.decline_code) == (Outcome.DECLINED, "generic_decline")
    assert state.card is not None
    assert state.card.method_ref == method_ref
    assert state.card.last4 == "0341"


def test_a_card_the_bank_declines_cannot_be_saved(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()

    # when
    with pytest.raises(stripe.CardError) as refusal:
        peer.saved_card(customer_ref, "pm_card_visa_chargeDeclined")

    # then
    assert refusal.value.code == "card_declined"
    assert peer.api.v1.payment_methods.list({"customer": customer_ref}).data == []


def test_a_bank_that_wants_to_see_the_donor_is_action_required(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref, "pm_card_authenticationRequired")

    # when
    state = peer.provider.charge_off_session(
        peer.request(customer_ref=customer_ref, method_ref=method_ref)
    )

    # then
    assert state.outcome is Outcome.ACTION_REQUIRED
    assert state.decline_code == "authentication_required"
    assert state.is_retryable is False
    assert state.client_secret.startswith(state.provider_ref)
    assert (state.charge_ref, state.charged_at) == ("", None)


def test_stripe_answers_authentication_off_session_with_402_and_the_intent(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref, "pm_card_authenticationRequired")

    # when
    with pytest.raises(stripe.CardError) as refusal:
        peer.api.v1.payment_intents.create(
            {
                "amount": 3000,
                "currency": "jpy",
                "customer": customer_ref,
                "payment_method": method_ref,
                "payment_method_types": ["card"],
                "off_session": True,
                "confirm": True,
            }
        )

    # then
    error = refusal.value.error
    assert refusal.value.http_status == 402
    assert error is not None
    assert (error.type, error.code) == ("card_error", "authentication_required")
    assert error.payment_intent is not None
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.last_payment_error is not None
    assert error.payment_intent.last_payment_error.payment_method is not None
    assert error.payment_intent.last_payment_error.payment_method.id == method_ref


def test_no_card_is_refused_before_stripe_is_asked(peer: Peer) -> None:
    request = peer.request(method_ref="pm_card_visa")

    with pytest.raises(ProviderPermanent, match="method_missing"):
        peer.provider.charge_off_session(
            type(request)(**{**vars(request), "method_ref": None, "key": unique("charge")})
        )


def test_another_customers_card_is_refused(peer: Peer) -> None:
    # given 花子's card
    method_ref = peer.saved_card(peer.customer())
    # and 太郎
    taro_ref = peer.customer()

    # when
    with pytest.raises(ProviderPermanent):
        peer.provider.charge_off_session(peer.request(customer_ref=taro_ref, method_ref=method_ref))

    # then
    assert peer.api.v1.charges.list({"customer": taro_ref}).data == []


@pytest.mark.parametrize(
    ("amount_yen", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")]
)
def test_amounts_have_a_smallest_and_a_largest(peer: Peer, amount_yen: int, code: str) -> None:
    request = peer.request(amount_yen=Yen(amount_yen))

    with pytest.raises(ProviderPermanent) as refusal:
        peer.provider.charge_off_session(request)

    assert refusal.value.code == code
    assert peer.api.v1.charges.list({"customer": request.customer_ref}).data == []


def test_an_unknown_parameter_is_refused(peer: Peer) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        peer.api.v1.customers.create({"nickname": "花子"})  # type: ignore[typeddict-unknown-key]

    assert refusal.value.code == "parameter_unknown"
    assert refusal.value.param == "nickname"


def test_a_detached_card_pays_no_more(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref)

    # when
    peer.provider.card_detach(method_ref=method_ref)
    peer.provider.card_detach(method_ref=method_ref)
    peer.provider.card_detach(method_ref="pm_never_there")
    with pytest.raises(ProviderPermanent):
        peer.provider.charge_off_session(
            peer.request(customer_ref=customer_ref, method_ref=method_ref)
        )

    # then
    assert peer.api.v1.payment_methods.list({"customer": customer_ref}).data == []

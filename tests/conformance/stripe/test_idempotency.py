"""The same key is the same charge."""

import pytest
import stripe

from saleor_ext.contracts.errors import ProviderUnknown
from saleor_ext.contracts.payment import ChargeRequest, Outcome
from saleor_ext.contracts.types import Yen
from tests.conformance.stripe.conftest import Peer


def _charges(peer: Peer, request: ChargeRequest) -> int:
    return len(peer.api.v1.charges.list({"customer": request.customer_ref}).data)


def test_repeating_a_charge_takes_the_money_once(peer: Peer) -> None:
    # given
    request = peer.request()
    first = peer.provider.charge_off_session(request)

    # when
    second = peer.provider.charge_off_session(request)

    # then
    assert second == first
    assert _charges(peer, request) == 1


def test_repeating_a_declined_charge_gives_the_same_decline(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref, "pm_card_chargeCustomerFail")
    request = peer.request(customer_ref=customer_ref, method_ref=method_ref)
    first = peer.provider.charge_off_session(request)

    # when
    second = peer.provider.charge_off_session(request)

    # then
    assert first.outcome is Outcome.DECLINED
    assert second.provider_ref == first.provider_ref
    assert _charges(peer, request) == 1


def test_the_key_with_another_amount_is_unknown_and_takes_nothing_more(peer: Peer) -> None:
    # given
    request = peer.request()
    peer.provider.charge_off_session(request)

    # when
    with pytest.raises(ProviderUnknown) as refusal:
        peer.provider.charge_off_session(
            ChargeRequest(**{**vars(request), "amount_yen": Yen(5000)})
        )

    # then
    assert refusal.value.code == "idempotency_key_reused"
    assert _charges(peer, request) == 1


def test_a_refused_request_does_not_use_up_its_key(peer: Peer) -> None:
    # given
    request = peer.request(amount_yen=Yen(49))
    with pytest.raises(Exception, match="amount_too_small"):
        peer.provider.charge_off_session(request)

    # when
    state = peer.provider.charge_off_session(
        ChargeRequest(**{**vars(request), "amount_yen": Yen(50)})
    )

    # then
    assert state.outcome is Outcome.SUCCEEDED


def test_stripe_says_that_an_answer_was_repeated(peer: Peer) -> None:
    # given
    params = {"email": "hanako@example.jp"}
    key = peer.request().key
    first = peer.api.v1.customers.create(params, {"idempotency_key": key})  # type: ignore[arg-type]

    # when
    second = peer.api.v1.customers.create(params, {"idempotency_key": key})  # type: ignore[arg-type]

    # then
    assert second.id == first.id
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_key_belongs_to_one_endpoint(peer: Peer) -> None:
    # given
    key = peer.request().key
    customer = peer.api.v1.customers.create({}, {"idempotency_key": key})

    # when
    with pytest.raises(stripe.IdempotencyError):
        peer.api.v1.customers.update(customer.id, {"name": "太郎"}, {"idempotency_key": key})

    # then
    assert peer.api.v1.customers.retrieve(customer.id).name is None

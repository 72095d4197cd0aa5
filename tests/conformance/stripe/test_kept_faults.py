"""Stripe repeats its answer for a day to whoever uses the same key, its own faults included."""

import pytest
import stripe

from saleor_ext.contracts.errors import ProviderUnknown
from saleor_ext.contracts.payment import Outcome
from tests.conformance.stripe.conftest import Peer, unique

NAME = {"email": "hanako@example.jp", "name": "山田 花子"}


def kept_fault(peer: Peer, path: str, *, count: int = 1) -> None:
    """This will have the next requests fail on Stripe's side, and their keys with them."""
    assert peer.stand_in is not None, "only a stand-in fails when it is told to"
    rule = {"fault": "status", "status": 500, "keeps_answer": True, "method": "POST"}
    peer.stand_in.faults({**rule, "path": path, "count": count})


def test_the_same_key_meets_the_same_fault_again(local: Peer) -> None:
    # given
    kept_fault(local, "/v1/customers")
    key = {"idempotency_key": unique("customer")}

    # when
    for _ in range(2):
        with pytest.raises(stripe.APIError) as fault:
            local.api.v1.customers.create({"name": "山田 花子"}, key)  # type: ignore[arg-type]

    # then
    assert fault.value.http_status == 500
    assert fault.value.headers is not None
    assert fault.value.headers["Idempotent-Replayed"] == "true"


def test_a_donor_is_made_all_the_same(local: Peer) -> None:
    # given
    kept_fault(local, "/v1/customers")
    key = unique("customer")

    # when
    made = local.provider.customer_create(key=key, **NAME)
    again = local.provider.customer_create(key=key, **NAME)

    # then
    assert again == made


def test_a_donor_whose_name_was_corrected_meanwhile_is_made(local: Peer) -> None:
    # given
    key = unique("customer")
    local.provider.customer_create(key=key, email=NAME["email"], name="山田 花こ")

    # when
    made = local.provider.customer_create(key=key, **NAME)

    # then
    assert local.api.v1.customers.retrieve(made).name == "山田 花子"


def test_the_field_for_a_new_card_opens_all_the_same_and_is_found_again(local: Peer) -> None:
    # given
    customer_ref, key = local.customer(), unique("card")
    kept_fault(local, "/v1/setup_intents")

    # when
    opened = local.provider.card_entry_open(key=key, customer_ref=customer_ref)
    again = local.provider.card_entry_open(key=key, customer_ref=customer_ref)

    # then
    assert (opened.key, opened.outcome) == (key, Outcome.PENDING)
    assert again.provider_ref == opened.provider_ref


def test_who_fails_twice_is_not_asked_a_third_time(local: Peer) -> None:
    # given
    kept_fault(local, "/v1/customers", count=2)

    # when
    with pytest.raises(ProviderUnknown) as fault:
        local.provider.customer_create(key=unique("customer"), **NAME)

    # then
    assert fault.value.code == "provider_error"


def test_a_charge_is_never_asked_for_with_another_key(local: Peer) -> None:
    # given
    request = local.request()
    kept_fault(local, "/v1/payment_intents")

    # when
    for _ in range(2):
        with pytest.raises(ProviderUnknown):
            local.provider.charge_off_session(request)

    # then
    assert local.api.v1.charges.list({"customer": request.customer_ref}).data == []

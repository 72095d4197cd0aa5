"""After a lost answer: find, fetch, cancel, add up."""

from datetime import UTC, datetime, timedelta

import pytest

from plugins.payment.stripe import provider as stripe_provider
from saleor_ext.contracts.payment import Outcome
from saleor_ext.contracts.types import Yen
from tests.conformance.stripe.conftest import Peer, unique


def test_an_attempt_is_found_by_its_key_at_once(peer: Peer) -> None:
    # given
    began_at = datetime.now(UTC)
    request = peer.request()
    paid = peer.provider.charge_off_session(request)

    # when
    found = peer.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )

    # then
    assert found == paid


def test_a_declined_attempt_is_found_as_declined(peer: Peer) -> None:
    # given
    began_at = datetime.now(UTC)
    request = peer.request(method_ref="pm_card_visa_chargeDeclinedInsufficientFunds")
    peer.provider.charge_off_session(request)

    # when
    found = peer.provider.charge_find(
        key=request.key, created_from=began_at, customer_ref=request.customer_ref
    )

    # then
    assert found is not None
    assert (found.outcome, found.decline_code) == (Outcome.DECLINED, "insufficient_funds")


def test_a_key_that_was_never_used_is_not_found(peer: Peer) -> None:
    # given an attempt of the same customer with another key
    request = peer.request()
    peer.provider.charge_off_session(request)

    # when
    found = peer.provider.charge_find(
        key=unique("charge"),
        created_from=datetime.now(UTC) - timedelta(hours=1),
        customer_ref=request.customer_ref,
    )

    # then
    assert found is None


def test_an_attempt_is_found_without_naming_the_customer(peer: Peer) -> None:
    # given
    request = peer.request()
    paid = peer.provider.charge_off_session(request)

    # when
    found = peer.provider.charge_find(key=request.key, created_from=datetime.now(UTC))

    # then
    assert found is not None
    assert found.provider_ref == paid.provider_ref


def test_an_opened_attempt_waits_for_the_donor_and_can_be_canceled(peer: Peer) -> None:
    # given
    request = peer.request()
    opened = peer.provider.charge_open(
        type(request)(**{**vars(request), "method_ref": None, "key": unique("open")})
    )

    # when
    canceled = peer.provider.charge_cancel(provider_ref=opened.provider_ref)

    # then
    assert opened.outcome is Outcome.PENDING
    assert opened.client_secret.startswith(f"{opened.provider_ref}_secret_")
    assert opened.card is None
    assert canceled.outcome is Outcome.CANCELED
    assert peer.provider.charge_cancel(provider_ref=opened.provider_ref) == canceled


def test_canceling_what_was_paid_returns_it_as_it_is(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())

    # when
    after = peer.provider.charge_cancel(provider_ref=paid.provider_ref)

    # then
    assert after == paid


def test_a_day_adds_up_to_what_was_taken_and_given_back(peer: Peer) -> None:
    # given the sums before
    day_from = datetime.now(UTC) - timedelta(minutes=30)
    day_to = day_from + timedelta(hours=1)
    before = peer.provider.day_sum(day_from=day_from, day_to=day_to)
    # and two charges, a decline, a part given back
    peer.provider.charge_off_session(peer.request(amount_yen=Yen(5000)))
    paid = peer.provider.charge_off_session(peer.request())
    peer.provider.charge_off_session(peer.request(method_ref="pm_card_visa_chargeDeclined"))
    peer.provider.refund_create(
        key=unique("refund"), provider_ref=paid.provider_ref, amount_yen=Yen(700), reason="誤り"
    )

    # when
    after = peer.provider.day_sum(day_from=day_from, day_to=day_to)

    # then
    assert after.charged_yen - before.charged_yen == 8000
    assert after.refunded_yen - before.refunded_yen == 700
    assert after.charge_count - before.charge_count == 2


def test_balance_transactions_carry_a_whole_yen_fee(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())

    # when
    charge = peer.api.v1.charges.retrieve(paid.charge_ref, {"expand": ["balance_transaction"]})

    # then
    transaction = charge.balance_transaction
    assert transaction is not None
    assert not isinstance(transaction, str)
    assert (transaction.amount, transaction.currency) == (3000, "jpy")
    assert transaction.fee > 0
    assert transaction.net == 3000 - transaction.fee


def test_a_list_longer_than_one_page_is_read_to_its_end(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given five attempts of one customer, three refunds of the first, and pages of two
    monkeypatch.setattr(stripe_provider, "_PAGE", 2)
    began_at = datetime.now(UTC) - timedelta(seconds=5)
    customer_ref = peer.customer()
    method_ref = peer.saved_card(customer_ref)
    requests = [peer.request(customer_ref=customer_ref, method_ref=method_ref) for _ in range(5)]
    paid = [peer.provider.charge_off_session(request) for request in requests]
    first = paid[0]
    given = [
        peer.provider.refund_create(
            key=unique("refund"),
            provider_ref=first.provider_ref,
            amount_yen=Yen(amount_yen),
            reason="requested_by_customer",
        )
        for amount_yen in (100, 200, 300)
    ]

    # when
    found = peer.provider.charge_find(
        key=requests[0].key, created_from=began_at, customer_ref=customer_ref
    )
    refunds = peer.provider.refunds_of(provider_ref=first.provider_ref)
    entries = peer.provider.balance_entries(
        entered_from=began_at, entered_to=datetime.now(UTC) + timedelta(minutes=1)
    )

    # then each is there once, the oldest first
    keys = {request.key for request in requests}
    ours = [entry for entry in entries if entry.key in keys]
    assert found is not None
    assert found.provider_ref == first.provider_ref
    assert refunds == given
    assert [entry.amount_yen for entry in ours] == [3000] * 5 + [-100, -200, -300]
    assert [entry.key for entry in ours[:5]] == [request.key for request in requests]
    assert len({entry.entry_ref for entry in entries}) == len(entries)

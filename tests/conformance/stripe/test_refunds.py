"""Money goes back at most once, and never more than came."""

import pytest

from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import ChargeState, GivenBack
from saleor_ext.contracts.types import Yen
from tests.conformance.stripe.conftest import Peer, unique


def _give_back(peer: Peer, paid: ChargeState, amount_yen: int, key: str = "") -> GivenBack:
    return peer.provider.refund_create(
        key=key or unique("refund"),
        provider_ref=paid.provider_ref,
        amount_yen=Yen(amount_yen),
        reason="二重のお申し込み",
    )


def _refund(peer: Peer, paid: ChargeState, amount_yen: int, key: str = "") -> ChargeState:
    _give_back(peer, paid, amount_yen, key)
    return peer.provider.charge_fetch(provider_ref=paid.provider_ref)


def test_what_was_given_back_can_be_listed_with_its_key(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())
    key = unique("refund")

    # when
    given = _give_back(peer, paid, 1000, key)
    by_hand = peer.api.v1.refunds.create({"payment_intent": paid.provider_ref, "amount": 500})
    found = peer.provider.refunds_of(provider_ref=paid.provider_ref)

    # then
    assert (given.key, given.amount_yen, given.is_failed) == (key, 1000, False)
    assert found[0] == given
    assert (found[1].refund_ref, found[1].key, found[1].amount_yen) == (by_hand.id, "", 500)
    assert paid.charged_at is not None
    assert given.given_at >= paid.charged_at


def test_nothing_given_back_is_an_empty_list(peer: Peer) -> None:
    paid = peer.provider.charge_off_session(peer.request())

    assert peer.provider.refunds_of(provider_ref=paid.provider_ref) == []


def test_part_refunds_add_up(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())

    # when
    after_first = _refund(peer, paid, 1000)
    after_second = _refund(peer, paid, 500)

    # then
    assert (after_first.refunded_yen, after_second.refunded_yen) == (1000, 1500)
    assert after_second.amount_yen == 3000


def test_more_than_is_left_is_refused(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())
    _refund(peer, paid, 2000)

    # when
    with pytest.raises(ProviderPermanent):
        _refund(peer, paid, 1001)

    # then
    assert peer.provider.charge_fetch(provider_ref=paid.provider_ref).refunded_yen == 2000


def test_a_charge_given_back_in_full_cannot_be_given_back_again(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())
    _refund(peer, paid, 3000)

    # when
    with pytest.raises(ProviderPermanent) as refusal:
        _refund(peer, paid, 1)

    # then
    assert refusal.value.code == "charge_already_refunded"
    assert peer.provider.charge_fetch(provider_ref=paid.provider_ref).refunded_yen == 3000


def test_repeating_a_refund_gives_back_once(peer: Peer) -> None:
    # given
    paid = peer.provider.charge_off_session(peer.request())
    key = unique("refund")
    _refund(peer, paid, 1000, key)

    # when
    again = _refund(peer, paid, 1000, key)

    # then
    assert again.refunded_yen == 1000
    assert len(peer.api.v1.refunds.list({"payment_intent": paid.provider_ref}).data) == 1


def test_nothing_can_be_given_back_of_a_decline(peer: Peer) -> None:
    # given
    customer_ref = peer.customer()
    declined = peer.provider.charge_off_session(
        peer.request(customer_ref=customer_ref, method_ref="pm_card_visa_chargeDeclined")
    )

    # when
    with pytest.raises(ProviderPermanent):
        _refund(peer, declined, 100)

    # then
    assert peer.api.v1.refunds.list({"payment_intent": declined.provider_ref}).data == []

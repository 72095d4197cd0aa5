"""A card's holder contradicts a charge: what moves, when, and what the plugin makes of it.

Stripe makes the dispute of such a test card a moment after the charge; both peers are waited for.
"""

from datetime import UTC, datetime, timedelta

import pytest

from fixtures.stripe.testing import wait_for
from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import ChargeState, DisputeStage, DisputeState, EntryKind
from saleor_ext.contracts.types import Yen
from tests.conformance.stripe.conftest import Peer, unique


def _paid(peer: Peer, card: str = "pm_card_createDispute") -> ChargeState:
    return peer.provider.charge_off_session(peer.request(method_ref=card))


def _dispute(peer: Peer, paid: ChargeState) -> DisputeState:
    found = wait_for(
        lambda: [
            state
            for state in peer.provider.disputes_of(provider_ref=paid.provider_ref)
            if state.movements or state.stage is DisputeStage.INQUIRY
        ],
        timeout_s=30.0,
    )
    return found[0]


def _decided(peer: Peer, paid: ChargeState, evidence: str) -> DisputeState:
    dispute = _dispute(peer, paid)
    peer.api.v1.disputes.update(
        dispute.dispute_ref, {"evidence": {"uncategorized_text": evidence}, "submit": True}
    )
    return wait_for(
        lambda: next(
            (
                state
                for state in peer.provider.disputes_of(provider_ref=paid.provider_ref)
                if state.stage in {DisputeStage.WON, DisputeStage.LOST}
            ),
            None,
        ),
        timeout_s=30.0,
    )


def test_an_undisputed_charge_has_none(peer: Peer) -> None:
    paid = peer.provider.charge_off_session(peer.request())

    assert peer.provider.disputes_of(provider_ref=paid.provider_ref) == []


def test_the_money_leaves_when_the_dispute_is_opened(peer: Peer) -> None:
    paid = _paid(peer)

    found = _dispute(peer, paid)

    assert (found.stage, found.amount_yen, found.reason) == (DisputeStage.OPEN, 3000, "fraudulent")
    assert [moved.amount_yen for moved in found.movements] == [-3000]
    assert found.respond_by is not None


def test_won_the_money_comes_back(peer: Peer) -> None:
    paid = _paid(peer)

    found = _decided(peer, paid, "winning_evidence")

    assert found.stage is DisputeStage.WON
    assert [moved.amount_yen for moved in found.movements] == [-3000, 3000]


def test_lost_it_stays_away(peer: Peer) -> None:
    paid = _paid(peer)

    found = _decided(peer, paid, "losing_evidence")

    assert (found.stage, len(found.movements)) == (DisputeStage.LOST, 1)


def test_an_inquiry_moves_nothing(peer: Peer) -> None:
    paid = _paid(peer, "pm_card_createDisputeInquiry")

    found = _dispute(peer, paid)

    assert (found.stage, found.movements) == (DisputeStage.INQUIRY, ())


def test_what_is_disputed_cannot_be_given_back(peer: Peer) -> None:
    paid = _paid(peer)
    _dispute(peer, paid)

    with pytest.raises(ProviderPermanent) as refusal:
        peer.provider.refund_create(
            key=unique("refund"),
            provider_ref=paid.provider_ref,
            amount_yen=Yen(3000),
            reason="誤り",
        )

    assert refusal.value.code == "charge_disputed"


def test_the_balance_shows_each_movement_with_our_key_and_its_fee(peer: Peer) -> None:
    # given
    began_at = datetime.now(UTC) - timedelta(minutes=1)
    request = peer.request(method_ref="pm_card_createDispute")
    paid = peer.provider.charge_off_session(request)
    dispute = _dispute(peer, paid)

    # when
    found = [
        entry
        for entry in peer.provider.balance_entries(
            entered_from=began_at, entered_to=datetime.now(UTC) + timedelta(minutes=1)
        )
        if entry.key == request.key
    ]

    # then
    assert [(entry.kind, entry.amount_yen) for entry in found] == [
        (EntryKind.CHARGE, 3000),
        (EntryKind.DISPUTE, -3000),
    ]
    assert found[1].entry_ref == dispute.movements[0].ref
    assert found[1].source_ref == dispute.dispute_ref
    assert all(entry.fee_yen > 0 for entry in found)
    assert all(entry.net_yen == entry.amount_yen - entry.fee_yen for entry in found)


def test_payouts_can_be_listed(peer: Peer) -> None:
    found = peer.provider.payouts(created_from=datetime.now(UTC) - timedelta(days=30))

    assert all(payout.amount_yen != 0 for payout in found)


def test_the_holder_may_contradict_later_and_the_message_names_the_charge(local: Peer) -> None:
    # given an ordinary charge of the stand-in
    paid = local.provider.charge_off_session(local.request())
    assert local.stand_in is not None

    # when
    ref = local.stand_in.dispute(paid.provider_ref, "product_not_received")
    local.stand_in.dispute_decide(ref, won=True)

    # then
    found = _dispute(local, paid)
    assert (found.stage, found.reason) == (DisputeStage.WON, "product_not_received")
    kinds = [
        event.type
        for event in local.api.v1.events.list({"limit": 100}).data
        if event.data.object.to_dict().get("id") == ref
    ]
    assert kinds[::-1] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]

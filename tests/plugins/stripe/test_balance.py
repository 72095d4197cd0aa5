"""Stripe's disputes, balance transactions and payouts, in the shape Stripe documents."""

from collections.abc import Mapping
from typing import Any

import pytest

from plugins.payment.stripe import balance, mapping
from saleor_ext.contracts.errors import ProviderPermanent
from saleor_ext.contracts.payment import DaySum, DisputeStage, EntryKind, PayoutStage
from saleor_ext.contracts.types import Yen

AT = 1_795_482_000
OURS = {"id": "ch_1", "object": "charge", "metadata": {"furusato_key": "k-1"}}


def transaction(**more: Any) -> dict[str, Any]:
    return {
        "id": "txn_1",
        "amount": 3000,
        "fee": 108,
        "net": 2892,
        "currency": "jpy",
        "created": AT,
        "available_on": AT + 345_600,
        "type": "charge",
        "reporting_category": "charge",
        "source": OURS,
        **more,
    }


def charge_of(ref: str) -> Mapping[str, Any]:
    return {"ch_1": OURS}.get(ref, {"id": ref, "metadata": {}})


def entry(**more: Any) -> Any:
    return balance.balance_entry(transaction(**more), charge_of=charge_of)


def dispute(**more: Any) -> dict[str, Any]:
    return {
        "id": "du_1",
        "amount": 3000,
        "currency": "jpy",
        "created": AT,
        "reason": "fraudulent",
        "status": "needs_response",
        "evidence_details": {"due_by": AT + 604_800},
        "balance_transactions": [
            {"id": "txn_2", "amount": 3000, "currency": "jpy", "created": AT + 9},
            {"id": "txn_1", "amount": -3000, "currency": "jpy", "created": AT},
        ],
        **more,
    }


def test_a_charge_of_ours_carries_our_key_and_a_strangers_does_not() -> None:
    ours, stranger = entry(), entry(source={"id": "ch_9", "object": "charge", "metadata": {}})

    assert (ours.kind, ours.key, ours.source_ref, ours.charge_ref) == (
        EntryKind.CHARGE,
        "k-1",
        "ch_1",
        "ch_1",
    )
    assert (ours.amount_yen, ours.fee_yen, ours.net_yen) == (3000, 108, 2892)
    assert (stranger.key, stranger.source_ref) == ("", "ch_9")


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("refund", EntryKind.REFUND),
        ("refund_failure", EntryKind.REFUND_FAILURE),
        ("dispute", EntryKind.DISPUTE),
        ("dispute_reversal", EntryKind.DISPUTE_REVERSAL),
    ],
)
def test_what_follows_a_charge_is_known_by_the_charge_behind_it(
    category: str, kind: EntryKind
) -> None:
    found = entry(reporting_category=category, source={"id": "x_1", "charge": "ch_1"})

    assert (found.kind, found.key, found.source_ref, found.charge_ref) == (
        kind,
        "k-1",
        "x_1",
        "ch_1",
    )


def test_payouts_and_what_is_new_to_us_have_no_charge() -> None:
    payout = entry(reporting_category="payout", source={"id": "po_1", "object": "payout"})
    other = entry(reporting_category="climate_order_purchase", source=None)

    assert (payout.kind, payout.key, payout.source_ref) == (EntryKind.PAYOUT, "", "po_1")
    assert (other.kind, other.key, other.source_ref) == (EntryKind.OTHER, "", "")


def test_a_movement_in_another_currency_is_named_as_such_and_has_no_yen() -> None:
    found = entry(currency="usd", amount=25_00, fee=91, net=24_09)

    assert (found.kind, found.entry_ref, found.key) == (EntryKind.NOT_YEN, "txn_1", "k-1")
    assert (found.amount_yen, found.fee_yen, found.net_yen) == (0, 0, 0)


def test_another_currency_is_refused_where_an_amount_is_read() -> None:
    with pytest.raises(ProviderPermanent):
        balance.dispute_state(dispute(currency="usd"))


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("warning_needs_response", DisputeStage.INQUIRY),
        ("warning_under_review", DisputeStage.INQUIRY),
        ("warning_closed", DisputeStage.DROPPED),
        ("needs_response", DisputeStage.OPEN),
        ("under_review", DisputeStage.OPEN),
        ("won", DisputeStage.WON),
        ("lost", DisputeStage.LOST),
        ("something_new", DisputeStage.OPEN),
    ],
)
def test_a_dispute_stands_as_stripe_says(status: str, stage: DisputeStage) -> None:
    found = balance.dispute_state(dispute(status=status))

    assert found.stage is stage
    is_open = stage in {DisputeStage.INQUIRY, DisputeStage.OPEN}
    assert (found.respond_by is not None) == is_open


def test_a_disputes_money_left_first_and_came_back_later() -> None:
    found = balance.dispute_state(dispute())

    assert [(moved.ref, moved.amount_yen) for moved in found.movements] == [
        ("txn_1", -3000),
        ("txn_2", 3000),
    ]
    assert found.opened_at == mapping.moment_from_seconds(AT)


def test_a_day_adds_up_only_what_is_ours() -> None:
    of_ours = {"id": "x_1", "charge": "ch_1"}
    entries = [
        entry(),
        entry(source={"id": "ch_9", "object": "charge", "metadata": {}}),
        entry(reporting_category="refund", amount=-500, source=of_ours),
        entry(reporting_category="dispute", amount=-3000, source=of_ours),
        entry(reporting_category="dispute_reversal", amount=1000, source=of_ours),
        entry(reporting_category="payout", amount=-9000, source={"id": "po_1"}),
    ]

    assert balance.day_sum(entries) == DaySum(
        charged_yen=Yen(3000),
        refunded_yen=Yen(500),
        disputed_yen=Yen(2000),
        charge_count=1,
    )


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("pending", PayoutStage.UNDER_WAY),
        ("in_transit", PayoutStage.UNDER_WAY),
        ("paid", PayoutStage.PAID),
        ("failed", PayoutStage.FAILED),
        ("canceled", PayoutStage.FAILED),
    ],
)
def test_a_payout_stands_as_stripe_says(status: str, stage: PayoutStage) -> None:
    found = balance.payout_state(
        {
            "id": "po_1",
            "amount": 5784,
            "currency": "jpy",
            "status": status,
            "created": AT,
            "arrival_date": AT + 9,
            "automatic": True,
        }
    )

    assert (found.payout_ref, found.amount_yen, found.stage) == ("po_1", 5784, stage)

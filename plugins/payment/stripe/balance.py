"""Stripe's disputes, balance transactions and payouts -> our contracts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from plugins.payment.stripe import mapping
from saleor_ext.contracts.payment import (
    BalanceEntry,
    DaySum,
    DisputeMovement,
    DisputeStage,
    DisputeState,
    EntryKind,
    PayoutStage,
    PayoutState,
)
from saleor_ext.contracts.types import Yen

# docs.stripe.com/api/disputes/object#dispute_object-status
_STAGES = {
    "warning_needs_response": DisputeStage.INQUIRY,
    "warning_under_review": DisputeStage.INQUIRY,
    "warning_closed": DisputeStage.DROPPED,
    "prevented": DisputeStage.DROPPED,
    "needs_response": DisputeStage.OPEN,
    "under_review": DisputeStage.OPEN,
    "won": DisputeStage.WON,
    "lost": DisputeStage.LOST,
}
# docs.stripe.com/reports/reporting-categories; `type` alone calls disputes "adjustment".
_KINDS = {kind.value: kind for kind in EntryKind}
_PAYOUT_STAGES = {
    "paid": PayoutStage.PAID,
    "failed": PayoutStage.FAILED,
    "canceled": PayoutStage.FAILED,
}
_OPEN = frozenset({DisputeStage.INQUIRY, DisputeStage.OPEN})
Charge = Mapping[str, Any]


def dispute_state(dispute: Mapping[str, Any]) -> DisputeState:
    """This will read a Dispute. An unknown status counts as open: its money may have moved."""
    stage = _STAGES.get(str(dispute["status"]), DisputeStage.OPEN)
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    moved = sorted(dispute.get("balance_transactions") or [], key=lambda item: item["created"])
    return DisputeState(
        dispute_ref=str(dispute["id"]),
        amount_yen=mapping.yen_from_amount(dispute["amount"], dispute["currency"]),
        stage=stage,
        reason=str(dispute.get("reason") or ""),
        opened_at=mapping.moment_from_seconds(dispute["created"]),
        respond_by=mapping.moment_from_seconds(due_by) if due_by and stage in _OPEN else None,
        movements=tuple(
            DisputeMovement(
                ref=str(item["id"]),
                amount_yen=mapping.yen_from_amount(item["amount"], item["currency"]),
                moved_at=mapping.moment_from_seconds(item["created"]),
            )
            for item in moved
        ),
    )


def balance_entry(
    transaction: Mapping[str, Any], *, charge_of: Callable[[str], Charge]
) -> BalanceEntry:
    """This will read a balance transaction whose `source` was expanded.

    `charge_of` finds the charge behind a refund or a dispute, which carries our key. One in another
    currency is handed on without its amount, so that it does not stand before all others.
    """
    source = transaction.get("source")
    charge = _charge(source, charge_of)
    category = str(transaction.get("reporting_category") or transaction["type"])
    currency = transaction["currency"]
    is_yen = currency == mapping.CURRENCY
    amount_yen, fee_yen, net_yen = (
        mapping.yen_from_amount(transaction[name], currency) if is_yen else Yen(0)
        for name in ("amount", "fee", "net")
    )
    return BalanceEntry(
        entry_ref=str(transaction["id"]),
        kind=_KINDS.get(category, EntryKind.OTHER) if is_yen else EntryKind.NOT_YEN,
        amount_yen=amount_yen,
        fee_yen=fee_yen,
        net_yen=net_yen,
        entered_at=mapping.moment_from_seconds(transaction["created"]),
        available_at=mapping.moment_from_seconds(transaction["available_on"]),
        source_ref=mapping.ref(source),
        charge_ref=str(charge.get("id", "")),
        key=str((charge.get("metadata") or {}).get(mapping.KEY_FIELD) or ""),
    )


def _charge(source: object, charge_of: Callable[[str], Charge]) -> Charge:
    if not isinstance(source, Mapping):
        return {}
    if source.get("object") == "charge":
        return source
    behind = mapping.ref(source.get("charge"))
    return charge_of(behind) if behind else {}


def day_sum(entries: Iterable[BalanceEntry]) -> DaySum:
    """This will add up what was taken, given back and disputed of our own; others are left out."""
    sums = dict.fromkeys(EntryKind, 0)
    count = 0
    for entry in entries:
        if entry.key:
            sums[entry.kind] += entry.amount_yen
            count += entry.kind is EntryKind.CHARGE
    return DaySum(
        charged_yen=Yen(sums[EntryKind.CHARGE]),
        refunded_yen=Yen(-sums[EntryKind.REFUND] - sums[EntryKind.REFUND_FAILURE]),
        disputed_yen=Yen(-sums[EntryKind.DISPUTE] - sums[EntryKind.DISPUTE_REVERSAL]),
        charge_count=count,
    )


def payout_state(payout: Mapping[str, Any]) -> PayoutState:
    """This will read a Payout."""
    return PayoutState(
        payout_ref=str(payout["id"]),
        amount_yen=mapping.yen_from_amount(payout["amount"], payout["currency"]),
        stage=_PAYOUT_STAGES.get(str(payout["status"]), PayoutStage.UNDER_WAY),
        created_at=mapping.moment_from_seconds(payout["created"]),
        arrives_at=mapping.moment_from_seconds(payout["arrival_date"]),
        is_automatic=bool(payout["automatic"]),
    )


def payouts_in_yen(payouts: Iterable[Mapping[str, Any]]) -> list[PayoutState]:
    """This will read Payouts. One in another currency is left out: as a movement it is named."""
    return [payout_state(one) for one in payouts if one["currency"] == mapping.CURRENCY]

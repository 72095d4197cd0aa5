"""Refunds asked for in the shop's Dashboard, and the provider's part of them."""

from dataclasses import replace
from datetime import date
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.payments import payment_session, refunds, session_words
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector.sessions import Session
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

NOW = months.morning(months.CHARGE_DAY, hour=15)


def paid_december_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """December of a member, paid with 3,000 yen on its day."""
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    provider.now = NOW
    provider.calls.clear()
    outbox_models.OutboxMessage.objects.all().delete()
    return donation_models.PaymentAttempt.objects.get(cycle=cycle)


def paid_term_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """Six boxes for 60,000 yen since November; the second one is with its producer, the third is
    fixed, and nobody knows of the others yet.
    """
    membership = world.member_make(tier=world.prepaid_tier_make(box_source=world.world_make()))
    attempt = months.month_of(membership, 0).attempts.get()
    provider.charges[attempt.key] = months.answer(
        attempt, months.Outcome.SUCCEEDED, provider_ref=attempt.provider_ref
    )
    for day in (world.TODAY, months.LOCK_DAY, date(2026, 12, 30), date(2027, 1, 20)):
        months.run(provider, day)
    return attempt


def ask(
    attempt: donation_models.PaymentAttempt, *, event: str = "refund", **changes: Any
) -> dict[str, Any]:
    """What the app answers when staff ask for something in the Dashboard."""
    session = Session(
        event=f"transaction_{event}_requested",
        digest="digest-1",
        issued_at=NOW,
        key="",
        amount_yen=Yen(3000),
        transaction_id="transaction-1",
        psp_reference=attempt.provider_ref,
        source=None,
        data={},
        refund_reason="誤ってお申し込み",
    )
    return payment_session.session_answer(replace(session, **changes), now=NOW)


def carry_out(*, now: Any = NOW) -> None:
    """The provider's part of every refund that was asked for."""
    for message in outbox_models.OutboxMessage.objects.filter(topic="refund.make"):
        refunds.refund_make(message.payload, now)


def ledger_rows(attempt: donation_models.PaymentAttempt) -> list[int]:
    rows = donation_models.Donation.objects.filter(attempt=attempt).order_by("pk")
    return list(rows.values_list("amount_yen", flat=True))


def topics() -> list[str]:
    rows = outbox_models.OutboxMessage.objects.order_by("topic")
    return [row.payload.get("name", row.topic) for row in rows]


def refusal(code: str, *, result: str = "REFUND_FAILURE", amount: int = 3000) -> dict[str, Any]:
    assert code in session_words.WORDS
    return {
        "result": result,
        "pspReference": "refused-digest-1",
        "amount": amount,
        "message": session_words.words_of(code).both,
    }

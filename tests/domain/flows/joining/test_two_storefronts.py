"""Two requests of the shop at the same moment: one membership, one charge, one refund."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from saleor_ext.contracts.payment import ChargeRequest, ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.payments import payment_session
from saleor_ext.membership import models
from tests.builders import refunding, shop_session, world
from tests.builders.provider import MemoryProvider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.mark.parametrize("second", ["transaction-1", "transaction-2"])
def test_two_payments_at_once_are_one_membership_and_one_payment(
    provider: MemoryProvider, second: str
) -> None:
    # given
    world.world_make()

    # when a double click (the same transaction), or two checkouts in two windows
    answers = at_once(
        lambda: shop_session.ask(),
        lambda: shop_session.ask(transaction_id=second, id="checkout-1"),
    )

    # then
    assert models.Membership.objects.count() == 1
    attempts = donation_models.PaymentAttempt.objects
    assert attempts.filter(state="intent").count() <= 1
    secrets = {answer["data"].get("client_secret") for answer in answers} - {None}
    usable = {
        state.client_secret for state in provider.charges.values() if state.outcome == "pending"
    } & secrets
    assert len(usable) <= 1
    # and whoever asks again gets through
    assert shop_session.ask(transaction_id="transaction-3")["result"] == "CHARGE_ACTION_REQUIRED"
    assert attempts.filter(state="intent").count() == 1


def test_a_window_that_opens_while_the_provider_is_asked_leaves_one_usable_payment(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    world.world_make()
    real = MemoryProvider.charge_open
    inner: list[dict[str, Any]] = []

    def slow(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        if not inner:
            inner.append({})
            (inner[0],) = at_once(lambda: shop_session.ask(transaction_id="transaction-2"))
        return real(self, request)

    monkeypatch.setattr(MemoryProvider, "charge_open", slow)

    # when
    outer = shop_session.ask()

    # then
    assert outer["result"] == "CHARGE_FAILURE"
    assert "client_secret" not in outer["data"]
    assert inner[0]["result"] == "CHARGE_ACTION_REQUIRED"
    assert donation_models.PaymentAttempt.objects.filter(state="intent").count() == 1


def test_a_refund_asked_for_and_heard_of_at_once_is_in_the_ledger_once(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = refunding.paid_december_make(provider)
    refunding.ask(attempt)

    # when
    at_once(
        lambda: refunding.carry_out(),
        lambda: refunding.carry_out(),
        lambda: payment_session.provider_event_handle(
            provider_ref=attempt.provider_ref, kind="refund.created", now=refunding.NOW
        ),
    )

    # then
    assert refunding.ledger_rows(attempt) == [3000, -3000]
    assert len(provider.refunds_of(provider_ref=attempt.provider_ref)) == 1


def test_two_officers_ask_for_the_same_refund(provider: MemoryProvider) -> None:
    # given
    attempt = refunding.paid_december_make(provider)

    # when
    answers = at_once(
        lambda: refunding.ask(attempt), lambda: refunding.ask(attempt, digest="digest-2")
    )

    # then
    assert sorted("result" in answer for answer in answers) == [False, True]
    assert donation_models.Refund.objects.count() == 1


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of them returns; all begin at the same moment."""
    gate = threading.Barrier(len(works), timeout=10)
    results: dict[int, Any] = {}

    def run(number: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = work()
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return [results[number] for number in sorted(results)]

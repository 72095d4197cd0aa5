"""What staff ask of a payment in the Dashboard besides refunds: close it, charge it."""

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import janitor, pay_step
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ask, carry_out, ledger_rows, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    return refunding.paid_december_make(provider)


def test_a_refunded_payment_is_no_success_for_the_shop_any_more(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    carry_out()

    # when
    answer = ask(attempt, event="charge")

    # then
    assert answer == refusal("not_received", result="CHARGE_FAILURE")


def test_a_charge_asked_for_in_the_dashboard_is_answered_from_the_ledger(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    assert ask(attempt, event="charge", amount_yen=Yen(9)) == {
        "result": "CHARGE_SUCCESS",
        "pspReference": attempt.provider_ref,
        "amount": 3000,
    }
    assert provider.calls == []


def test_cancelling_closes_an_open_payment_at_the_provider(provider: MemoryProvider) -> None:
    # given
    cycle = months.month_of(world.draft_make(), 0)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle, is_off_session=False, now=NOW)
    pay_step.charge_open(attempt_id=attempt.pk)
    attempt.refresh_from_db()

    # when
    answer = ask(attempt, event="cancelation", amount_yen=None)

    # then
    assert answer == {"result": "CANCEL_SUCCESS", "pspReference": "pi_1", "amount": 0}
    attempt.refresh_from_db()
    assert attempt.state == "declined"
    assert provider.charges[attempt.key].outcome == "canceled"


def test_money_that_has_come_cannot_be_cancelled(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    answer = ask(attempt, event="cancelation")

    assert answer == refusal("received_already", result="CANCEL_FAILURE")
    assert ledger_rows(attempt) == [3000]


def test_while_the_provider_is_away_nothing_is_called_cancelled(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)
    attempt = months.attempt_make(cycle)
    monkeypatch.setattr(janitor, "attempts_close", lambda **_: False)

    # then
    assert ask(attempt, event="cancelation", psp_reference="", transaction_id="t") == refusal(
        "attempt_unknown", result="CANCEL_FAILURE"
    )
    donation_models.PaymentAttempt.objects.filter(pk=attempt.pk).update(provider_ref="pi_7")
    assert ask(attempt, event="cancelation", psp_reference="pi_7") == refusal(
        "provider_unavailable", result="CANCEL_FAILURE"
    )

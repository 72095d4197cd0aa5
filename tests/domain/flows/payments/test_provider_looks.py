"""A message of the provider that comes while he cannot be asked is not forgotten."""

from datetime import timedelta

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import outbox_run
from saleor_ext.flows.payments import provider_looks
from saleor_ext.outbox import models as outbox_models
from tests.builders import refunding
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ledger_rows

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def attempt(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    return refunding.paid_december_make(provider)


def away(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def silent(*args: object, **kwargs: object) -> None:
        raise error

    for name in ("refunds_of", "disputes_of"):
        monkeypatch.setattr(MemoryProvider, name, silent)


def told(attempt: donation_models.PaymentAttempt, kind: str = "charge.refunded") -> None:
    provider_looks.event_take(provider_ref=attempt.provider_ref, kind=kind, key="", now=NOW)


def looks() -> list[tuple[str, dict[str, int]]]:
    rows = outbox_models.OutboxMessage.objects.filter(topic="payment.look").order_by("pk")
    return list(rows.values_list("state", "payload"))


@pytest.mark.parametrize(
    "error",
    [
        provider_errors.ProviderRetryable("connection_refused"),
        provider_errors.ProviderUnknown("timeout"),
    ],
)
def test_money_given_back_while_nobody_answers_is_in_the_ledger_once_he_does(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    # given
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)
    with monkeypatch.context() as patch:
        away(patch, error)

        # when
        told(attempt)
        outbox_run.outbox_drain(now=NOW)

    # then
    assert ledger_rows(attempt) == [3000]
    assert looks() == [("pending", {"attempt_id": attempt.pk})]

    # and when he answers again
    outbox_run.outbox_drain(now=SOON)

    # then
    attempt.refresh_from_db()
    assert (attempt.state, ledger_rows(attempt)) == ("refunded", [3000, -3000])
    assert looks() == [("done", {"attempt_id": attempt.pk})]


def test_a_dispute_is_seen_by_the_same_look(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    provider.dispute(provider_ref=attempt.provider_ref)
    with monkeypatch.context() as patch:
        away(patch, provider_errors.ProviderRetryable("connection_refused"))
        for kind in ("charge.refunded", "charge.dispute.created", "charge.dispute.created"):
            told(attempt, kind)

    # when one look stands for all three
    assert len(looks()) == 1
    outbox_run.outbox_drain(now=SOON)

    # then
    assert ledger_rows(attempt) == [3000, -3000]
    assert donation_models.Dispute.objects.get().state == "open"


def test_a_later_message_is_kept_again_after_a_look_that_is_done(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    for _ in range(2):
        with monkeypatch.context() as patch:
            away(patch, provider_errors.ProviderRetryable("connection_refused"))
            told(attempt)
        outbox_run.outbox_drain(now=SOON)

    # then
    assert [state for state, _ in looks()] == ["done", "done"]


def test_a_message_that_was_answered_leaves_nothing_behind(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)

    told(attempt)

    assert ledger_rows(attempt) == [3000, -3000]
    assert looks() == []


def test_a_message_about_something_else_leaves_nothing_behind(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(monkeypatch, provider_errors.ProviderRetryable("connection_refused"))

    provider_looks.event_take(provider_ref="pi_9", kind="charge.refunded", key="", now=NOW)

    assert looks() == []

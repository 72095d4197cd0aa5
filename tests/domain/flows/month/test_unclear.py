"""What staff may do about attempts nobody knows the end of; only the provider makes money."""

from datetime import timedelta
from typing import Any

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import errors, models, selectors
from saleor_ext.flows.errors import ProviderAway
from saleor_ext.flows.month import charging, janitor, settle, unclear
from saleor_ext.membership import errors as membership_errors
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

BEGUN = months.morning(months.CHARGE_DAY)
LATER = BEGUN + timedelta(hours=1)
STAFF = "staff:sato"


def lost_make(provider: MemoryProvider, said: str = "lost_answer") -> models.PaymentAttempt:
    cycle = months.december_make(provider)
    provider.now = BEGUN
    provider.next_outcomes = [said]
    charging.cycle_charge(cycle_id=cycle.pk, now=BEGUN, actor="test")
    return models.PaymentAttempt.objects.get(cycle=cycle)


def away(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
    def silent(*args: object, **kwargs: object) -> None:
        raise error or provider_errors.ProviderRetryable("connection_refused")

    monkeypatch.setattr(MemoryProvider, "charge_find", silent)
    monkeypatch.setattr(MemoryProvider, "charge_fetch", silent)


def close(attempt: models.PaymentAttempt, **changes: Any) -> models.PaymentAttempt:
    values = {"reason": "画面で確認", "now": LATER, "actor": STAFF}
    return unclear.attempt_close(attempt_id=attempt.pk, **values | changes)


def name(attempt: models.PaymentAttempt, ref: str) -> models.PaymentAttempt:
    return unclear.attempt_name(
        attempt_id=attempt.pk, provider_ref=ref, reason="画面で確認", now=LATER, actor=STAFF
    )


def notes(attempt: models.PaymentAttempt) -> list[tuple[str, str]]:
    return list(attempt.notes.order_by("pk").values_list("kind", "reason"))


def test_asking_again_brings_what_the_provider_says(provider: MemoryProvider) -> None:
    attempt = lost_make(provider)

    settled = unclear.attempt_ask(attempt_id=attempt.pk, now=LATER, actor=STAFF)

    assert settled.state == "succeeded"
    assert world.donated_count() == 2
    assert notes(attempt) == [("asked", "")]


def test_asking_in_vain_is_written_down(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = lost_make(provider)
    away(monkeypatch)

    with pytest.raises(ProviderAway):
        unclear.attempt_ask(attempt_id=attempt.pk, now=LATER, actor=STAFF)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.look_count, attempt.look_code) == (
        "unknown",
        1,
        "connection_refused",
    )


def test_the_payment_on_the_providers_page_counts_once_he_confirms_it(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a provider who cannot find the attempt by its key
    attempt = lost_make(provider)
    monkeypatch.setattr(MemoryProvider, "charge_find", lambda *a, **k: None)
    ref = provider.charges[attempt.key].provider_ref

    # when
    settled = name(attempt, ref)

    # then
    assert (settled.state, settled.provider_ref) == ("succeeded", ref)
    assert notes(attempt) == [("named", "画面で確認")]


def test_another_payment_is_never_taken_for_it(provider: MemoryProvider) -> None:
    # given somebody else's payment
    attempt = lost_make(provider)
    other = world.member_make(tier=attempt.cycle.tier, donor=world.donor_make(name="taro"))
    months.run(provider, months.LOCK_DAY)
    taken = months.month_of(other, 1)
    charging.cycle_charge(cycle_id=taken.pk, now=BEGUN, actor="test")
    ref = models.PaymentAttempt.objects.get(cycle=taken).provider_ref
    before = world.donated_count()

    # then
    for wrong in (ref, "pi_nothing"):
        with pytest.raises(errors.PaymentOfAnother):
            name(attempt, wrong)
    attempt.refresh_from_db()
    assert (attempt.state, notes(attempt), world.donated_count()) == ("unknown", [], before)


def test_no_money_on_the_providers_page_frees_the_month(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = lost_make(provider, said="never_arrived")
    away(monkeypatch)

    # when
    settled = close(attempt)

    # then
    assert (settled.state, settled.decline_code) == ("declined", "closed_by_staff")
    assert notes(attempt) == [("closed", "画面で確認")]
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state, cycle.next_try_on) == ("locked", months.CHARGE_DAY)
    assert world.donated_count() == 1


def test_the_providers_word_goes_before_that_of_staff(provider: MemoryProvider) -> None:
    attempt = lost_make(provider)

    settled = close(attempt)

    assert settled.state == "succeeded"
    assert notes(attempt) == [("asked", "画面で確認")]


def test_money_that_turns_up_after_closing_is_believed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = lost_make(provider)
    with monkeypatch.context() as patch:
        away(patch)
        close(attempt)

    settle.attempt_settle(attempt_id=attempt.pk, now=LATER + timedelta(days=1), actor="provider")

    attempt.refresh_from_db()
    assert (attempt.state, world.donated_count()) == ("succeeded", 2)


def test_closing_needs_a_reason_an_open_attempt_and_a_moment(provider: MemoryProvider) -> None:
    attempt = lost_make(provider, said="never_arrived")

    with pytest.raises(membership_errors.ReasonMissing):
        close(attempt, reason=" ")
    with pytest.raises(errors.AttemptYoung):
        close(attempt, now=BEGUN + timedelta(seconds=119))
    close(attempt)
    with pytest.raises(errors.AttemptSettled):
        close(attempt)
    assert len(notes(attempt)) == 1


def test_memberships_that_have_their_word_go_on_together(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two who wait, and the provider's word for one of them
    attempt = lost_make(provider)
    other = world.member_make(tier=attempt.cycle.tier, donor=world.donor_make(name="taro"))
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["lost_answer"]
    charging.cycle_charge(cycle_id=months.month_of(other, 1).pk, now=BEGUN, actor="test")
    with monkeypatch.context() as patch:
        away(patch)
        janitor.attempts_settle_open(now=BEGUN + timedelta(days=3))
    assert selectors.attempts_unclear().count() == 2
    unclear.attempt_ask(attempt_id=attempt.pk, now=LATER, actor=STAFF)

    # when
    with pytest.raises(membership_errors.ReasonMissing):
        unclear.memberships_resume(reason="", now=LATER, actor=STAFF)
    resumed = unclear.memberships_resume(reason="結果を確認", now=LATER, actor=STAFF)

    # then
    states = membership_models.Membership.objects.order_by("pk").values_list("state", flat=True)
    assert (resumed, list(states)) == (unclear.Resumed(count=1), ["active", "parked"])

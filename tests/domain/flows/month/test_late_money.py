"""Money of an attempt that was closed without the provider's word turns up: nobody pays twice."""

from datetime import timedelta

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import Outcome
from saleor_ext.donations import errors, models
from saleor_ext.flows import tasks
from saleor_ext.flows.month import charging, janitor, pay_step, settle, unclear
from saleor_ext.flows.payments import payment_session
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

BEGUN = months.morning(months.CHARGE_DAY)
LATER = BEGUN + timedelta(hours=1)
STAFF = "staff:sato"


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: object, **kwargs: object) -> None:
        raise provider_errors.ProviderRetryable("connection_refused")

    for name in ("charge_find", "charge_fetch", "charge_cancel"):
        monkeypatch.setattr(MemoryProvider, name, silent)


def closed_make(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, said: str = "lost_answer"
) -> models.PaymentAttempt:
    """An attempt whose answer was lost and that staff closed while nobody could be asked."""
    cycle = months.december_make(provider)
    provider.now = BEGUN
    provider.next_outcomes = [said]
    charging.cycle_charge(cycle_id=cycle.pk, now=BEGUN, actor="test")
    attempt = models.PaymentAttempt.objects.get(cycle=cycle)
    with monkeypatch.context() as patch:
        away(patch)
        unclear.attempt_close(attempt_id=attempt.pk, reason="画面で確認", now=LATER, actor=STAFF)
    provider.calls.clear()
    return attempt


def stood(cycle: membership_models.Cycle) -> list[tuple[str, str]]:
    """How each attempt of a month stands, first one first."""
    rows = models.PaymentAttempt.objects.filter(cycle=cycle).order_by("number")
    return list(rows.values_list("state", "decline_code"))


def is_charged_once(provider: MemoryProvider, cycle: membership_models.Cycle) -> bool:
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    donations = models.Donation.objects.filter(attempt__cycle=cycle).count()
    return (len(provider.succeeded()), donations, membership.state) == (1, 1, "active")


def hear(provider: MemoryProvider, attempt: models.PaymentAttempt) -> None:
    """The provider's message that the attempt brought its money."""
    payment_session.provider_event_handle(
        provider_ref=provider.charges[attempt.key].provider_ref,
        kind="payment_intent.succeeded",
        key=attempt.key,
        now=LATER,
    )


def test_the_providers_message_about_a_closed_attempt_leads_to_it_by_our_key(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch)
    ref = provider.charges[attempt.key].provider_ref

    # when the provider speaks again
    hear(provider, attempt)
    months.run(provider, months.CHARGE_DAY, hour=12)

    # then
    attempt.refresh_from_db()
    assert (attempt.state, attempt.provider_ref) == ("succeeded", ref)
    assert stood(attempt.cycle) == [("succeeded", "")]
    assert is_charged_once(provider, attempt.cycle)


def test_the_task_hands_the_key_on(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = closed_make(provider, monkeypatch)

    tasks.payments_event(provider_ref="pi_1", kind="charge.succeeded", key=attempt.key)

    attempt.refresh_from_db()
    assert attempt.state == "succeeded"


def test_a_message_with_a_key_is_not_believed_itself(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an attempt of which the provider knows nothing
    attempt = closed_make(provider, monkeypatch, said="never_arrived")
    before = models.PaymentAttempt.objects.values().get(pk=attempt.pk)

    # when
    for key in (attempt.key, f"{attempt.key}-r1", "fs-nobody-1-a1", ""):
        payment_session.provider_event_handle(
            provider_ref="pi_of_somebody_else",
            kind="payment_intent.succeeded",
            key=key,
            now=LATER,
        )

    # then
    assert models.PaymentAttempt.objects.values().get(pk=attempt.pk) == before
    assert world.donated_count() == 1


def test_an_attempt_that_is_being_asked_for_waits_for_its_own_answer(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = months.attempt_make(months.december_make(provider), now=BEGUN)
    provider.charges[attempt.key] = months.answer(attempt, Outcome.SUCCEEDED)

    # when
    hear(provider, attempt)

    # then
    attempt.refresh_from_db()
    assert (attempt.state, provider.calls) == ("intent", [])


def test_a_payment_open_in_the_browser_is_closed_when_the_earlier_ones_money_turns_up(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a donor before his card field, since his month was taken for unpaid
    attempt = closed_make(provider, monkeypatch)
    second = months.attempt_make(attempt.cycle, is_off_session=False, now=LATER)
    pay_step.charge_open(attempt_id=second.pk)

    # when
    hear(provider, attempt)

    # then
    assert stood(attempt.cycle) == [("succeeded", ""), ("declined", "abandoned")]
    assert provider.charges[second.key].outcome is Outcome.CANCELED
    assert is_charged_once(provider, attempt.cycle)


@pytest.mark.parametrize("is_found_late", [False, True])
def test_a_run_looks_for_the_earlier_ones_money_before_it_asks_again(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, is_found_late: bool
) -> None:
    # given one that staff closed, or of which the provider said that he had never heard
    if is_found_late:
        cycle = months.december_make(provider)
        provider.now = BEGUN
        provider.next_outcomes = ["lost_answer"]
        charging.cycle_charge(cycle_id=cycle.pk, now=BEGUN, actor="test")
        with monkeypatch.context() as patch:
            patch.setattr(MemoryProvider, "charge_find", lambda *a, **k: None)
            janitor.attempts_settle_open(now=LATER)
        attempt = models.PaymentAttempt.objects.get(cycle=cycle)
        provider.calls.clear()
    else:
        attempt = closed_make(provider, monkeypatch)

    # when no message came
    report = months.run(provider, months.CHARGE_DAY, hour=12)

    # then
    assert (report.charged, report.donations_yen) == (1, 3000)
    assert provider.calls == [f"find {attempt.key}"]
    assert stood(attempt.cycle) == [("succeeded", ""), ("declined", "never_asked")]
    assert is_charged_once(provider, attempt.cycle)
    assert months.month_of(attempt.cycle.membership, 1).state == "charged"


def test_a_month_without_earlier_money_is_asked_for_again(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch, said="never_arrived")

    # when
    report = months.run(provider, months.CHARGE_DAY, hour=12)

    # then
    assert report.charged == 1
    again = attempt.key.replace("-a1", "-a2")
    assert provider.calls == [f"find {attempt.key}", f"charge {again}"]
    assert stood(attempt.cycle) == [("declined", "closed_by_staff"), ("succeeded", "")]


def test_what_the_provider_refused_is_not_looked_for_again(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.calls.clear()
    assert cycle.next_try_on is not None

    # when
    months.run(provider, cycle.next_try_on)

    # then
    assert [call.split()[0] for call in provider.calls] == ["charge"]


def test_nothing_is_asked_while_nobody_can_look(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch)

    # when
    with monkeypatch.context() as patch:
        away(patch)
        months.run(provider, months.CHARGE_DAY, hour=12)

    # then
    assert (list(provider.charges), provider.calls) == ([attempt.key], [])
    assert stood(attempt.cycle) == [("declined", "closed_by_staff"), ("intent", "")]

    # and when the provider is back
    janitor.attempts_settle_open(now=BEGUN + timedelta(hours=3))
    months.run(provider, months.CHARGE_DAY, hour=14)

    # then
    assert is_charged_once(provider, attempt.cycle)


@pytest.mark.parametrize(
    ("outcome", "closed"),
    [(Outcome.ACTION_REQUIRED, True), (Outcome.PENDING, True), (Outcome.PROCESSING, False)],
)
def test_an_earlier_payment_still_open_at_the_provider_is_closed_there_first(
    provider: MemoryProvider,
    monkeypatch: pytest.MonkeyPatch,
    outcome: Outcome,
    closed: bool,
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch, said="never_arrived")
    provider.charges[attempt.key] = months.answer(attempt, outcome)
    if not closed:
        monkeypatch.setattr(
            MemoryProvider, "charge_cancel", lambda self, **k: self.charge_fetch(**k)
        )

    # when
    result = charging.cycle_charge(cycle_id=attempt.cycle_id, now=LATER, actor="test")

    # then
    assert result.value == ("charged" if closed else "stopped")
    kept = provider.charges[attempt.key].outcome
    assert kept is (Outcome.CANCELED if closed else Outcome.PROCESSING)
    assert len(provider.succeeded()) == int(closed)


def test_a_look_that_took_too_long_asks_for_nothing(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = closed_make(provider, monkeypatch, said="never_arrived")
    monkeypatch.setattr("saleor_ext.flows.month.asking.LOOK_WITHIN_S", -1.0)

    result = charging.cycle_charge(cycle_id=attempt.cycle_id, now=LATER, actor="test")

    assert result is charging.ChargeResult.STOPPED
    assert provider.succeeded() == []
    assert stood(attempt.cycle) == [("declined", "closed_by_staff"), ("declined", "never_asked")]


def test_a_run_that_dies_before_it_has_written_the_find_down_finds_it_again(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch)

    def gone(**kwargs: object) -> None:
        raise KeyboardInterrupt

    # when
    with monkeypatch.context() as patch:
        patch.setattr(settle, "apply", gone)
        with pytest.raises(KeyboardInterrupt):
            charging.cycle_charge(cycle_id=attempt.cycle_id, now=LATER, actor="test")
    janitor.attempts_settle_open(now=LATER + timedelta(hours=1))
    months.run(provider, months.CHARGE_DAY, hour=14)

    # then
    assert is_charged_once(provider, attempt.cycle)


def test_the_browser_opens_no_card_field_for_a_month_whose_money_turns_up(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch)

    # when
    with pytest.raises(errors.AttemptOpen):
        pay_step.attempt_for_browser(cycle=attempt.cycle, now=LATER, actor="donor:1")

    # then
    assert stood(attempt.cycle) == [("succeeded", "")]
    step = pay_step.settled_step(cycle=attempt.cycle, now=LATER, actor="donor:1")
    assert step is not None
    assert step.state == "done"


def test_a_month_is_not_given_up_while_nobody_can_look(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = closed_make(provider, monkeypatch, said="never_arrived")
    with monkeypatch.context() as patch:
        away(patch)

        # then
        assert not janitor.attempts_close(cycle_id=attempt.cycle_id, now=LATER, actor="test")

    # and when the provider is back
    assert janitor.attempts_close(cycle_id=attempt.cycle_id, now=LATER, actor="test")


def test_two_months_that_are_tried_again_are_read_with_as_few_questions_as_one(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two whose answers were lost and that staff closed
    first = closed_make(provider, monkeypatch)
    other = world.member_make(tier=first.cycle.tier, donor=world.donor_make(name="taro"))
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["lost_answer"]
    charging.cycle_charge(cycle_id=months.month_of(other, 1).pk, now=BEGUN, actor="test")
    second = models.PaymentAttempt.objects.get(cycle__membership=other, cycle__n=1)
    with monkeypatch.context() as patch:
        away(patch)
        unclear.attempt_close(attempt_id=second.pk, reason="画面で確認", now=LATER, actor=STAFF)
    provider.calls.clear()

    # when
    report = months.run(provider, months.CHARGE_DAY, hour=12)

    # then
    assert report.charged == 2
    assert sorted(provider.calls) == sorted([f"find {first.key}", f"find {second.key}"])
    assert len(provider.succeeded()) == 2

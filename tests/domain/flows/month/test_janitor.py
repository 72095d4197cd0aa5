"""Open attempts are asked about until somebody knows: on a schedule, one by one, never for ever."""

from datetime import datetime, timedelta

import pytest

from saleor_ext.common import clock
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.month import asking, charging, janitor, settle
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

BEGUN = months.morning(months.CHARGE_DAY)


def unknown_attempt_make(
    provider: MemoryProvider, *, said: str = "lost_answer"
) -> donation_models.PaymentAttempt:
    """An off-session attempt whose answer was lost."""
    cycle = months.december_make(provider)
    provider.now = BEGUN
    provider.next_outcomes = [said]
    charging.cycle_charge(cycle_id=cycle.pk, now=BEGUN, actor="test")
    return donation_models.PaymentAttempt.objects.get(cycle=cycle)


def first_attempt_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """A donor's attempt that was opened at the provider for his browser."""
    cycle = months.month_of(world.draft_make(tier=world.world_make()), 0)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle, is_off_session=False, now=BEGUN)
    state = provider.charge_open(asking.charge_request(attempt=attempt, cycle=cycle, card=None))
    settle.apply(attempt_id=attempt.pk, state=state, now=BEGUN, actor="test")
    return attempt


def look(after: timedelta) -> janitor.JanitorReport:
    return janitor.attempts_settle_open(now=BEGUN + after)


def silent(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
    """The provider cannot be asked about anything."""

    def away(*args: object, **kwargs: object) -> ChargeState:
        raise error or provider_errors.ProviderUnknown("timeout")

    monkeypatch.setattr(MemoryProvider, "charge_find", away)
    monkeypatch.setattr(MemoryProvider, "charge_fetch", away)


def test_nothing_open_is_nothing_to_look_at(provider: MemoryProvider) -> None:
    assert look(timedelta(days=1)) == janitor.JanitorReport(looked_at=0, unknown=0)


def test_a_lost_answer_is_found_and_written_down(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider)
    before = attempt.state

    # when
    report = look(timedelta(minutes=2))

    # then
    assert before == "unknown"
    assert (report.looked_at, report.unknown) == (1, 0)
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    assert months.month_of(attempt.cycle.membership, 1).state == "charged"
    assert look(timedelta(days=1)).looked_at == 0


def test_an_attempt_nobody_ever_heard_of_may_be_tried_anew(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="never_arrived")

    # when
    report = look(timedelta(minutes=2))

    # then
    assert (report.looked_at, report.unknown) == (1, 0)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == ("declined", "never_reached")
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state, cycle.next_try_on) == ("locked", months.CHARGE_DAY)
    assert cycle.membership.state == "active"


def test_a_young_attempt_is_left_alone(provider: MemoryProvider) -> None:
    # given
    unknown_attempt_make(provider)

    # then
    assert look(timedelta(seconds=59)).looked_at == 0
    assert look(timedelta(seconds=60)).looked_at == 1


def test_looks_become_rarer(provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    unknown_attempt_make(provider)
    silent(monkeypatch)

    # when looking a minute before each turn, and at it
    day = 24 * 60
    turns = [1, 6, 66, 66 + day, 66 + 2 * day, 66 + 3 * day]
    minutes = [
        minute
        for turn in turns
        for minute in (turn - 1, turn)
        if look(timedelta(minutes=minute)).looked_at
    ]

    # then: after 1 minute, 5 minutes later, an hour later, then daily
    assert minutes == turns


@pytest.mark.parametrize(("said", "state"), [("lost_answer", "unknown"), ("down", "intent")])
def test_after_the_towns_days_without_a_word_staff_have_it_and_looking_goes_on(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, said: str, state: str
) -> None:
    # given
    attempt = unknown_attempt_make(provider, said=said)
    with monkeypatch.context() as patch:
        silent(patch)

        # when
        for day in (1, 2):
            assert look(timedelta(days=day)).unknown == 1
        after_two = standing(attempt)
        look(timedelta(days=3))
        look(timedelta(days=4))

    # then
    assert after_two == (state, False, "active", "")
    assert standing(attempt) == (state, True, "parked", "payment_unknown")
    notes = attempt.notes.values_list("kind", "at", "actor", "reason")
    assert list(notes) == [("parked", BEGUN + timedelta(days=3), "janitor", "payment_unknown")]
    assert attempt.look_code == "timeout"

    # and when the provider speaks again
    look(timedelta(days=5))

    # then
    assert standing(attempt)[0] == ("succeeded" if said == "lost_answer" else "declined")
    assert standing(attempt)[2] == "parked"


def standing(attempt: donation_models.PaymentAttempt) -> tuple[str, bool, str, str]:
    """State, whether it waits for staff, and the same of its membership."""
    attempt.refresh_from_db()
    membership = membership_models.Membership.objects.get(pk=attempt.membership_id)
    return attempt.state, bool(attempt.parked_at), membership.state, membership.parked_reason


def test_a_provider_that_is_away_does_not_stop_somebody_from_joining(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = first_attempt_make(provider)
    silent(monkeypatch)

    look(timedelta(days=3))

    assert standing(attempt) == ("intent", True, "draft", "")


def test_a_donor_who_has_time_left_is_not_put_before_staff(provider: MemoryProvider) -> None:
    attempt = first_attempt_make(provider)
    town = world.town_make()
    town.attempt_park_days = 1
    town.save(update_fields=["attempt_park_days"])

    look(timedelta(hours=23))

    assert standing(attempt) == ("intent", False, "draft", "")


def test_a_payment_the_donor_left_is_closed_after_a_day(provider: MemoryProvider) -> None:
    # given
    attempt = first_attempt_make(provider)

    # when
    early = look(timedelta(hours=23, minutes=59))
    attempt.refresh_from_db()
    still = attempt.state
    late = look(timedelta(hours=24, minutes=59, seconds=59))

    # then
    assert (early.looked_at, early.unknown, still) == (1, 0, "intent")
    attempt.refresh_from_db()
    assert (late.looked_at, attempt.state, attempt.decline_code) == (1, "declined", "abandoned")
    assert provider.charges[attempt.key].outcome is Outcome.CANCELED
    membership = membership_models.Membership.objects.get(pk=attempt.cycle.membership_id)
    assert membership.state == "draft"


def test_a_donor_who_paid_in_the_last_moment_is_not_cancelled(provider: MemoryProvider) -> None:
    # given
    attempt = first_attempt_make(provider)
    provider.confirm(attempt.key)

    # when
    look(timedelta(hours=25))

    # then
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    membership = membership_models.Membership.objects.get(pk=attempt.cycle.membership_id)
    assert membership.state == "active"


def test_a_donor_who_pays_while_he_is_being_cancelled_is_believed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = first_attempt_make(provider)
    real = MemoryProvider.charge_cancel

    def pays_first(self: MemoryProvider, *, provider_ref: str) -> ChargeState:
        self.confirm(attempt.key)
        return real(self, provider_ref=provider_ref)

    monkeypatch.setattr(MemoryProvider, "charge_cancel", pays_first)

    # when
    look(timedelta(hours=25))

    # then
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    assert world.donated_count() == 1


def test_a_first_payment_that_was_never_opened_is_closed(provider: MemoryProvider) -> None:
    # given
    cycle = months.month_of(world.draft_make(tier=world.world_make()), 0)
    world.first_lock(cycle=cycle)
    attempt = months.attempt_make(cycle, is_off_session=False, now=BEGUN)

    # when
    look(timedelta(minutes=2))

    # then
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == ("declined", "never_reached")


def test_a_bank_that_waits_for_the_donor_in_vain_is_closed_after_a_day(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="authentication_required")
    before = attempt.state

    # when
    look(timedelta(hours=23))
    between = donation_models.PaymentAttempt.objects.get(pk=attempt.pk).state
    look(timedelta(hours=25))

    # then
    attempt.refresh_from_db()
    assert (before, between, attempt.state) == ("action_required", "action_required", "declined")
    assert provider.charges[attempt.key].outcome is Outcome.CANCELED
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state, cycle.next_try_on) == ("locked", None)
    assert cycle.membership.state == "past_due"


def test_a_question_the_provider_refuses_is_for_staff_and_is_not_repeated_every_minute(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = unknown_attempt_make(provider)
    silent(monkeypatch, provider_errors.ProviderPermanent("resource_missing"))

    # when
    first = look(timedelta(minutes=2))
    second = look(timedelta(minutes=3))

    # then
    assert (first.looked_at, first.unknown) == (1, 1)
    assert second.looked_at == 0
    membership = membership_models.Membership.objects.get(pk=attempt.cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "provider: resource_missing")


def test_one_attempts_trouble_does_not_stop_the_others(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    tier = world.world_make()
    for name in ("hanako", "taro"):
        world.member_make(tier=tier, donor=world.donor_make(name=name))
    months.run(provider, months.LOCK_DAY)
    provider.next_outcomes = ["lost_answer", "lost_answer"]
    months.run(provider, months.CHARGE_DAY)
    first, second = donation_models.PaymentAttempt.objects.filter(cycle__n=1).order_by("pk")
    real = settle.attempt_settle

    def fails_once(*, attempt_id: int, now: datetime, actor: str) -> donation_models.PaymentAttempt:
        if attempt_id == first.pk:
            raise ZeroDivisionError
        return real(attempt_id=attempt_id, now=now, actor=actor)

    monkeypatch.setattr(settle, "attempt_settle", fails_once)

    # when
    report = look(timedelta(minutes=2))

    # then
    assert (report.looked_at, report.unknown) == (2, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.look_count, second.state) == ("unknown", 1, "succeeded")


def test_an_answer_written_down_while_the_janitor_asks_is_kept(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="never_arrived")

    def answered_meanwhile(self: MemoryProvider, **kwargs: object) -> None:
        settle.apply(
            attempt_id=attempt.pk,
            state=months.answer(attempt, Outcome.SUCCEEDED),
            now=BEGUN,
            actor="webhook",
        )

    monkeypatch.setattr(MemoryProvider, "charge_find", answered_meanwhile)

    # when
    report = look(timedelta(minutes=2))

    # then
    assert (report.looked_at, report.unknown) == (1, 0)
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"


def test_closing_a_months_payment_says_whether_another_may_begin(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="authentication_required")
    cycle_id = attempt.cycle_id

    # then
    assert janitor.attempts_close(cycle_id=cycle_id, now=BEGUN, actor="test")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == ("declined", "authentication_required")
    assert janitor.attempts_close(cycle_id=cycle_id, now=BEGUN, actor="test")


def test_a_payment_that_brought_its_money_is_not_closed(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider)

    # then
    assert not janitor.attempts_close(cycle_id=attempt.cycle_id, now=BEGUN, actor="test")
    assert not janitor.attempts_close(cycle_id=attempt.cycle_id, now=BEGUN, actor="test")
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"


def test_a_payment_that_may_still_be_on_its_way_is_not_closed(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="never_arrived")
    soon, later = BEGUN + timedelta(seconds=60), BEGUN + timedelta(seconds=120)

    # then
    assert not janitor.attempts_close(cycle_id=attempt.cycle_id, now=soon, actor="test")
    attempt.refresh_from_db()
    assert attempt.state == "unknown"
    assert janitor.attempts_close(cycle_id=attempt.cycle_id, now=later, actor="test")


def test_a_payment_nobody_can_ask_about_is_not_closed(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = unknown_attempt_make(provider)
    silent(monkeypatch)

    # then
    assert not janitor.attempts_close(cycle_id=attempt.cycle_id, now=BEGUN, actor="test")
    attempt.refresh_from_db()
    assert attempt.state == "unknown"


def test_the_providers_message_before_its_lost_answer_is_a_charged_month(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.december_make(provider)

    def message_first(self: MemoryProvider, request: object) -> ChargeState:
        attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
        settle.apply(
            attempt_id=attempt.pk,
            state=months.answer(attempt, Outcome.SUCCEEDED),
            now=BEGUN,
            actor="webhook",
        )
        raise provider_errors.ProviderUnknown("timeout")

    monkeypatch.setattr(MemoryProvider, "charge_off_session", message_first)

    # when
    result = charging.cycle_charge(cycle_id=cycle.pk, now=BEGUN, actor="test")

    # then
    assert result is charging.ChargeResult.CHARGED
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    assert membership.state == "active"


def test_looking_at_a_closed_attempt_again_changes_nothing(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="never_arrived")
    look(timedelta(minutes=2))
    before = donation_models.PaymentAttempt.objects.values().get(pk=attempt.pk)

    # when
    settle.attempt_settle(attempt_id=attempt.pk, now=BEGUN + timedelta(days=1), actor="test")

    # then
    assert donation_models.PaymentAttempt.objects.values().get(pk=attempt.pk) == before


def test_a_late_message_for_a_closed_attempt_is_still_believed(provider: MemoryProvider) -> None:
    # given
    attempt = unknown_attempt_make(provider, said="never_arrived")
    look(timedelta(minutes=2))

    # when
    donation_services.attempt_opened(attempt_id=attempt.pk, provider_ref="pi_late")
    settle.apply(
        attempt_id=attempt.pk,
        state=months.answer(attempt, Outcome.SUCCEEDED),
        now=BEGUN + timedelta(hours=1),
        actor="webhook",
    )

    # then
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    assert months.month_of(attempt.cycle.membership, 1).state == "charged"


def test_while_the_trials_days_fly_past_nobody_has_left_his_card(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = first_attempt_make(provider)
    monkeypatch.setattr(clock, "is_held", lambda: True)

    # when
    look(timedelta(days=30))

    # then
    attempt.refresh_from_db()
    assert attempt.state == "intent"
    assert provider.charges[attempt.key].outcome is Outcome.PENDING

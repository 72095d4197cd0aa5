"""Paying one month in the browser: what the donor is shown next, however often he comes back."""

from datetime import timedelta

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeRequest, ChargeState, Outcome
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.joining import join
from saleor_ext.flows.month import pay_step
from saleor_ext.membership import models as membership_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = world.NOW


def first_month_make() -> membership_models.Cycle:
    """The locked first month of somebody before the card form."""
    cycle = months.month_of(world.draft_make(tier=world.world_make()), 0)
    world.first_lock(cycle=cycle)
    return months.month_of(cycle.membership, 0)


def open_form(cycle: membership_models.Cycle) -> pay_step.PayStep:
    """What joining does once the shop knows of the payment."""
    settled = pay_step.settled_step(cycle=cycle, now=NOW, actor="test")
    if settled is not None:
        return settled
    attempt = pay_step.attempt_for_browser(cycle=cycle, now=NOW, actor="test")
    return pay_step.step_open(cycle=cycle, attempt_id=attempt.pk, now=NOW, actor="test")


def finish(cycle: membership_models.Cycle) -> pay_step.PayStep:
    return join.join_finish(membership_id=cycle.membership_id, now=NOW, actor="test")


def attempt_of(cycle: membership_models.Cycle) -> donation_models.PaymentAttempt:
    return donation_models.PaymentAttempt.objects.get(cycle=cycle)


def test_the_donor_gets_what_his_browser_needs_for_the_card_form(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()

    # when
    step = open_form(cycle)

    # then
    assert step == pay_step.PayStep(
        state="confirm",
        amount_yen=3000,
        membership_public_id=cycle.membership.public_id,
        client_secret="pi_1_secret",
        publishable_key="pk_test",
        script_url="http://127.0.0.1/stripe.js",
    )
    assert "pi_1_secret" not in repr(step)


def test_reload_and_back_button_find_the_same_payment(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()

    # when
    steps = [open_form(cycle) for _ in range(3)]

    # then
    assert steps[0] == steps[1] == steps[2]
    assert donation_models.PaymentAttempt.objects.count() == 1
    assert len(provider.charges) == 1
    assert provider.calls == [f"open {attempt_of(cycle).key}"]


def test_a_double_click_finds_the_payment_the_other_click_began(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = first_month_make()
    first = months.attempt_make(cycle, is_off_session=False, now=NOW)
    found: list[donation_models.PaymentAttempt | None] = [None]
    real = pay_step.donation_selectors.open_attempt

    def blind_once(*, cycle_id: int) -> donation_models.PaymentAttempt | None:
        return found.pop() if found else real(cycle_id=cycle_id)

    monkeypatch.setattr(pay_step.donation_selectors, "open_attempt", blind_once)

    # when
    attempt = pay_step.attempt_for_browser(cycle=cycle, now=NOW, actor="test")

    # then
    assert attempt == first


def test_a_card_that_goes_through_is_done(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()
    open_form(cycle)
    provider.confirm(attempt_of(cycle).key)

    # when
    steps = [finish(cycle), finish(cycle), open_form(cycle)]

    # then
    assert [step.state for step in steps] == ["done", "done", "done"]
    assert {step.client_secret for step in steps} == {""}
    assert world.donated_count() == 1
    assert months.month_of(cycle.membership, 0).membership.state == "active"


def test_a_declined_card_leaves_the_same_form_for_another(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()
    opened = open_form(cycle)
    provider.confirm(attempt_of(cycle).key, "insufficient_funds")

    # when
    declined = finish(cycle)
    reloaded = open_form(cycle)
    provider.confirm(attempt_of(cycle).key)
    done = finish(cycle)

    # then
    assert (declined.state, declined.decline_code) == ("declined", "insufficient_funds")
    assert declined.client_secret == opened.client_secret
    assert reloaded == declined
    assert done.state == "done"
    assert donation_models.PaymentAttempt.objects.count() == 1


def test_whoever_left_his_banks_page_may_go_on(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()
    opened = open_form(cycle)
    key = attempt_of(cycle).key
    provider.charges[key] = months.answer(
        attempt_of(cycle),
        Outcome.ACTION_REQUIRED,
        provider_ref="pi_1",
        decline_code="",
        client_secret="pi_1_secret",
    )

    # when
    step = finish(cycle)

    # then
    assert (step.state, step.client_secret) == ("confirm", opened.client_secret)


@pytest.mark.parametrize("outcome", [Outcome.PROCESSING, Outcome.SUCCEEDED])
def test_no_card_is_asked_for_while_money_may_have_moved(
    provider: MemoryProvider, outcome: Outcome
) -> None:
    # given a bank that is thinking, or one that took another amount
    cycle = first_month_make()
    open_form(cycle)
    attempt = attempt_of(cycle)
    provider.charges[attempt.key] = months.answer(
        attempt, outcome, provider_ref="pi_1", amount_yen=2999, client_secret="secret"
    )

    # when
    steps = [finish(cycle), open_form(cycle)]

    # then
    assert [(step.state, step.client_secret) for step in steps] == [("waiting", "")] * 2
    assert world.donated_count() == 0


@pytest.mark.parametrize(
    "error", [provider_errors.ProviderUnknown, provider_errors.ProviderRetryable]
)
def test_a_provider_that_does_not_answer_lets_the_donor_wait(
    provider: MemoryProvider,
    monkeypatch: pytest.MonkeyPatch,
    error: type[provider_errors.ProviderError],
) -> None:
    # given
    cycle = first_month_make()
    open_form(cycle)

    def away(*args: object, **kwargs: object) -> ChargeState:
        raise error("timeout")

    monkeypatch.setattr(MemoryProvider, "charge_fetch", away)

    # when
    step = finish(cycle)

    # then
    assert (step.state, step.client_secret) == ("waiting", "")
    assert attempt_of(cycle).state == "intent"
    with pytest.raises(errors.ProviderAway):
        open_form(cycle)


def test_a_payment_that_could_not_be_opened_is_opened_at_the_next_try(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = first_month_make()

    def away(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        raise provider_errors.ProviderUnknown("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryProvider, "charge_open", away)
        with pytest.raises(errors.ProviderAway):
            open_form(cycle)

    # when
    step = open_form(cycle)

    # then
    assert step.state == "confirm"
    assert donation_models.PaymentAttempt.objects.count() == 1


def test_finishing_before_anything_was_begun_owes_nothing(provider: MemoryProvider) -> None:
    cycle = first_month_make()

    with pytest.raises(errors.NothingOwed):
        finish(cycle)


def test_finishing_a_payment_that_was_closed_meanwhile_is_a_decline(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = first_month_make()
    attempt = months.attempt_make(cycle, is_off_session=False, now=NOW - timedelta(hours=1))
    first = finish(cycle)

    # when
    again = finish(cycle)

    # then
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == ("declined", "never_reached")
    assert [(step.state, step.decline_code) for step in (first, again)] == [
        ("declined", "never_reached"),
        ("declined", "never_reached"),
    ]


def test_a_form_is_not_shown_for_a_payment_that_was_closed_while_it_opened(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = first_month_make()
    attempt = months.attempt_make(cycle, is_off_session=False, now=NOW)
    real = MemoryProvider.charge_open

    def closed_meanwhile(self: MemoryProvider, request: ChargeRequest) -> ChargeState:
        pay_step.attempts_give_up(membership=cycle.membership, now=NOW, actor="other tab")
        return real(self, request)

    monkeypatch.setattr(MemoryProvider, "charge_open", closed_meanwhile)

    # when
    step = pay_step.step_open(cycle=cycle, attempt_id=attempt.pk, now=NOW, actor="test")

    # then
    assert (step.state, step.client_secret) == ("declined", "")


def test_giving_up_closes_the_payment_at_the_provider(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()
    open_form(cycle)

    # when
    pay_step.attempts_give_up(membership=cycle.membership, now=NOW, actor="test")

    # then
    attempt = attempt_of(cycle)
    assert (attempt.state, provider.charges[attempt.key].outcome) == ("declined", Outcome.CANCELED)


def test_money_that_has_just_come_is_not_given_up(provider: MemoryProvider) -> None:
    # given
    cycle = first_month_make()
    open_form(cycle)
    provider.confirm(attempt_of(cycle).key)

    # when
    with pytest.raises(donation_errors.AttemptOpen):
        pay_step.attempts_give_up(membership=cycle.membership, now=NOW, actor="test")

    # then
    assert attempt_of(cycle).state == "succeeded"


def test_a_donor_is_one_customer_at_the_provider(provider: MemoryProvider) -> None:
    # given
    donor = world.donor_make()

    # when
    first = pay_step.customer_ensure(donor=donor)
    second = pay_step.customer_ensure(donor=donor)

    # then
    assert first == second == f"cus_donor-{donor.pk}-20261124010000"

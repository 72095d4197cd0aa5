"""Making up for a declined month: another card, the bank's confirmation, or nothing to do."""

from datetime import timedelta

import pytest

from saleor_ext.contracts.payment import Outcome
from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import errors
from saleor_ext.flows.month import charging, recover
from saleor_ext.flows.month.pay_step import PayStep
from saleor_ext.flows.payments import payment_session
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY, hour=12)


def pay(cycle: membership_models.Cycle) -> PayStep:
    return recover.recover_pay(membership_id=cycle.membership_id, now=NOW, actor="donor")


def finish(cycle: membership_models.Cycle) -> PayStep:
    return recover.recover_finish(membership_id=cycle.membership_id, now=NOW, actor="donor")


def states_of(cycle: membership_models.Cycle) -> list[tuple[int, str, bool]]:
    rows = donation_selectors.attempts_of_cycle(cycle_id=cycle.pk)
    return [(row.number, row.state, row.is_off_session) for row in rows]


def test_another_card_makes_up_for_the_month_and_is_the_card_from_then_on(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider)
    donation_models.CardOnFile.objects.update(method_ref="pm_old", last4="0002")
    owed = recover.owed_cycle(membership_id=cycle.membership_id)

    # when
    step = pay(cycle)
    same = pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2")
    done = finish(cycle)

    # then
    assert owed == cycle
    assert (step.state, step.amount_yen, step.client_secret) == ("confirm", 3000, "pi_2_secret")
    assert same == step
    assert done.state == "done"
    assert states_of(cycle) == [(1, "declined", True), (2, "succeeded", False)]
    paid = months.month_of(cycle.membership, 1)
    assert (paid.state, paid.next_try_on, paid.membership.state) == ("charged", None, "active")
    card = donation_selectors.card_current(donor_id=cycle.membership.donor_id)
    assert (card.method_ref, card.last4) == ("pm_visa", "4242")
    assert recover.owed_cycle(membership_id=cycle.membership_id) is None


def test_a_recovered_month_is_not_charged_again_on_the_retry_days(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2")
    finish(cycle)

    # when
    first = months.CHARGE_DAY + timedelta(days=1)
    reports = months.run_days(provider, first, first + timedelta(days=10))

    # then
    assert sum(report.due for report in reports) == 0
    assert len(provider.succeeded()) == 1


def test_a_retry_day_does_not_charge_while_the_donor_is_paying(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    pay(cycle)

    # when
    report = months.run(provider, months.CHARGE_DAY + timedelta(days=1))

    # then
    assert report.due == 0
    assert states_of(cycle) == [(1, "declined", True), (2, "intent", False)]


def test_the_banks_confirmation_is_given_with_a_payment_of_the_donors_own(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="authentication_required")
    assert states_of(cycle) == [(1, "action_required", True)]

    # when
    step = pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2")
    done = finish(cycle)

    # then
    assert (step.state, done.state) == ("confirm", "done")
    first_key = f"fs-{cycle.membership.public_id}-1-a1"
    assert provider.charges[first_key].outcome is Outcome.CANCELED
    assert states_of(cycle) == [(1, "declined", True), (2, "succeeded", False)]
    assert len(provider.succeeded()) == 1


def test_a_second_card_that_is_declined_too_leaves_the_form(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider)
    pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2", "expired_card")

    # when
    step = finish(cycle)

    # then
    assert (step.state, step.decline_code) == ("declined", "expired_card")
    assert step.client_secret == "pi_2_secret"
    assert months.month_of(cycle.membership, 1).membership.state == "past_due"


def test_back_from_the_card_page_the_providers_message_has_settled_it_already(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider)
    pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2")
    payment_session.provider_event_handle(provider_ref="pi_2", now=NOW)

    # when
    step = finish(cycle)

    # then
    assert step.state == "done"
    assert world.donated_count() == 2


def test_a_member_who_owes_nothing_is_told_so(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)

    # then
    with pytest.raises(errors.NothingOwed):
        pay(cycle)
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 0


def test_whoever_never_paid_in_the_browser_has_nothing_to_finish(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    donation_models.PaymentAttempt.objects.update(is_off_session=True)

    # then
    with pytest.raises(errors.NothingOwed):
        finish(cycle)


def test_a_month_that_was_given_up_is_not_owed_any_more(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider)
    membership_models.Cycle.objects.filter(pk=cycle.pk).update(
        state="failed", reason="not_paid_in_time"
    )

    # then
    assert recover.owed_cycle(membership_id=cycle.membership_id) is None
    with pytest.raises(errors.NothingOwed):
        pay(cycle)


@pytest.mark.parametrize("move", ["park", "end"])
def test_a_membership_that_waits_for_staff_or_ends_is_not_asked_for_money(
    provider: MemoryProvider, move: str
) -> None:
    # given
    cycle = months.declined_december_make(provider)
    service = {
        "park": membership_services.membership_park,
        "end": membership_services.membership_end,
    }[move]
    service(membership_id=cycle.membership_id, now=NOW, actor="staff:1", reason="why")

    # then
    with pytest.raises(errors.NothingOwed):
        pay(cycle)
    assert states_of(cycle) == [(1, "declined", True)]


def test_the_oldest_owed_month_comes_first(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider)
    january = months.month_of(cycle.membership, 2)
    world.first_lock(cycle=january)
    provider.next_outcomes = ["lost_card"]
    charging.cycle_charge(cycle_id=january.pk, now=NOW, actor="test")

    # then
    assert recover.owed_cycle(membership_id=cycle.membership_id) == cycle
    pay(cycle)
    provider.confirm(f"fs-{cycle.membership.public_id}-1-a2")
    finish(cycle)
    assert recover.owed_cycle(membership_id=cycle.membership_id) == january


def test_no_card_is_asked_for_while_a_retry_is_on_its_way(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    months.attempt_make(cycle, now=NOW)

    # when
    with pytest.raises(donation_errors.AttemptOpen):
        pay(cycle)

    # then
    assert states_of(cycle) == [(1, "declined", True), (2, "intent", True)]


def test_while_the_answer_of_a_retry_is_lost_the_donor_waits(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.next_outcomes = ["never_arrived"]
    charging.cycle_charge(cycle_id=cycle.pk, now=NOW + timedelta(days=1), actor="test")

    # when
    steps = [pay(cycle), finish(cycle)]

    # then
    assert [(step.state, step.client_secret) for step in steps] == [("waiting", "")] * 2
    assert states_of(cycle) == [(1, "declined", True), (2, "unknown", True)]


def test_a_retry_whose_answer_was_lost_but_whose_money_came_is_done(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.next_outcomes = ["lost_answer"]
    charging.cycle_charge(cycle_id=cycle.pk, now=NOW + timedelta(days=1), actor="test")

    # when
    step = pay(cycle)

    # then
    assert step.state == "done"
    assert months.month_of(cycle.membership, 1).membership.state == "active"

"""The provider's answers, in whatever order: money counts once and is always believed."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest

from saleor_ext.contracts.payment import ChargeState, Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.month import settle
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY, hour=11)


def apply(
    attempt: donation_models.PaymentAttempt, outcome: Outcome, **changes: Any
) -> donation_models.PaymentAttempt:
    return settle.apply(
        attempt_id=attempt.pk,
        state=months.answer(attempt, outcome, **changes),
        now=NOW,
        actor="test",
    )


def first_attempt_make() -> donation_models.PaymentAttempt:
    """The attempt of a donor who is just joining, before his browser."""
    draft = world.draft_make(tier=world.world_make())
    cycle = months.month_of(draft, 0)
    world.first_lock(cycle=cycle)
    return months.attempt_make(cycle, is_off_session=False, now=world.NOW)


def december_attempt_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    return months.attempt_make(months.december_make(provider))


def everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            membership_models.Membership,
            membership_models.MembershipEvent,
            membership_models.Cycle,
            membership_models.CycleEvent,
            donation_models.PaymentAttempt,
            donation_models.PaymentAttemptEvent,
            donation_models.Donation,
            donation_models.CardOnFile,
            outbox_models.OutboxMessage,
        )
    ]


def topics_of(cycle_id: int) -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(payload__cycle_id=cycle_id)
    return sorted(row.payload.get("name", row.topic) for row in rows)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("is_first", [True, False])
def test_an_answer_written_twice_counts_once(
    provider: MemoryProvider, outcome: Outcome, is_first: bool
) -> None:
    # given
    attempt = first_attempt_make() if is_first else december_attempt_make(provider)
    apply(attempt, outcome)
    once = everything()

    # when
    apply(attempt, outcome)

    # then
    assert everything() == once


PAIRS = list(itertools.permutations(list(Outcome), 2))


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_money_that_was_said_once_is_there_whatever_else_is_said(
    provider: MemoryProvider, first: Outcome, second: Outcome
) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when
    apply(attempt, first)
    apply(attempt, second)

    # then
    has_money = Outcome.SUCCEEDED in {first, second}
    assert donation_models.Donation.objects.filter(attempt=attempt).count() == has_money
    attempt.refresh_from_db()
    assert (attempt.state == "succeeded") == has_money
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state == "charged") == has_money
    if has_money:
        assert cycle.membership.state == "active"
        assert cycle.next_try_on is None
        assert topics_of(cycle.pk).count("order.pay") == 1
        assert topics_of(cycle.pk).count("donation_received") == 1


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([Outcome.DECLINED, Outcome.SUCCEEDED, Outcome.CANCELED])),
)
def test_three_answers_in_any_order_are_one_donation(
    provider: MemoryProvider, order: tuple[Outcome, ...]
) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when
    for outcome in order:
        apply(attempt, outcome)

    # then
    assert donation_models.Donation.objects.filter(attempt=attempt).count() == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.decline_code) == ("succeeded", "")


def test_the_first_donation_makes_a_member(provider: MemoryProvider) -> None:
    # given
    attempt = first_attempt_make()
    cycle = attempt.cycle

    # when
    settled = apply(attempt, Outcome.SUCCEEDED)

    # then
    assert (settled.state, settled.charge_ref) == ("succeeded", f"ch_of_{attempt.key}")
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.started_at) == ("active", NOW)
    assert months.month_of(membership, 0).state == "charged"
    card = donation_selectors.card_current(donor_id=membership.donor_id)
    assert (card.last4, card.customer_ref) == ("4242", "cus_1")
    assert topics_of(cycle.pk) == ["donation_received", "order.pay"]


def test_a_first_donation_with_a_checkout_in_the_shop_follows_that_checkout() -> None:
    # given
    attempt = first_attempt_make()
    membership_models.Cycle.objects.filter(pk=attempt.cycle_id).update(
        shop_checkout_id="checkout-1", shop_transaction_id="transaction-1"
    )

    # when
    apply(attempt, Outcome.SUCCEEDED)

    # then
    assert topics_of(attempt.cycle_id) == ["donation_received", "order.first"]


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.PROCESSING])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_answer_that_is_none_changes_only_the_reference(
    provider: MemoryProvider, outcome: Outcome, is_first: bool
) -> None:
    # given
    attempt = first_attempt_make() if is_first else december_attempt_make(provider)
    events = donation_models.PaymentAttemptEvent.objects.count()

    # when
    settled = apply(attempt, outcome)

    # then
    assert (settled.state, settled.provider_ref) == ("intent", f"pi_of_{attempt.key}")
    assert donation_models.PaymentAttemptEvent.objects.count() == events


def test_a_decline_before_the_donors_eyes_leaves_him_his_form() -> None:
    # given
    attempt = first_attempt_make()

    # when
    declined = apply(attempt, Outcome.DECLINED, decline_code="incorrect_cvc")

    # then
    assert (declined.state, declined.decline_code) == ("intent", "incorrect_cvc")
    assert outbox_models.OutboxMessage.objects.count() == 0

    # and when
    paid = apply(attempt, Outcome.SUCCEEDED)

    # then
    assert (paid.state, paid.decline_code) == ("succeeded", "")


def test_a_payment_the_donor_left_is_closed_as_abandoned() -> None:
    # given
    attempt = first_attempt_make()

    # when
    closed = apply(attempt, Outcome.CANCELED)

    # then
    assert (closed.state, closed.decline_code, closed.settled_at) == ("declined", "abandoned", NOW)
    assert months.month_of(attempt.cycle.membership, 0).state == "locked"


def test_a_soft_decline_plans_the_next_try_and_tells_the_donor(provider: MemoryProvider) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when
    apply(attempt, Outcome.DECLINED)

    # then
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state, cycle.next_try_on) == ("locked", date(2026, 12, 25))
    assert cycle.membership.state == "past_due"
    assert cycle.membership.events.last().reason == "insufficient_funds"
    assert "charge_failed" in topics_of(cycle.pk)


def test_a_hard_decline_plans_no_try(provider: MemoryProvider) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when
    settled = apply(attempt, Outcome.DECLINED, decline_code="lost_card", is_retryable=False)

    # then
    assert settled.is_retryable is False
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.next_try_on, cycle.membership.state) == (None, "past_due")


def test_a_bank_that_wants_to_see_the_donor_makes_him_come(provider: MemoryProvider) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when
    settled = apply(attempt, Outcome.ACTION_REQUIRED)

    # then
    assert settled.state == "action_required"
    cycle = months.month_of(attempt.cycle.membership, 1)
    assert (cycle.state, cycle.membership.state) == ("locked", "past_due")
    assert "charge_needs_action" in topics_of(cycle.pk)


WRONG: dict[str, dict[str, object]] = {
    "one yen too little": {"amount_yen": 2999},
    "one yen too much": {"amount_yen": 3001},
    "no moment": {"charged_at": None},
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("is_first", [True, False])
def test_money_that_is_not_what_was_asked_for_is_for_staff(
    provider: MemoryProvider, wrong: str, is_first: bool
) -> None:
    # given
    attempt = first_attempt_make() if is_first else december_attempt_make(provider)
    donations = donation_models.Donation.objects.count()

    # when
    apply(attempt, Outcome.SUCCEEDED, **WRONG[wrong])
    apply(attempt, Outcome.SUCCEEDED, **WRONG[wrong])

    # then
    membership = membership_models.Membership.objects.get(pk=attempt.cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "amount_mismatch")
    assert membership.parked_from == ("draft" if is_first else "active")
    assert donation_models.Donation.objects.count() == donations
    attempt.refresh_from_db()
    assert attempt.state == "intent"


def test_a_free_member_whose_first_donation_is_wrong_is_parked_and_stays_free() -> None:
    # given
    donor = world.donor_make()
    free = membership_services.membership_join_free(
        donor_id=donor.pk, tier=world.free_tier_make(), now=world.NOW, actor="x"
    )
    attempt = first_attempt_make()

    # when
    apply(attempt, Outcome.SUCCEEDED, amount_yen=1)

    # then
    free.refresh_from_db()
    assert free.state == "active"
    draft = membership_models.Membership.objects.get(pk=attempt.cycle.membership_id)
    assert (draft.state, draft.donor_id) == ("parked", donor.pk)


def test_a_second_success_of_one_month_is_for_staff_and_is_no_second_donation(
    provider: MemoryProvider,
) -> None:
    # given
    first = december_attempt_make(provider)
    apply(first, Outcome.DECLINED)
    second = months.attempt_make(first.cycle, is_off_session=False)
    apply(second, Outcome.SUCCEEDED)

    # when
    late = apply(first, Outcome.SUCCEEDED)

    # then
    assert late.state == "declined"
    assert donation_models.Donation.objects.filter(attempt__cycle=first.cycle).count() == 1
    membership = membership_models.Membership.objects.get(pk=first.cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "second_success")


def test_money_for_a_month_that_was_given_up_is_taken_and_shown_to_staff(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = december_attempt_make(provider)
    apply(attempt, Outcome.DECLINED)
    cycle_id = attempt.cycle_id
    membership_models.Cycle.objects.filter(pk=cycle_id).update(
        state="failed", reason="not_paid_in_time"
    )
    membership_models.Membership.objects.update(state="active")

    # when
    apply(attempt, Outcome.SUCCEEDED)

    # then
    membership = membership_models.Membership.objects.get()
    assert (membership.state, membership.parked_reason) == ("parked", "money_after_close")
    assert membership_models.Cycle.objects.get(pk=cycle_id).state == "charged"


def test_a_member_who_owes_two_months_is_active_again_after_the_second(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = december_attempt_make(provider)
    apply(attempt, Outcome.DECLINED)
    january = months.month_of(attempt.cycle.membership, 2)
    world.first_lock(cycle=january)
    other = months.attempt_make(january)
    apply(other, Outcome.DECLINED)

    # when
    apply(attempt, Outcome.SUCCEEDED)
    between = months.month_of(attempt.cycle.membership, 1).membership.state
    apply(other, Outcome.SUCCEEDED)

    # then
    assert between == "past_due"
    assert months.month_of(attempt.cycle.membership, 1).membership.state == "active"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_donation_received_while_parked_is_not_owed_after_unparking(
    provider: MemoryProvider, is_first: bool
) -> None:
    # given
    if is_first:
        attempt = first_attempt_make()
    else:
        attempt = december_attempt_make(provider)
        apply(attempt, Outcome.DECLINED)
    membership_id = attempt.cycle.membership_id
    membership_services.membership_park(
        membership_id=membership_id, now=NOW, actor="staff:1", reason="住所の確認"
    )

    # when
    apply(attempt, Outcome.SUCCEEDED)
    held = membership_models.Membership.objects.get(pk=membership_id)
    membership_services.membership_unpark(
        membership_id=membership_id, now=NOW, actor="staff:1", reason="確認できました"
    )

    # then
    assert (held.state, held.parked_from, held.parked_reason) == ("parked", "active", "住所の確認")
    membership = membership_models.Membership.objects.get(pk=membership_id)
    assert membership.state == "active"
    assert membership.started_at == (NOW if is_first else world.NOW)


@pytest.mark.parametrize(
    ("charged_at", "donated_on", "receipt"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), date(2026, 12, 31), "2026-000002"),
        (datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC), date(2027, 1, 1), "2027-000001"),
    ],
)
def test_the_day_and_the_tax_year_are_those_on_which_the_provider_took_the_money(
    provider: MemoryProvider, charged_at: datetime, donated_on: date, receipt: str
) -> None:
    # given
    attempt = december_attempt_make(provider)

    # when the answer is written down weeks later
    settle.apply(
        attempt_id=attempt.pk,
        state=months.answer(attempt, Outcome.SUCCEEDED, charged_at=charged_at),
        now=datetime(2027, 1, 20, tzinfo=UTC),
        actor="test",
    )

    # then
    donation = donation_models.Donation.objects.get(attempt=attempt)
    assert (donation.donated_on, donation.receipt_label) == (donated_on, receipt)


def test_the_receipt_bears_the_address_of_the_day_the_month_was_locked(
    provider: MemoryProvider,
) -> None:
    # given
    attempt = december_attempt_make(provider)
    membership_services.donor_details_set(
        donor_id=attempt.cycle.membership.donor_id,
        details={"family_name": "新田", "street": "架空坂9", "building": ""},
    )

    # when
    apply(attempt, Outcome.SUCCEEDED)

    # then
    donation = donation_models.Donation.objects.get(attempt=attempt)
    assert donation.donor_name == "山田　花子"
    assert donation.donor_address == "東京都千代田区架空町1-2-3 見本ビル101"


def test_a_settled_attempt_is_not_asked_about_again(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    attempt = december_attempt_make(provider)
    apply(attempt, Outcome.SUCCEEDED)

    def asked(*args: object, **kwargs: object) -> ChargeState:
        raise AssertionError("the provider was asked")

    monkeypatch.setattr(MemoryProvider, "charge_fetch", asked)
    monkeypatch.setattr(MemoryProvider, "charge_find", asked)

    # then
    settled = settle.attempt_settle(attempt_id=attempt.pk, now=NOW, actor="test")
    assert settled.state == "succeeded"

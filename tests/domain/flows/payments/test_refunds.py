"""A donation is given back: asked for in the shop or at the provider, once, and in the ledger."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import refunds as donation_refunds
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows import outbox_run, tasks
from saleor_ext.flows.books import ledger
from saleor_ext.flows.month import listing
from saleor_ext.flows.payments import given_up, refunds, session_words
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ask, carry_out, ledger_rows, refusal, topics

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    return refunding.paid_december_make(provider)


@pytest.fixture
def december(attempt: donation_models.PaymentAttempt) -> membership_models.Cycle:
    return months.month_of(attempt.cycle.membership, 1)


def test_a_request_is_written_down_and_answered_before_any_money_moves(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # when
    answer = ask(attempt)

    # then
    refund = donation_models.Refund.objects.get()
    assert answer == {"pspReference": refund.key, "actions": []}
    assert (refund.key, refund.state) == (f"{attempt.key}-r1", "requested")
    assert (refund.origin, refund.reason) == ("shop", "誤ってお申し込み")
    assert provider.calls == []
    assert ledger_rows(attempt) == [3000]
    assert topics() == ["refund.make"]


def test_money_given_back_is_a_row_of_its_own_that_points_back(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    donation = attempt.donations.get()

    # when
    carry_out()

    # then
    attempt.refresh_from_db()
    assert attempt.state == "refunded"
    assert ledger_rows(attempt) == [3000, -3000]
    correction = donation.corrections.get()
    assert (correction.donated_on, correction.receipt_number) == (months.CHARGE_DAY, None)
    assert (correction.donor_name, correction.refund_ref) == (donation.donor_name, "re_1")
    refund = donation_models.Refund.objects.get()
    assert [event.to_state for event in refund.events.order_by("pk")] == ["requested", "succeeded"]
    assert topics() == ["donation_refunded", "order.refunded", "refund.make", "refund.report"]


def test_the_membership_waits_for_staff_and_its_parcels_stay(
    provider: MemoryProvider,
    december: membership_models.Cycle,
    attempt: donation_models.PaymentAttempt,
) -> None:
    # given
    months.run_days(provider, december.list_on, december.list_on)
    parcel = fulfilment_models.Shipment.objects.get(cycle=december)
    ask(attempt)

    # when
    carry_out()

    # then
    parcel.refresh_from_db()
    assert (parcel.state, parcel.events.latest("pk").reason) == ("cancelled", "refunded")
    membership = membership_models.Membership.objects.get()
    assert (membership.state, membership.parked_reason) == ("parked", "refunded")


def test_a_parcel_that_has_left_stays_the_donors(
    provider: MemoryProvider,
    december: membership_models.Cycle,
    attempt: donation_models.PaymentAttempt,
) -> None:
    # given
    months.run_days(provider, december.list_on, december.list_on)
    parcel = fulfilment_models.Shipment.objects.get(cycle=december)
    fulfilment_services.shipment_shipped(
        producer_id=parcel.producer_id,
        key=parcel.key,
        carrier="yamato",
        tracking_number="123456789012",
        shipped_on=december.list_on,
        now=NOW,
        actor="test",
    )

    # when
    ask(attempt)
    carry_out()

    # then
    parcel.refresh_from_db()
    assert parcel.state == "shipped"
    assert ledger_rows(attempt) == [3000, -3000]


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_no_parcel_is_asked_for_once_a_refund_is_under_way(
    provider: MemoryProvider,
    december: membership_models.Cycle,
    attempt: donation_models.PaymentAttempt,
    is_carried_out: bool,
) -> None:
    # given
    ask(attempt)
    if is_carried_out:
        carry_out()
        membership_models.Membership.objects.update(
            state="active", parked_from="", parked_reason=""
        )

    # then
    assert not listing.cycles_to_list(as_of=december.list_on).filter(pk=december.pk).exists()


def test_a_prepaid_donation_given_back_stops_every_parcel_of_its_term(
    provider: MemoryProvider,
) -> None:
    # given
    source = world.world_make()
    tier = world.prepaid_tier_make(box_source=source)
    membership = world.member_make(tier=tier)
    first = months.month_of(membership, 0)
    attempt = first.attempts.get()
    provider.charges[attempt.key] = months.answer(
        attempt, months.Outcome.SUCCEEDED, provider_ref=attempt.provider_ref
    )
    months.run_days(provider, world.TODAY, first.list_on)
    months.run(provider, months.LOCK_DAY)

    # when
    ask(attempt, amount_yen=Yen(60000))
    carry_out()
    membership_models.Membership.objects.update(state="active", parked_from="", parked_reason="")
    months.run_days(provider, months.CHARGE_DAY, months.CHARGE_DAY + timedelta(days=4))

    # then
    states = fulfilment_models.Shipment.objects.values_list("state", flat=True)
    assert set(states) == {"cancelled"}
    rows = membership.cycles.order_by("n").values_list("n", "state", "reason")
    assert list(rows) == [(0, "charged", ""), *((n, "void", "refunded") for n in range(1, 5))]
    december = months.month_of(membership, 1)
    taken_back = outbox_models.OutboxMessage.objects.filter(topic="order.cancel")
    assert f"order.cancel:{december.pk}" in taken_back.values_list("key", flat=True)


@pytest.mark.parametrize("amount_yen", [1, 2999, 3001, 0])
def test_a_part_and_more_than_there_is_are_refused_in_words(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt, amount_yen: int
) -> None:
    # when
    answer = ask(attempt, amount_yen=Yen(amount_yen))

    # then
    assert answer == refusal("refund_partial", amount=amount_yen)
    assert donation_models.Refund.objects.count() == 0
    assert topics() == []


def test_asking_twice_is_one_refund(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # when
    answers = [ask(attempt), ask(attempt)]
    another = ask(attempt, digest="digest-2", amount_yen=Yen(0))
    carry_out()
    afterwards = ask(attempt, digest="digest-3")
    late_copy = ask(attempt)

    # then
    assert answers[0] == answers[1] == late_copy
    assert another["message"] == session_words.words_of("refund_open").both
    assert afterwards["message"] == session_words.words_of("nothing_to_refund").both
    assert provider.calls == [f"refund {attempt.key}-r1"]
    assert ledger_rows(attempt) == [3000, -3000]


def test_what_was_never_received_cannot_be_given_back(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider)
    attempt = cycle.attempts.get()

    # then
    assert ask(attempt) == refusal("nothing_to_refund")
    assert ask(attempt, psp_reference="pi_of_nobody") == refusal("attempt_unknown")


@pytest.mark.parametrize("said", ["lost_answer", "never_arrived", "down"])
def test_a_lost_answer_is_asked_again_with_the_same_key_and_counts_once(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt, said: str
) -> None:
    # given
    ask(attempt)
    provider.next_refunds = [said]

    # when
    with pytest.raises(provider_errors.ProviderError):
        carry_out()
    state = donation_models.Refund.objects.get().state
    carry_out()
    carry_out()

    # then
    assert state == ("requested" if said == "down" else "unknown")
    assert len(provider.refunds_of(provider_ref=attempt.provider_ref)) == 1
    assert ledger_rows(attempt) == [3000, -3000]


@pytest.mark.parametrize("said", ["refused", "failed"])
def test_a_refund_the_bank_does_not_take_leaves_all_as_it_was(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt, said: str
) -> None:
    # given
    ask(attempt)
    provider.next_refunds = [said]

    # when
    carry_out()

    # then
    refund = donation_models.Refund.objects.get()
    assert (refund.state, bool(refund.failure_code)) == ("failed", True)
    assert ledger_rows(attempt) == [3000]
    assert membership_models.Membership.objects.get().state == "active"
    assert topics() == ["refund.make", "refund.report"]
    # and it may be asked for again
    assert ask(attempt, digest="digest-2")["pspReference"] == f"{attempt.key}-r2"


Step = tuple[Any, str]
STEPS: list[Step] = [
    (MemoryProvider, "refund_create"),
    (donation_refunds, "refund_succeed"),
    (given_up, "parcels_cancel"),
    (refunds, "_report_put"),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
def test_a_crash_at_any_step_is_made_good_by_the_next_run(
    provider: MemoryProvider,
    attempt: donation_models.PaymentAttempt,
    monkeypatch: pytest.MonkeyPatch,
    step: Step,
) -> None:
    # given
    ask(attempt)

    def gone(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    # when
    with monkeypatch.context() as patched:
        patched.setattr(*step, gone)
        with pytest.raises(KeyboardInterrupt):
            carry_out()
    assert ledger_rows(attempt) == [3000]
    carry_out()

    # then
    assert ledger_rows(attempt) == [3000, -3000]
    assert len(provider.refunds_of(provider_ref=attempt.provider_ref)) == 1
    assert topics() == ["donation_refunded", "order.refunded", "refund.make", "refund.report"]


def told(attempt: donation_models.PaymentAttempt, kind: str = "charge.refunded") -> None:
    """What comes after the provider's message was taken at the door."""
    tasks.payments_event(provider_ref=attempt.provider_ref, kind=kind)


def test_a_refund_made_at_the_provider_comes_into_the_ledger_once(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)

    # when
    told(attempt, "payment_intent.succeeded")
    before = ledger_rows(attempt)
    for kind in ("refund.created", "charge.refunded", "refund.updated"):
        told(attempt, kind)

    # then
    assert before == [3000]
    assert ledger_rows(attempt) == [3000, -3000]
    assert donation_models.Refund.objects.get().origin == "provider"
    assert topics() == ["donation_refunded", "order.refunded", "refund.report"]


def test_the_providers_message_may_come_before_its_answer(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    provider.next_refunds = ["lost_answer"]
    with pytest.raises(provider_errors.ProviderUnknown):
        carry_out()

    # when
    told(attempt)
    carry_out()

    # then
    assert ledger_rows(attempt) == [3000, -3000]
    assert donation_models.Refund.objects.get().origin == "shop"


def test_a_refund_asked_for_here_and_made_there_is_one(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)

    # when
    carry_out()

    # then
    assert ledger_rows(attempt) == [3000, -3000]
    assert donation_models.Refund.objects.get().state == "succeeded"


def test_a_part_given_back_at_the_provider_is_in_the_ledger_and_before_staff(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=1000)

    # when
    told(attempt)

    # then
    attempt.refresh_from_db()
    assert (attempt.state, ledger_rows(attempt)) == ("succeeded", [3000, -1000])
    assert membership_models.Membership.objects.get().parked_reason == "refunded"
    assert "order.refunded" not in topics()
    # and the rest can be given back, all of it
    assert ask(attempt)["message"] == session_words.words_of("refund_partial").both
    ask(attempt, digest="digest-2", amount_yen=Yen(2000))
    carry_out()
    assert ledger_rows(attempt) == [3000, -1000, -2000]
    attempt.refresh_from_db()
    assert attempt.state == "refunded"


def test_money_that_the_bank_sends_back_is_before_staff(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    carry_out()
    membership_models.Membership.objects.update(state="active", parked_from="", parked_reason="")
    given = provider.refunds[attempt.provider_ref]
    given[0] = replace(given[0], is_failed=True)

    # when
    told(attempt, "refund.failed")

    # then
    assert membership_models.Membership.objects.get().parked_reason == "refund_came_back"
    assert ledger_rows(attempt) == [3000, -3000]


def test_the_janitor_finds_a_refund_whose_message_was_given_up(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    provider.next_refunds = ["lost_answer"]
    with pytest.raises(provider_errors.ProviderUnknown):
        carry_out()
    outbox_models.OutboxMessage.objects.all().delete()

    # when
    too_early = refunds.refunds_settle_open(now=NOW)
    still_open = refunds.refunds_settle_open(now=NOW + timedelta(minutes=5))

    # then
    assert (too_early, still_open) == (0, 0)
    assert ledger_rows(attempt) == [3000, -3000]


def test_a_donation_given_back_leaves_the_sum_of_its_own_year(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    provider.now = months.morning(months.CHARGE_DAY.replace(year=2027, month=1, day=5))
    ask(attempt)
    carry_out()
    donor_id = attempt.cycle.membership.donor_id

    # then
    def year(number: int) -> int:
        return donation_selectors.donated_yen_in_year(donor_id=donor_id, year=number)

    # November's donation is what is left of that year
    assert (year(2026), year(2027)) == (3000, 0)


def test_the_books_agree_after_a_refund(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    carry_out()

    # then
    assert check() == []
    assert check(now=NOW + timedelta(hours=25)) == ["refund_not_told"]


def test_the_ledger_check_sees_what_does_not_fit(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    # given
    ask(attempt)
    assert check(now=NOW + timedelta(hours=25)) == ["refund_unfinished"]
    carry_out()
    donation_models.Refund.objects.update(provider_ref="re_of_nobody")
    donation_models.PaymentAttempt.objects.filter(pk=attempt.pk).update(state="succeeded")

    # then
    assert sorted(check()) == [
        "correction_without_refund",
        "refund_not_noted",
        "refund_without_correction",
    ]


def check(*, now: Any = NOW) -> list[str]:
    found = ledger.ledger_check(now=now, provider_days=1 if now == NOW else 0)
    return [item.code for item in found if item.code != "paid_without_order"]


def test_the_outbox_knows_the_work(
    provider: MemoryProvider, attempt: donation_models.PaymentAttempt
) -> None:
    ask(attempt)

    report = outbox_run.outbox_drain(now=NOW)

    # what is left waits for the shop, which is not there
    assert ledger_rows(attempt) == [3000, -3000]
    assert report.done >= 2


@pytest.mark.parametrize(("charged_yen", "is_told"), [(0, False), (3000, True), (None, False)])
def test_the_ledger_check_sees_a_shop_that_still_counts_as_paid_what_went_back(
    provider: MemoryProvider,
    december: membership_models.Cycle,
    attempt: donation_models.PaymentAttempt,
    charged_yen: int | None,
    is_told: bool,
) -> None:
    # given
    ask(attempt)
    carry_out()
    outbox_models.OutboxMessage.objects.all().delete()
    shop_models.ShopOrder.objects.create(
        external_reference=selectors.cycle_key(cycle=december),
        order_id="order-1",
        number="1",
        status="CANCELED",
        charged_yen=charged_yen,
        updated_at=NOW,
    )

    # then
    assert check(now=NOW + timedelta(hours=25)) == (["shop_differs"] if is_told else [])

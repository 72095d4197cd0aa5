"""Leaving at the end of what was paid for, and coming back."""

from datetime import date, timedelta

import pytest

from saleor_ext.contracts.payment import DisputeStage
from saleor_ext.flows import errors
from saleor_ext.flows.choices import cancel, pause, tier
from saleor_ext.flows.month import holding
from saleor_ext.flows.payments import disputes
from saleor_ext.flows.together import counting
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, selectors, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 12, 23)


def left(membership: models.Membership, *, on: date = world.TODAY, **more: object):
    return cancel.cancel_choose(
        **{
            "membership_id": membership.pk,
            "now": months.morning(on),
            "actor": "donor:1",
            **more,
        }
    )


def taken_back(membership: models.Membership, *, on: date):
    return cancel.cancel_undo_choose(
        membership_id=membership.pk, now=months.morning(on), actor="donor:1"
    )


def states_of(membership: models.Membership) -> list[str]:
    return list(membership.cycles.order_by("n").values_list("state", flat=True))


def state_of(membership: models.Membership) -> str:
    return models.Membership.objects.get(pk=membership.pk).state


def test_the_preview_names_the_last_day_and_the_donation_that_is_not_taken() -> None:
    # given
    membership = months.member_ahead()

    # when
    preview = cancel.cancel_preview(membership_id=membership.pk, today=world.TODAY)

    # then
    assert (preview.ends_on, preview.effective_on) == (LAST_DAY, months.CHARGE_DAY)
    assert (preview.not_taken_on, preview.not_taken_yen) == (months.CHARGE_DAY, 3000)
    assert (preview.next_donation_on, preview.under_way_on) == (None, None)
    assert states_of(membership) == ["charged", "planned", "planned", "planned"]


def test_content_stays_to_the_end_of_the_period_and_the_box_is_sent(
    provider: MemoryProvider,
) -> None:
    # given
    membership = months.member_ahead()

    # when
    choice = left(membership, reason="moving", note=" 引っ越します ")
    months.run_days(provider, world.TODAY, date(2026, 12, 1))
    months.run(provider, LAST_DAY)
    on_the_last_day = (
        state_of(membership),
        selectors.content_rank(donor_id=membership.donor_id, today=LAST_DAY),
    )
    months.run(provider, LAST_DAY + timedelta(days=1))

    # then
    assert states_of(membership) == ["charged", "void", "void", "void"]
    assert on_the_last_day == ("cancelling", 1)
    assert state_of(membership) == "ended"
    assert provider.succeeded() == []
    assert fulfilment_models.Shipment.objects.count() == 1
    assert (choice.reason, choice.note) == ("moving", "引っ越します")
    assert choice.effective_on == months.CHARGE_DAY


def test_a_fixed_month_that_is_not_given_yet_is_taken_back_with_its_order(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)

    # when
    left(cycle.membership, on=months.LOCK_DAY)
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert months.month_of(cycle.membership, 1).state == "void"
    cancels = outbox_models.OutboxMessage.objects.filter(topic="order.cancel")
    assert list(cancels.values_list("key", flat=True)) == [f"order.cancel:{cycle.pk}"]
    assert report.charged == 0
    assert state_of(cycle.membership) == "ended"


def test_a_month_whose_payment_is_under_way_goes_on_and_is_delivered(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    provider.next_outcomes = ["lost_answer"]
    months.run(provider, months.CHARGE_DAY)

    # when
    preview = cancel.cancel_preview(membership_id=cycle.membership_id, today=months.CHARGE_DAY)
    left(cycle.membership, on=months.CHARGE_DAY)
    months.run(provider, months.CHARGE_DAY, hour=11)
    paid = (months.month_of(cycle.membership, 1).state, state_of(cycle.membership))
    months.run_days(provider, date(2027, 1, 21), date(2027, 1, 24))

    # then
    assert preview.under_way_on == months.CHARGE_DAY
    assert paid == ("charged", "cancelling")
    assert state_of(cycle.membership) == "ended"
    assert models.Membership.objects.get(pk=cycle.membership_id).ended_at == months.morning(
        date(2027, 1, 24)
    )


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_month_that_was_given_back_before_it_was_listed_is_not_waited_for(
    provider: MemoryProvider, is_lost: bool
) -> None:
    # given
    attempt = refunding.paid_december_make(provider)
    membership = attempt.cycle.membership
    left(membership, on=months.CHARGE_DAY)
    if is_lost:
        ref = provider.dispute(provider_ref=attempt.provider_ref)
        provider.dispute_decide(ref, DisputeStage.LOST)
        disputes.disputes_look(attempt=attempt, now=refunding.NOW, actor="provider")
        holding.membership_resume(
            membership_id=membership.pk, now=refunding.NOW, actor="staff:1", reason="返金済み"
        )
    else:
        refunding.ask(attempt)
        refunding.carry_out()

    # when
    months.run(provider, date(2027, 1, 23))
    waited = state_of(membership)
    months.run(provider, date(2027, 1, 24))

    # then
    assert (waited, state_of(membership)) == ("cancelling", "ended")
    assert not fulfilment_models.Shipment.objects.filter(cycle_id=attempt.cycle_id).exists()


@pytest.mark.parametrize("said", ["insufficient_funds", "authentication_required"])
def test_whoever_owes_a_month_and_leaves_is_not_asked_for_it_any_more(
    provider: MemoryProvider, said: str
) -> None:
    # given
    membership = months.declined_december_make(provider, said=said).membership

    # when
    left(membership, on=months.CHARGE_DAY)
    reports = months.run_days(provider, months.CHARGE_DAY, date(2027, 1, 5))

    # then
    assert sum(report.charged for report in reports) == 0
    assert states_of(membership)[1] == "void"
    assert state_of(membership) == "ended"
    assert provider.succeeded() == []


def test_it_can_be_taken_back_and_the_months_come_back(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()
    left(membership)

    # when
    day = date(2026, 12, 10)
    preview = cancel.cancel_undo_preview(membership_id=membership.pk, today=day)
    taken_back(membership, on=day)
    months.run(provider, months.LOCK_DAY)
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert (preview.next_donation_on, preview.next_donation_yen) == (months.CHARGE_DAY, 3000)
    assert report.charged == 1
    assert state_of(membership) == "active"
    kinds = membership.choices.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["cancel", "cancel_undo"]


def test_what_is_too_late_stays_taken_back(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    left(cycle.membership, on=months.LOCK_DAY)

    # when
    preview = cancel.cancel_undo_preview(membership_id=cycle.membership_id, today=months.LOCK_DAY)
    taken_back(cycle.membership, on=months.LOCK_DAY)
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert preview.next_donation_on == date(2027, 1, 24)
    assert report.charged == 0
    assert states_of(cycle.membership)[:3] == ["charged", "void", "planned"]
    assert state_of(cycle.membership) == "active"


def test_only_somebody_who_leaves_can_take_it_back() -> None:
    membership = months.member_ahead()

    with pytest.raises(errors.NotLeaving):
        taken_back(membership, on=world.TODAY)


def test_whoever_rests_may_leave(provider: MemoryProvider) -> None:
    # given
    membership = months.member_ahead()
    pause.pause_choose(
        membership_id=membership.pk,
        resume_on=date(2027, 2, 10),
        now=world.NOW,
        actor="donor:1",
    )

    # when
    left(membership)
    months.run(provider, months.CHARGE_DAY)

    # then
    after = models.Membership.objects.get(pk=membership.pk)
    assert (after.state, after.resume_on) == ("ended", None)


def test_a_free_membership_ends_at_once() -> None:
    # given
    free = services.membership_join_free(
        donor_id=world.donor_make().pk,
        tier=world.free_tier_make(),
        now=world.NOW,
        actor="donor:1",
    )

    # when
    left(free)

    # then
    assert state_of(free) == "ended"


def test_a_change_of_tier_is_forgotten_when_the_donor_leaves(provider: MemoryProvider) -> None:
    # given
    other = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    membership = months.member_ahead()
    world.boxes_make(tier=other, month_from=date(2026, 11, 1))
    tier.tier_choose(
        membership_id=membership.pk, tier_slug="minato", now=world.NOW, actor="donor:1"
    )

    # when
    left(membership)
    taken_back(membership, on=world.TODAY)

    # then
    rows = membership.cycles.filter(n__gt=0).values_list("state", "tier__slug", "amount_yen")
    assert set(rows) == {("planned", "nagisa", 3000)}


def test_whoever_comes_back_counts_on_from_where_he_was(provider: MemoryProvider) -> None:
    # given
    first = months.december_make(provider).membership
    months.run(provider, months.CHARGE_DAY)
    left(first, on=months.CHARGE_DAY)
    months.run_days(provider, date(2027, 1, 23), date(2027, 1, 24))
    gone = state_of(first)

    # when
    later = months.morning(date(2027, 4, 5))
    again = world.draft_make(donor=first.donor, tier=first.tier, now=later)
    months.first_pay(provider, again, now=later)

    # then
    assert gone == "ended"
    assert state_of(again) == "active"
    together = counting.months_together(donor_id=first.donor_id, today=date(2027, 4, 5))
    assert together == 3  # November, December and April
    choice = again.choices.get()
    assert (choice.kind, choice.details["months_together"]) == ("come_back", 3)
    assert selectors.memberships_of(donor_id=first.donor_id).count() == 2

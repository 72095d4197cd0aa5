"""A month that is owed and whose gift cannot be sent: nobody is charged before that is settled."""

from datetime import date, datetime, timedelta

import pytest

from saleor_ext.donations import errors as donation_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.choices import card_change
from saleor_ext.flows.dunning import pay_link
from saleor_ext.flows.month import charging, recover
from saleor_ext.flows.swaps import deciding, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = months.morning(months.CHARGE_DAY, hour=12)
LAST_DAY = date(2026, 12, 25)
CUT_OFF = date(2026, 12, 27)


@pytest.fixture
def owing(provider: MemoryProvider) -> models.Cycle:
    """A December that a lost card could not pay; the town waits one day for it."""
    tier = world.world_make()
    models.Municipality.objects.update(give_up_days=1, retry_days=[1])
    return months.declined_december_make(provider, tier=tier)


@pytest.fixture
def asked(owing: models.Cycle) -> models.Cycle:
    """The same, and its donor is asked about turnips until 27 December."""
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)
    assert swapping.swap_of(owing).answer_until == CUT_OFF
    return owing


def decide(cycle: models.Cycle, *, is_accepted: bool, now: datetime = NOW) -> None:
    swap = swapping.swap_of(cycle)
    deciding.decide(
        swap_id=swap.pk, is_accepted=is_accepted, now=now, actor="donor", reason="answer"
    )


def pay(cycle: models.Cycle, *, now: datetime = NOW) -> str:
    return recover.recover_pay(membership_id=cycle.membership_id, now=now, actor="donor").state


def attempts(cycle: models.Cycle) -> list[tuple[int, str]]:
    rows = donation_models.PaymentAttempt.objects.filter(cycle=cycle).order_by("number")
    return list(rows.values_list("number", "state"))


def test_until_he_answers_the_donor_cannot_make_up_for_the_month(asked: models.Cycle) -> None:
    cycle = months.month_of(asked.membership, 1)

    with pytest.raises(errors.BoxAsked):
        pay(asked)
    with pytest.raises(errors.BoxAsked):
        pay_link.link_pay(cycle=cycle, now=NOW)

    assert pay_link.link_state(cycle=cycle, today=months.CHARGE_DAY) == "asked"
    assert attempts(asked) == [(1, "declined")]


def test_neither_can_he_before_he_is_asked_and_a_payment_begun_shows_no_card_field(
    owing: models.Cycle,
) -> None:
    # given
    assert pay(owing) == "confirm"
    swapping.propose(now=NOW)

    # when
    with pytest.raises(errors.BoxAsked):
        pay(owing)

    # then
    assert attempts(owing) == [(1, "declined"), (2, "intent")]


def test_what_was_paid_before_the_question_is_done(
    provider: MemoryProvider, owing: models.Cycle
) -> None:
    # given
    pay(owing)
    swapping.propose(now=NOW)
    provider.confirm(f"fs-{owing.membership.public_id}-1-a2")

    # when
    step = recover.recover_finish(membership_id=owing.membership_id, now=NOW, actor="donor")

    # then
    assert step.state == "done"
    assert months.month_of(owing.membership, 1).state == "charged"


@pytest.fixture
def paid_while_asked(provider: MemoryProvider, owing: models.Cycle) -> models.Cycle:
    """His card field was open when the question came, and he confirmed it all the same."""
    pay(owing)
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)
    provider.confirm(f"fs-{owing.membership.public_id}-1-a2")
    recover.recover_finish(membership_id=owing.membership_id, now=NOW, actor="donor")
    months.run(provider, CUT_OFF)
    return months.month_of(owing.membership, 1)


def gifts_listed(cycle: models.Cycle) -> list[tuple[str, str]]:
    rows = fulfilment_models.ShipmentItem.objects.filter(shipment__cycle=cycle).order_by("pk")
    return list(rows.values_list("gift__slug", "shipment__state"))


def test_a_card_field_that_was_open_before_the_question_pays_and_the_question_stays(
    provider: MemoryProvider, paid_while_asked: models.Cycle
) -> None:
    cycle = paid_while_asked

    assert (cycle.state, cycle.membership.state) == ("charged", "active")
    assert attempts(cycle) == [(1, "declined"), (2, "succeeded")]
    assert donation_models.Donation.objects.filter(attempt__cycle=cycle).count() == 1
    assert swapping.swap_of(cycle).state == "asked"
    assert gifts_listed(cycle) == []  # nothing leaves before he has answered


def test_what_was_paid_while_he_was_asked_comes_with_what_he_accepts(
    provider: MemoryProvider, paid_while_asked: models.Cycle
) -> None:
    # when
    decide(paid_while_asked, is_accepted=True, now=months.morning(CUT_OFF, hour=12))
    months.run(provider, CUT_OFF + timedelta(days=1))

    # then
    assert swapping.swap_of(paid_while_asked).state == "accepted"
    assert gifts_listed(paid_while_asked) == [("kabu", "requested")]
    assert months.month_of(paid_while_asked.membership, 1).state == "charged"


def test_what_was_paid_while_he_was_asked_and_is_not_wanted_is_for_staff(
    provider: MemoryProvider, paid_while_asked: models.Cycle
) -> None:
    # when he does not answer, and wants nothing else by silence
    months.run(provider, CUT_OFF + timedelta(days=1))

    # then
    assert swapping.swap_of(paid_while_asked).state == "carried"
    assert months.month_of(paid_while_asked.membership, 1).state == "charged"
    letters = OutboxMessage.objects.filter(topic="mail.staff").values_list("payload", flat=True)
    assert [row["name"] for row in letters] == ["swap_refused"]
    assert gifts_listed(paid_while_asked) == []


def test_once_he_has_accepted_he_can_make_up_for_it(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    # given
    decide(asked, is_accepted=True)

    # when
    state = pay(asked)
    provider.confirm(f"fs-{asked.membership.public_id}-1-a2")
    recover.recover_finish(membership_id=asked.membership_id, now=NOW, actor="donor")

    # then
    assert state == "confirm"
    paid = months.month_of(asked.membership, 1)
    assert (paid.state, paid.membership.state) == ("charged", "active")


def test_a_new_card_pays_for_it_only_after_the_answer(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    # given
    donor_id = asked.membership.donor_id
    preview = card_change.card_change_preview(donor_id=donor_id, today=months.CHARGE_DAY)
    card_change.card_change_choose(donor_id=donor_id, now=NOW, actor="donor")
    change = donation_models.CardChange.objects.get()
    provider.card_enter(change.key)
    card_change.card_change_finish(donor_id=donor_id, now=NOW, actor="donor")

    # when
    at_once = card_change.owed_months_retry(change_id=change.pk, now=NOW)
    by_hand = charging.cycle_charge(cycle_id=asked.pk, now=NOW, actor="test")
    months.run(provider, LAST_DAY)
    before = attempts(asked)
    decide(asked, is_accepted=True, now=months.morning(LAST_DAY, hour=12))
    months.run(provider, LAST_DAY, hour=18)

    # then
    assert (preview.retried, preview.retried_yen) == ((), 0)
    assert [cycle.pk for cycle in preview.asked] == [asked.pk]
    assert (at_once, by_hand) == (0, charging.ChargeResult.NOT_DUE)
    assert before == [(1, "declined")]
    assert attempts(asked) == [(1, "declined"), (2, "succeeded")]


def test_the_day_for_making_up_for_it_does_not_run_out_while_he_may_not(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    # given
    assert months.month_of(asked.membership, 1).pay_until == LAST_DAY

    # when
    months.run(provider, CUT_OFF)
    kept = months.month_of(asked.membership, 1)
    is_over = recover.is_day_over(kept, today=CUT_OFF)
    decide(asked, is_accepted=True, now=months.morning(CUT_OFF, hour=12))
    answered = months.month_of(asked.membership, 1)
    months.run_days(provider, CUT_OFF + timedelta(days=1), CUT_OFF + timedelta(days=4))

    # then
    assert (kept.state, is_over) == ("locked", False)
    assert (answered.state, answered.pay_until) == ("locked", date(2026, 12, 30))
    given_up = months.month_of(asked.membership, 1)
    assert (given_up.state, given_up.reason) == ("failed", "not_paid_in_time")


def test_taken_back_the_proposal_leaves_him_as_many_days(asked: models.Cycle) -> None:
    alternate = fulfilment_models.Alternate.objects.get()

    proposing.alternate_withdraw(
        alternate_id=alternate.pk,
        reason="とれた",
        now=months.morning(CUT_OFF),
        actor="producer:1",
    )

    assert months.month_of(asked.membership, 1).pay_until == date(2026, 12, 30)


def test_carried_over_nothing_is_owed_and_the_membership_goes_on(asked: models.Cycle) -> None:
    # given
    assert months.month_of(asked.membership, 1).membership.state == "past_due"

    # when
    decide(asked, is_accepted=False)

    # then
    left_out = months.month_of(asked.membership, 1)
    assert (left_out.state, left_out.reason) == ("skipped", "out_of_stock")
    assert left_out.membership.state == "active"
    event = models.MembershipEvent.objects.latest("pk")
    assert (event.from_state, event.to_state, event.reason) == (
        "past_due",
        "active",
        "out_of_stock",
    )


def test_while_another_month_is_owed_the_membership_waits_on(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    # given
    january = months.month_of(asked.membership, 2)
    world.first_lock(cycle=january)
    provider.next_outcomes = ["lost_card"]
    charging.cycle_charge(cycle_id=january.pk, now=NOW, actor="test")

    # when
    decide(asked, is_accepted=False)

    # then
    assert months.month_of(asked.membership, 1).state == "skipped"
    assert months.month_of(asked.membership, 2).membership.state == "past_due"


def test_while_a_payment_is_under_way_the_month_is_not_carried_over(asked: models.Cycle) -> None:
    # given
    months.attempt_make(asked, now=NOW)

    # when
    with pytest.raises(donation_errors.AttemptOpen):
        decide(asked, is_accepted=False)

    # then
    assert swapping.swap_of(asked).state == "asked"
    assert months.month_of(asked.membership, 1).state == "locked"

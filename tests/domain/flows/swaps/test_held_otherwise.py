"""A gift cannot be sent, and something else holds the month as well, or ends it: what waits for
the one is not let go by the other.
"""

from datetime import timedelta

import pytest

from saleor_ext.contracts.payment import DisputeStage
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.choices import cancel
from saleor_ext.flows.month import holding
from saleor_ext.flows.payments import payment_session, refunds
from saleor_ext.flows.swaps import answering, deciding, proposing, waiting
from saleor_ext.fulfilment import errors as fulfilment_errors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider
from tests.builders.swapping import listed_answer as answer
from tests.builders.swapping import parcels

pytestmark = pytest.mark.django_db

LISTED, NOW = swapping.LISTED, swapping.LISTED_NOW
AFTER_CUT_OFF = NOW + timedelta(days=4)


@pytest.fixture
def packed(provider: MemoryProvider) -> models.Cycle:
    """A December that is paid for and stands on the farm's list."""
    return swapping.packed_make(provider)


@pytest.fixture
def asked(packed: models.Cycle) -> models.Cycle:
    """The same, and its donor is asked about turnips."""
    swapping.propose(now=NOW)
    assert swapping.take_up(now=NOW) == 1
    assert parcels(packed) == [("冬の大根", "held")]
    return packed


def stop_and_let_go_on(cycle: models.Cycle) -> None:
    membership_id = cycle.membership_id
    services.membership_park(membership_id=membership_id, now=NOW, actor="staff", reason="電話")
    holding.membership_resume(membership_id=membership_id, now=NOW, actor="staff", reason="確認")


def dispute(provider: MemoryProvider, cycle: models.Cycle) -> str:
    attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
    found = provider.dispute(provider_ref=attempt.provider_ref)
    hear(attempt, "created")
    return found


def decide(provider: MemoryProvider, cycle: models.Cycle, ref: str, stage: DisputeStage) -> None:
    provider.dispute_decide(ref, stage)
    hear(donation_models.PaymentAttempt.objects.get(cycle=cycle), "closed")


def hear(attempt: donation_models.PaymentAttempt, kind: str) -> None:
    payment_session.provider_event_handle(
        provider_ref=attempt.provider_ref, kind=f"charge.dispute.{kind}", now=NOW
    )


def state_of(cycle: models.Cycle) -> str:
    return swapping.swap_of(cycle).state


def mails(name: str) -> int:
    return OutboxMessage.objects.filter(payload__name=name).count()


def test_staff_who_let_a_membership_go_on_let_no_parcel_go_whose_donor_is_asked(
    asked: models.Cycle,
) -> None:
    stop_and_let_go_on(asked)

    assert models.Membership.objects.get().state == "active"
    assert parcels(asked) == [("冬の大根", "held")]
    assert state_of(asked) == "asked"


def test_nor_one_that_was_refused(asked: models.Cycle) -> None:
    answer(asked, is_accepted=False)

    stop_and_let_go_on(asked)

    assert parcels(asked) == [("冬の大根", "held")]


def test_a_dispute_that_is_won_lets_no_such_parcel_go(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    ref = dispute(provider, asked)

    decide(provider, asked, ref, DisputeStage.WON)

    assert models.Membership.objects.get().state == "active"
    assert parcels(asked) == [("冬の大根", "held")]


def test_an_alternate_taken_while_the_bank_decides_waits_for_the_bank(
    provider: MemoryProvider, asked: models.Cycle
) -> None:
    # given
    ref = dispute(provider, asked)

    # when
    answer(asked, is_accepted=True)

    # then
    assert parcels(asked) == [("冬の大根", "substituted"), ("かぶ", "held")]
    decide(provider, asked, ref, DisputeStage.WON)
    assert parcels(asked) == [("冬の大根", "substituted"), ("かぶ", "requested")]


def test_a_paid_month_that_was_refused_comes_as_planned_once_its_gift_can_be_sent(
    asked: models.Cycle,
) -> None:
    # given
    answer(asked, is_accepted=False)
    alternate = fulfilment_models.Alternate.objects.get()

    # when
    proposing.alternate_withdraw(
        alternate_id=alternate.pk, reason="届きました", now=NOW, actor="farm"
    )

    # then
    assert parcels(asked) == [("冬の大根", "requested")]
    assert state_of(asked) == "carried"


def test_unless_staff_hold_its_membership(asked: models.Cycle) -> None:
    # given
    answer(asked, is_accepted=False)
    services.membership_park(
        membership_id=asked.membership_id, now=NOW, actor="staff", reason="電話"
    )

    # when
    proposing.alternate_withdraw(
        alternate_id=fulfilment_models.Alternate.objects.get().pk,
        reason="届きました",
        now=NOW,
        actor="farm",
    )

    # then
    assert parcels(asked) == [("冬の大根", "held")]


def test_who_gets_turnips_already_is_not_asked_when_radish_is_missing_once_more(
    asked: models.Cycle,
) -> None:
    # given
    answer(asked, is_accepted=True)
    first = fulfilment_models.Alternate.objects.get()
    proposing.alternate_withdraw(alternate_id=first.pk, reason="届きました", now=NOW, actor="farm")
    carrot = world.gift_make(slug="ninjin", name="にんじん")

    # when
    swapping.propose(alternate=carrot, now=NOW)

    # then
    assert swapping.take_up(now=NOW) == 0
    assert not waiting.is_waiting(cycle_id=asked.pk, box_plan_id=asked.snapshot.box_plan_id)
    assert not models.Cycle.objects.filter(waiting.waiting()).exists()
    assert parcels(asked) == [("冬の大根", "substituted"), ("かぶ", "requested")]


def test_a_month_given_back_is_not_asked_about(
    provider: MemoryProvider, packed: models.Cycle
) -> None:
    # given
    attempt = donation_models.PaymentAttempt.objects.get(cycle=packed)
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=3000)
    refunds.refunds_look(attempt=attempt, now=NOW, actor="run")
    assert parcels(packed) == [("冬の大根", "cancelled")]
    holding.membership_resume(
        membership_id=packed.membership_id, now=NOW, actor="staff", reason="確認"
    )

    # when
    swapping.propose(now=NOW)

    # then
    assert swapping.take_up(now=NOW) == 0
    assert mails("swap_asked") == 0


def test_a_month_that_ends_while_its_donor_is_asked_is_asked_about_no_more(
    provider: MemoryProvider,
) -> None:
    # given: a December that is fixed, and its donor leaves
    cycle = months.december_make(provider)
    swapping.propose()
    swapping.take_up()
    sealed = answering.seal(swap_id=swapping.swap_of(cycle).pk)
    cancel.cancel_choose(membership_id=cycle.membership_id, now=swapping.ASK_NOW, actor="donor")
    assert months.month_of(cycle.membership, 1).state == "void"

    # when, then
    swap = answering.swap_read(sealed=sealed)
    assert not answering.is_open(swap, today=months.LOCK_DAY)
    assert answering.swaps_of(donor_id=cycle.membership.donor_id) == []
    with pytest.raises(fulfilment_errors.SwapOver):
        answering.swap_answer(
            swap_id=swap.pk, is_accepted=False, now=swapping.ASK_NOW, actor="donor"
        )
    deciding.swaps_close_due(today=AFTER_CUT_OFF.date(), now=AFTER_CUT_OFF, actor="run")
    assert state_of(cycle) == "dropped"
    assert (mails("swap_refused"), mails("swap_waits"), mails("swap_carried")) == (0, 0, 0)


def test_who_has_not_joined_yet_is_not_asked(provider: MemoryProvider) -> None:
    # given: somebody on the card page, whose first month is fixed already
    cycle = months.december_make(provider)
    models.Membership.objects.update(state="draft")

    # when
    swapping.propose()

    # then
    assert swapping.take_up() == 0
    assert months.month_of(cycle.membership, 1).state == "locked"

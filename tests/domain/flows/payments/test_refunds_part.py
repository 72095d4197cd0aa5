"""Part of a donation was given back at the provider: what has not left waits for staff."""

from datetime import timedelta

import pytest
from django.db.models import Q

from saleor_ext.contracts.payment import DisputeStage
from saleor_ext.donations import models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.errors import RuleBroken
from saleor_ext.flows.month import holding, listing, unclear
from saleor_ext.flows.payments import disputes, refunds, term_part
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from tests.builders import months, refunding
from tests.builders.provider import MemoryProvider
from tests.builders.refunding import NOW, ledger_rows

pytestmark = pytest.mark.django_db

LIST_DAY = months.CHARGE_DAY + timedelta(days=3)
WITHOUT_BOX = holding.FixedMonth.WITHOUT_BOX


@pytest.fixture
def attempt(provider: MemoryProvider) -> models.PaymentAttempt:
    """December, paid with 3,000 yen, whose box costs the town 800."""
    return refunding.paid_december_make(provider)


def list_all() -> int:
    return listing.cycles_list_due(as_of=LIST_DAY, now=NOW, actor="test")


def give_back(provider: MemoryProvider, attempt: models.PaymentAttempt, *, yen: int) -> None:
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=yen)
    refunds.refunds_look(attempt=attempt, now=NOW, actor="provider")


def go_on(attempt: models.PaymentAttempt, fixed_month: str = holding.FixedMonth.AS_IS) -> None:
    holding.membership_resume(
        membership_id=attempt.membership_id,
        now=NOW,
        actor="staff:sato",
        reason="話した",
        fixed_month=fixed_month,
    )


def parcels(attempt: models.PaymentAttempt) -> list[tuple[int, str]]:
    """Those of the months that the donation stands for."""
    rows = fulfilment_models.Shipment.objects.filter(
        Q(cycle_id=attempt.cycle_id) | Q(cycle__covered_by_id=attempt.cycle_id)
    )
    return list(rows.order_by("cycle__n").values_list("cycle__n", "state"))


def state(attempt: models.PaymentAttempt) -> tuple[str, str]:
    row = membership_models.Membership.objects.get(pk=attempt.membership_id)
    return row.state, row.parked_reason


def breaches() -> set[str]:
    return {found.code for found in ledger.ledger_check(now=NOW, provider_days=0)} & {
        "parcel_part_undecided",
        "part_over_limit",
        "term_part_undecided",
        "parcel_refunded",
        "parcel_forgotten",
    }


@pytest.mark.parametrize("membership_state", ["active", "cancelling"])
def test_a_small_part_holds_the_box_until_staff_let_it_go_on(
    provider: MemoryProvider, attempt: models.PaymentAttempt, membership_state: str
) -> None:
    # given a box on its producer's list
    list_all()
    membership_models.Membership.objects.update(state=membership_state)

    # when
    give_back(provider, attempt, yen=300)

    # then
    assert parcels(attempt) == [(1, "held")]
    assert (state(attempt), breaches()) == (("parked", "refunded"), set())

    # when staff let it go on, 2,700 yen carry a box of 800
    go_on(attempt)

    # then
    assert parcels(attempt) == [(1, "requested")]
    assert (state(attempt), breaches()) == ((membership_state, ""), set())
    december = membership_models.Cycle.objects.get(pk=attempt.cycle_id)
    assert (december.kept_yen, december.boxes) == (2700, 1)


def test_a_box_that_the_rest_does_not_carry_stays_until_staff_take_it_off(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    list_all()
    give_back(provider, attempt, yen=2999)

    # when
    for choice in (holding.FixedMonth.AS_IS, holding.FixedMonth.LEFT_OUT):
        with pytest.raises(RuleBroken) as refused:
            go_on(attempt, choice)
        assert refused.value.codes == ("box_over_limit",)

    # then nothing has changed
    assert (parcels(attempt), state(attempt)) == ([(1, "held")], ("parked", "refunded"))

    # when
    go_on(attempt, WITHOUT_BOX)

    # then
    assert (parcels(attempt), state(attempt)) == ([(1, "cancelled")], ("active", ""))
    assert breaches() == set()


def test_a_month_on_no_list_yet_is_on_none_before_staff_have_decided(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    give_back(provider, attempt, yen=300)
    parked_from = {"parked_from": "", "parked_reason": ""}
    membership_models.Membership.objects.update(state="active", **parked_from)

    # then even if the membership goes on by another way
    assert list_all() == 0
    assert parcels(attempt) == []

    # when
    membership_models.Membership.objects.update(
        state="parked", parked_from="active", parked_reason="refunded"
    )
    go_on(attempt)

    # then
    assert list_all() == 1
    assert parcels(attempt) == [(1, "requested")]


def test_a_month_on_no_list_yet_that_is_not_carried_loses_its_box(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    give_back(provider, attempt, yen=2999)

    # when
    go_on(attempt, WITHOUT_BOX)

    # then
    assert list_all() == 0
    assert (parcels(attempt), breaches()) == ([], set())


def test_another_part_holds_it_again_and_the_rest_cancels_it(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    list_all()
    give_back(provider, attempt, yen=200)
    go_on(attempt)

    # when
    give_back(provider, attempt, yen=100)

    # then
    assert (parcels(attempt), state(attempt)) == ([(1, "held")], ("parked", "refunded"))

    # when
    give_back(provider, attempt, yen=2700)

    # then
    assert ledger_rows(attempt) == [3000, -200, -100, -2700]
    assert parcels(attempt) == [(1, "cancelled")]


def test_staff_who_let_many_go_on_at_once_decide_nothing_about_a_part(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given a membership that waited for the provider's word when the part went back
    list_all()
    give_back(provider, attempt, yen=300)
    membership_models.Membership.objects.update(parked_reason="payment_unknown")

    # when
    resumed = unclear.memberships_resume(reason="応答が戻った", now=NOW, actor="staff:sato")

    # then
    assert (resumed.count, len(resumed.left)) == (0, 1)
    assert parcels(attempt) == [(1, "held")]


def test_a_dispute_that_is_won_does_not_decide_about_a_part(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    list_all()
    ref = provider.dispute(provider_ref=attempt.provider_ref, amount_yen=2000)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")
    give_back(provider, attempt, yen=300)

    # when
    provider.dispute_decide(ref, DisputeStage.WON)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")

    # then
    assert (parcels(attempt), state(attempt)) == ([(1, "held")], ("parked", "disputed"))


def test_a_part_beside_a_dispute_is_no_whole_refund_even_while_nothing_is_left(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given 2,000 yen that the bank took back, and the rest given back at the provider
    list_all()
    ref = provider.dispute(provider_ref=attempt.provider_ref, amount_yen=2000)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")
    give_back(provider, attempt, yen=1000)
    attempt.refresh_from_db()
    in_between = (attempt.state, parcels(attempt))

    # when
    provider.dispute_decide(ref, DisputeStage.WON)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")

    # then
    assert in_between == ("succeeded", [(1, "held")])
    attempt.refresh_from_db()
    assert refunding.ledger_rows(attempt) == [3000, -2000, -1000, 2000]
    assert attempt.state == "succeeded"
    assert (parcels(attempt), state(attempt)) == ([(1, "held")], ("parked", "disputed"))
    codes = {found.code for found in ledger.ledger_check(now=NOW, provider_days=0)}
    assert not codes & {"refunded_without_refund", "refund_not_noted", "refunded_too_much"}


def test_what_was_given_back_whole_stays_so_when_its_dispute_is_won(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    list_all()
    ref = provider.dispute(provider_ref=attempt.provider_ref)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")
    give_back(provider, attempt, yen=3000)

    # when
    provider.dispute_decide(ref, DisputeStage.WON)
    disputes.disputes_look(attempt=attempt, now=NOW, actor="provider")

    # then
    attempt.refresh_from_db()
    assert refunding.ledger_rows(attempt) == [3000, -3000, -3000, 3000]
    assert (attempt.state, parcels(attempt)) == ("refunded", [(1, "cancelled")])
    codes = {found.code for found in ledger.ledger_check(now=NOW, provider_days=0)}
    assert not codes & {"refunded_without_refund", "refund_not_noted", "refunded_too_much"}


def test_an_odd_part_of_a_term_holds_every_box_that_has_not_left(provider: MemoryProvider) -> None:
    # given
    attempt = refunding.paid_term_make(provider)
    assert parcels(attempt) == [(0, "requested"), (1, "requested")]

    # when
    give_back(provider, attempt, yen=55000)

    # then
    assert parcels(attempt) == [(0, "held"), (1, "held")]
    assert (state(attempt), breaches()) == (("parked", "refunded"), set())

    # when staff let the last four fall away, 5,000 yen are left for two boxes
    decided = {"membership_id": attempt.membership_id, "boxes": 4, "now": NOW, "actor": "staff:1"}
    with pytest.raises(RuleBroken):
        term_part.part_decide(**decided, reason="確認")
    term_part.part_decide(**decided, reason="確認", fixed_month=WITHOUT_BOX)

    # then
    assert parcels(attempt) == [(0, "cancelled"), (1, "cancelled")]
    assert (state(attempt), breaches()) == (("active", ""), set())


def test_a_term_that_staff_let_go_on_sends_what_it_held(provider: MemoryProvider) -> None:
    # given
    attempt = refunding.paid_term_make(provider)
    give_back(provider, attempt, yen=15000)
    assert parcels(attempt) == [(0, "held"), (1, "held")]

    # when
    term_part.part_decide(
        membership_id=attempt.membership_id, boxes=2, now=NOW, actor="staff:1", reason="確認"
    )

    # then
    assert parcels(attempt) == [(0, "requested"), (1, "requested")]
    assert (state(attempt), breaches()) == (("active", ""), set())


def test_the_ledger_check_sees_a_box_on_a_list_that_should_wait(
    provider: MemoryProvider, attempt: models.PaymentAttempt
) -> None:
    # given
    list_all()
    give_back(provider, attempt, yen=2999)

    # when
    fulfilment_models.Shipment.objects.update(state="requested")
    membership_models.Membership.objects.update(state="active", parked_from="", parked_reason="")

    # then
    assert breaches() == {"parcel_part_undecided", "part_over_limit"}

"""A gift becomes dearer: months that are locked are counted anew, and staff are told."""

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.costs import errors, models, selectors
from saleor_ext.flows.books import cost_meter, gift_costs
from saleor_ext.flows.books.period import period_read
from saleor_ext.flows.errors import RuleBroken
from saleor_ext.flows.month import charging, holding
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, world

pytestmark = pytest.mark.django_db


def change(cost_yen, *, reason="仕入れ値の改定"):
    gift = fulfilment_models.Gift.objects.get()
    return gift_costs.gift_cost_change(
        gift_id=gift.pk, cost_yen=cost_yen, reason=reason, now=world.NOW, actor=world.ACTOR
    )


def test_a_locked_month_within_the_limit_is_noted_and_goes_on(provider):
    # given
    december = months.december_make(provider)

    # when
    found = change(900)

    # then
    assert (found.months, found.over, found.parked) == (2, 0, 0)  # November is not sent either
    revision = models.CostRevision.objects.get(cycle=december)
    assert (revision.difference_yen, revision.cost_yen, revision.donation_yen) == (100, 900, 3000)
    december.refresh_from_db()
    assert december.snapshot.procurement_cost_yen == 800
    assert december.membership.state == "active"


def test_a_month_over_the_limit_is_not_charged_but_put_before_staff(provider):
    # given
    december = months.december_make(provider)

    # when
    found = change(901)

    # then
    assert (found.months, found.over, found.parked) == (2, 2, 1)
    membership = membership_models.Membership.objects.get()
    assert (membership.state, membership.parked_reason) == ("parked", "box_over_limit")
    result = charging.cycle_charge(cycle_id=december.pk, now=world.NOW, actor=world.ACTOR)
    assert result == charging.ChargeResult.NOT_DUE
    assert {row.cycle_id for row in selectors.revisions_over()} == set(
        membership_models.Cycle.objects.filter(n__lte=1).values_list("pk", flat=True)
    )


def resume(cycle, **how):
    return holding.membership_resume(
        membership_id=cycle.membership_id,
        now=world.NOW,
        actor="staff:1",
        reason="価格を確認",
        **how,
    )


def test_a_month_over_the_limit_goes_on_only_as_staff_say(provider):
    # given
    december = months.december_make(provider)
    change(1001)
    before = membership_models.CycleSnapshot.objects.get(cycle=december)

    # when nobody says what is to become of the month, it stays stopped and as it was
    with pytest.raises(RuleBroken) as refused:
        resume(december)

    # then
    assert refused.value.fields["codes"] == ["box_over_limit"]
    assert membership_models.Membership.objects.get().state == "parked"
    assert membership_models.CycleSnapshot.objects.get(cycle=december) == before

    # when its box is taken away, the donation is received all the same
    resume(december, fixed_month="without_box")
    months.run(provider, months.CHARGE_DAY)

    # then
    december = months.month_of(december.membership, 1)
    snapshot = december.snapshot
    assert (december.state, snapshot.box_plan, snapshot.procurement_cost_yen) == (
        "charged",
        None,
        0,
    )
    assert snapshot.delivery == {}
    keys = set(OutboxMessage.objects.values_list("key", flat=True))
    assert {f"order.unbox:{december.pk}", f"mail:month_without_box:c{december.pk}"} <= keys


def test_a_month_over_the_limit_is_left_out_or_goes_on_once_the_gift_is_cheap_again(provider):
    # given
    december = months.december_make(provider)
    change(1001)

    # when
    resume(december, fixed_month="left_out")

    # then
    december.refresh_from_db()
    assert (december.state, december.reason) == ("skipped", "box_over_limit")
    assert membership_models.Membership.objects.get().state == "active"


def test_a_stopped_month_within_the_limit_again_goes_on_as_it_was_fixed(provider):
    # given
    december = months.december_make(provider)
    change(1001)
    change(900)

    # when
    resume(december)
    months.run(provider, months.CHARGE_DAY)

    # then
    assert months.month_of(december.membership, 1).snapshot.box_plan is not None
    assert months.month_of(december.membership, 1).state == "charged"


def test_a_second_rise_adds_to_the_first(provider):
    # given
    december = months.december_make(provider)
    change(850)

    # when
    change(900)

    # then
    latest = models.CostRevision.objects.filter(cycle=december).latest("pk")
    assert (latest.difference_yen, latest.cost_yen, latest.is_over) == (50, 900, False)


def test_a_gift_that_becomes_cheaper_alarms_nobody(provider):
    months.december_make(provider)
    change(901)

    found = change(700)

    assert (found.over, found.parked) == (0, 0)
    assert models.CostRevision.objects.latest("pk").difference_yen == -201


def test_the_meter_counts_the_difference(provider):
    # given
    months.december_make(provider)

    # when
    change(850)

    # then
    meter = cost_meter.meter_read(period=period_read("d2026"), today=months.LOCK_DAY)
    assert meter.months[1].parts[0].amount_yen == 850


def test_what_has_left_is_not_counted_anew(provider):
    # given
    membership = world.member_make()
    membership_models.Cycle.objects.filter(membership=membership).update(is_listed=True)

    # then
    assert change(950).months == 0


@pytest.mark.parametrize(("cost_yen", "reason"), [(0, "改定"), (-1, "改定"), (900, " ")])
def test_a_change_that_cannot_be_meant_is_refused(provider, cost_yen, reason):
    world.world_make()

    with pytest.raises(errors.CostInvalid):
        change(cost_yen, reason=reason)
    assert fulfilment_models.Gift.objects.get().procurement_cost_yen == 800


def test_a_gift_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound):
        gift_costs.gift_cost_change(
            gift_id=9, cost_yen=900, reason="改定", now=world.NOW, actor=world.ACTOR
        )


def test_the_same_cost_again_changes_nothing(provider):
    months.december_make(provider)

    assert change(800) == gift_costs.CostChange()
    assert models.GiftCost.objects.count() == 0

"""The cost meter: costs against donations, by designation period."""

from datetime import date

import pytest

from saleor_ext.costs import models as cost_models
from saleor_ext.costs import services as costs
from saleor_ext.costs.states import CostKind, RateBasis
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import cost_meter
from saleor_ext.flows.books.period import period_read
from saleor_ext.membership import models, planning, selectors
from tests.builders import months, world

pytestmark = pytest.mark.django_db
PERIOD = "d2026"
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def member():
    """花子 gave 3,000 yen on 24 November for a box of 800 yen; her plan reaches to February."""
    membership = world.member_make()
    planning.cycles_plan(
        today=world.TODAY, town=selectors.town_calendar(town=selectors.municipality_get())
    )
    return membership


def meter(today=DECEMBER, period=PERIOD):
    return cost_meter.meter_read(period=period_read(period), today=today)


def rate(kind, basis, amount):
    costs.rate_set(
        kind=kind, basis=basis, amount=amount, valid_from=date(2026, 10, 1), note="",
        now=world.NOW, actor=world.ACTOR,
    )  # fmt: skip


def test_the_limit_is_that_of_the_rule_in_force_when_the_period_begins():
    assert meter(period="d2025").limit_permille == 500
    assert meter(period="d2026").limit_permille == 475
    assert meter(period="d2027").limit_permille == 450
    assert meter(period="d2029").limit_permille == 400


def test_a_month_that_is_over_costs_its_boxes_and_what_the_rates_say(member):
    # given
    rate(CostKind.PAYMENT, RateBasis.PERMILLE, 36)
    rate(CostKind.POSTAGE, RateBasis.PER_PARCEL, 900)
    rate(CostKind.OFFICE, RateBasis.PER_MONTH, 100)

    # when
    november = meter().months[1]

    # then
    assert (november.month, november.donations_yen, november.is_forecast) == (
        date(2026, 11, 1), 3000, False,
    )  # fmt: skip
    assert {part.kind: part.amount_yen for part in november.parts} == {
        CostKind.PROCUREMENT: 800,
        CostKind.POSTAGE: 0,  # the parcel is not asked for yet
        CostKind.PUBLICITY: 0,
        CostKind.PAYMENT: 108,
        CostKind.OFFICE: 100,
    }
    assert meter().so_far.permille == 370  # 1,108 yen (and October's 100) of 3,000, rounded up


def test_what_was_paid_counts_instead_of_what_was_expected(member):
    # given
    rate(CostKind.PAYMENT, RateBasis.PERMILLE, 36)
    costs.entry_add(
        kind=CostKind.PAYMENT, month=date(2026, 11, 1), amount_yen=120, note="明細",
        now=world.NOW, actor=world.ACTOR,
    )  # fmt: skip

    # then
    part = meter().months[1].parts[3]
    assert (part.amount_yen, part.is_paid) == (120, True)


def test_months_ahead_follow_the_plan_and_then_the_last_month_that_is_planned(member):
    ahead = meter().months[2:]

    assert [month.donations_yen for month in ahead] == [3000] * 10
    assert [month.parts[0].amount_yen for month in ahead] == [800] * 10
    assert all(month.is_forecast for month in ahead)
    assert meter().at_end.permille == 267  # 800 of 3,000 in every month, rounded up


def test_money_given_back_is_no_donation(member):
    # given
    received = donation_models.Donation.objects.get()
    donation_models.Donation.objects.create(
        municipality=received.municipality, attempt=received.attempt, donor=received.donor,
        corrects=received, amount_yen=-3000, donated_on=date(2026, 11, 30),
        tier_name=received.tier_name, donor_name="", donor_address="", refund_ref="re_1",
        recorded_at=world.NOW,
    )  # fmt: skip

    # then
    assert meter().months[1].donations_yen == 0
    assert meter().so_far.permille is None


def test_a_period_without_anything_alarms_nobody():
    world.world_make()

    assert meter().at_end.permille is None
    assert cost_meter.is_alarming(meter(), warn_permille=1) is False


def test_the_alarm_is_the_towns_own_and_never_later_than_the_rule(member):
    assert cost_meter.is_alarming(meter(), warn_permille=268) is False
    assert cost_meter.is_alarming(meter(), warn_permille=267) is True
    # given
    rate(CostKind.OFFICE, RateBasis.PER_MONTH, 700)
    # then
    assert meter().at_end.permille > 475
    assert cost_meter.is_alarming(meter(), warn_permille=999) is True


def test_tiers_and_boxes_ahead_are_measured_alone(member):
    [tier] = cost_meter.tiers_read(period=period_read(PERIOD))
    boxes = cost_meter.boxes_read(period=period_read(PERIOD), today=DECEMBER)

    assert (tier.tier_name, tier.donations_yen, tier.boxes_yen, tier.permille) == (
        "なぎさ会員", 3000, 800, 267,
    )  # fmt: skip
    assert len(boxes) == 10
    assert (boxes[0].month, boxes[0].cost_yen, boxes[0].donation_yen) == (DECEMBER, 800, 3000)


def test_the_number_of_questions_does_not_grow_with_the_members(
    member, django_assert_max_num_queries
):
    world.member_make(donor=world.donor_make(name="taro"), tier=models.Tier.objects.get())

    with django_assert_max_num_queries(8):
        meter()


def test_nothing_is_written(member):
    meter()

    assert cost_models.CostEntry.objects.count() == 0
    assert months.LOCK_DAY  # the plan stays as it was
    assert models.Cycle.objects.filter(state="planned").count() == 3

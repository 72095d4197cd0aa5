"""The month turns: planned, locked, charged, listed; whatever is repeated happens once."""

from datetime import date, timedelta

import pytest

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.month import monthly
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def run(provider: MemoryProvider, day: date) -> monthly.RunReport:
    """One run at ten in the morning of a day."""
    now = jptime.jst_moment(day, hour=10)
    provider.now = now
    return monthly.run_cycles(as_of=day, now=now, actor="test")


def test_a_member_of_november_is_charged_once_in_december(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 11, 24))

    # when
    locked = run(provider, date(2026, 12, 18))
    charged = run(provider, date(2026, 12, 24))
    again = run(provider, date(2026, 12, 24))

    # then
    assert (locked.locked, locked.charged) == (1, 0)
    assert (charged.due, charged.charged, charged.donations_yen) == (1, 1, 3000)
    assert (again.due, again.charged, again.donations_yen) == (0, 0, 0)
    cycle = membership.cycles.get(n=1)
    assert cycle.state == "charged"
    donation = donation_models.Donation.objects.get(attempt__cycle=cycle)
    assert (donation.amount_yen, donation.donated_on) == (3000, date(2026, 12, 24))
    assert donation.receipt_label == "2026-000002"
    assert len(provider.succeeded()) == 1


def test_months_are_planned_three_ahead(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())

    # when
    report = run(provider, date(2026, 11, 24))

    # then
    assert report.planned == 3
    charge_days = list(membership.cycles.order_by("n").values_list("charge_on", flat=True))
    assert charge_days == [
        date(2026, 11, 24),
        date(2026, 12, 24),
        date(2027, 1, 24),
        date(2027, 2, 24),
    ]


def test_a_paid_month_is_listed_to_its_producer_on_the_list_day(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())

    # when
    early = run(provider, date(2026, 11, 24))
    listed = run(provider, date(2026, 11, 25))
    again = run(provider, date(2026, 11, 26))

    # then
    assert (early.shipments, listed.shipments, again.shipments) == (0, 1, 0)
    shipment = fulfilment_models.Shipment.objects.get(cycle__membership=membership)
    assert shipment.recipient_name == "山田　花子"
    assert shipment.state == "requested"


def test_a_soft_decline_is_tried_again_on_the_towns_days(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 12, 18))
    provider.next_outcomes = ["insufficient_funds"]

    # when
    declined = run(provider, date(2026, 12, 24))
    same_day = run(provider, date(2026, 12, 24))
    next_day = run(provider, date(2026, 12, 25))

    # then
    assert (declined.due, declined.declined) == (1, 1)
    assert (same_day.due, same_day.declined) == (0, 0)
    assert (next_day.due, next_day.charged, next_day.donations_yen) == (1, 1, 3000)
    membership.refresh_from_db()
    assert membership.state == "active"
    states = list(membership.events.order_by("pk").values_list("to_state", flat=True))
    assert states == ["draft", "active", "past_due", "active"]


def test_a_hard_decline_is_never_tried_again(provider: MemoryProvider) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 12, 18))
    provider.next_outcomes = ["lost_card"]

    # when
    run(provider, date(2026, 12, 24))
    later = [run(provider, date(2026, 12, 24) + timedelta(days=n)) for n in range(1, 14)]

    # then
    assert sum(report.due for report in later) == 0
    membership.refresh_from_db()
    assert membership.state == "past_due"
    assert len(provider.succeeded()) == 0


def test_a_month_not_paid_in_time_is_given_up_and_the_membership_goes_on(
    provider: MemoryProvider,
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 12, 18))
    provider.next_outcomes = ["lost_card"]
    run(provider, date(2026, 12, 24))

    # when
    months.run_through(provider, date(2026, 12, 25), date(2027, 1, 24))

    # then
    cycles = {cycle.n: cycle for cycle in membership.cycles.all()}
    assert (cycles[1].state, cycles[1].reason) == ("failed", "not_paid_in_time")
    # the next month is begun, but a card reported lost is not asked again
    assert (cycles[2].state, cycles[2].reason) == ("locked", "")
    assert [call for call in provider.calls if call.startswith("charge")] == [
        f"charge fs-{membership.public_id}-1-a1"
    ]
    assert donation_models.Donation.objects.count() == 1


@pytest.mark.parametrize("lost", ["lost_answer", "never_arrived"])
def test_a_lost_answer_is_looked_up_and_never_charged_twice(
    provider: MemoryProvider, lost: str
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 12, 18))
    provider.next_outcomes = [lost]

    # when
    first = run(provider, date(2026, 12, 24))
    second = monthly.run_cycles(
        as_of=date(2026, 12, 24),
        now=jptime.jst_moment(date(2026, 12, 24), hour=11),
        actor="test",
    )

    # then
    assert (first.due, first.unknown, first.charged) == (1, 1, 0)
    assert second.donations_yen == (0 if lost == "lost_answer" else 3000)
    assert len(provider.succeeded()) == 1
    assert membership.cycles.get(n=1).state == "charged"
    assert donation_models.Donation.objects.count() == 2


def test_one_members_trouble_does_not_stop_the_others(provider: MemoryProvider) -> None:
    # given
    tier = world.world_make()
    hanako = world.member_make(tier=tier)
    taro = world.member_make(tier=tier, donor=world.donor_make(name="taro"))
    run(provider, date(2026, 12, 18))
    provider.next_outcomes = ["refused"]

    # when
    report = run(provider, date(2026, 12, 24))

    # then
    assert (report.due, report.charged, report.parked) == (2, 1, 1)
    hanako.refresh_from_db()
    taro.refresh_from_db()
    assert (hanako.state, hanako.parked_reason) == ("parked", "provider: parameter_invalid")
    assert taro.state == "active"


def test_a_member_who_moved_into_the_town_is_left_out_with_the_reason(
    provider: MemoryProvider,
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    run(provider, date(2026, 11, 24))
    membership_services.donor_details_set(
        donor_id=membership.donor_id,
        details={"prefecture": "高知県", "city": "幡見郡汐見町", "street": "本町2"},
    )

    # when
    report = run(provider, date(2026, 12, 18))

    # then
    assert (report.locked, report.skipped) == (0, 1)
    cycle = membership.cycles.get(n=1)
    assert (cycle.state, cycle.reason) == ("skipped", "resident_no_gift")
    assert donation_models.Donation.objects.count() == 1


def test_a_box_that_costs_more_than_thirty_percent_parks_the_membership(
    provider: MemoryProvider,
) -> None:
    # given
    tier = world.world_make()
    membership = world.member_make(tier=tier)
    run(provider, date(2026, 11, 24))
    fulfilment_models.Gift.objects.filter(slug="daikon").update(procurement_cost_yen=901)

    # when
    report = run(provider, date(2026, 12, 18))

    # then
    assert (report.locked, report.parked) == (0, 1)
    membership.refresh_from_db()
    assert (membership.state, membership.parked_reason) == ("parked", "box_over_limit")
    assert membership.cycles.get(n=1).state == "planned"


def test_a_dry_run_says_what_would_happen_and_changes_nothing(provider: MemoryProvider) -> None:
    # given
    world.member_make(tier=world.world_make())
    run(provider, date(2026, 12, 18))
    before = _everything()

    # when
    report = monthly.run_cycles(as_of=date(2026, 12, 24), now=world.NOW, actor="test", dry_run=True)

    # then
    assert (report.due, report.donations_yen) == (1, 3000)
    assert _everything() == before


def _everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            membership_models.Cycle,
            membership_models.Membership,
            donation_models.PaymentAttempt,
            donation_models.Donation,
            fulfilment_models.Shipment,
        )
    ]


def test_a_prepaid_term_sends_six_boxes_for_one_donation_and_ends(
    provider: MemoryProvider,
) -> None:
    # given
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    prepaid = world.prepaid_tier_make(box_source=source)
    membership = world.member_make(tier=prepaid)

    # when
    months.run_through(provider, date(2026, 11, 24), date(2027, 5, 31))

    # then
    membership.refresh_from_db()
    assert membership.state == "ended"
    assert donation_models.Donation.objects.count() == 1
    assert fulfilment_models.Shipment.objects.filter(cycle__membership=membership).count() == 6
    assert provider.succeeded() == []
    breaches = ledger.ledger_check(now=jptime.jst_moment(date(2027, 6, 1)), provider_days=0)
    assert {breach.code for breach in breaches} == {"paid_without_order"}

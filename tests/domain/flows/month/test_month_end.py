"""How months and memberships end, what happens late, and what is asked for once."""

from datetime import date, timedelta
from typing import Any

import pytest

from saleor_ext.contracts import errors as provider_errors
from saleor_ext.contracts.payment import ChargeState
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.month import locking
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import services as membership_services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


def leave(membership: membership_models.Membership, day: date) -> None:
    membership_services.membership_cancelling(
        membership_id=membership.pk, now=months.morning(day), actor="staff:1", reason="asked"
    )


def states_of(membership: membership_models.Membership) -> dict[int, str]:
    return dict(membership.cycles.order_by("n").values_list("n", "state"))


def state_of(membership: membership_models.Membership) -> str:
    return membership_models.Membership.objects.get(pk=membership.pk).state


def keys(topic: str) -> list[str]:
    rows = outbox_models.OutboxMessage.objects.filter(topic=topic)
    return sorted(rows.values_list("key", flat=True))


def prepaid_member_make() -> membership_models.Membership:
    source = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.town_make()
    world.boxes_make(tier=source, month_from=date(2026, 11, 1))
    return world.member_make(tier=world.prepaid_tier_make(box_source=source))


def test_whoever_leaves_gets_what_he_paid_for_and_is_asked_for_nothing_more(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    membership = cycle.membership
    months.run(provider, months.CHARGE_DAY)
    leave(membership, months.CHARGE_DAY)

    # when
    first = months.CHARGE_DAY + timedelta(days=1)
    months.run(provider, first)
    soon = (state_of(membership), states_of(membership))
    last_day = months.month_of(membership, 1).ship_to
    months.run_through(provider, first + timedelta(days=1), last_day)
    until_the_last_parcel = state_of(membership)
    reports = months.run_through(provider, date(2027, 1, 6), date(2027, 3, 1))

    # then
    months_soon = {0: "charged", 1: "charged", 2: "void", 3: "void", 4: "void"}
    assert soon == ("cancelling", months_soon)
    assert until_the_last_parcel == "cancelling"
    ended = membership_models.Membership.objects.get(pk=membership.pk)
    assert ended.state == "ended"
    assert ended.events.last().reason == "cancelled_by_donor"
    assert sum(report.due for report in reports) == 0
    assert states_of(membership) == months_soon
    assert fulfilment_models.Shipment.objects.filter(cycle=cycle).count() == 1
    assert len(provider.succeeded()) == 1


def test_a_locked_month_that_is_not_paid_yet_is_taken_back_with_its_order(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    leave(cycle.membership, months.LOCK_DAY)

    # when
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert (report.due, report.charged) == (0, 0)
    taken_back = months.month_of(cycle.membership, 1)
    assert (taken_back.state, taken_back.reason) == ("void", "membership_cancelled")
    assert f"order.cancel:{cycle.pk}" in keys("order.cancel")
    assert state_of(cycle.membership) == "ended"
    assert provider.succeeded() == []


def test_a_month_whose_payment_is_under_way_is_not_taken_back(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    provider.next_outcomes = ["lost_answer"]
    months.run(provider, months.CHARGE_DAY)
    leave(cycle.membership, months.CHARGE_DAY)

    # when
    months.run(provider, months.CHARGE_DAY, hour=10)
    during = months.month_of(cycle.membership, 1).state
    months.run(provider, months.CHARGE_DAY, hour=11)

    # then
    assert during == "locked"
    assert months.month_of(cycle.membership, 1).state == "charged"
    assert state_of(cycle.membership) == "cancelling"


def test_a_prepaid_term_is_delivered_to_its_end_after_the_donor_left(
    provider: MemoryProvider,
) -> None:
    # given
    membership = prepaid_member_make()
    months.run(provider, world.TODAY)
    leave(membership, world.TODAY)

    # when
    day = world.TODAY
    while day < date(2027, 6, 1):
        months.run(provider, day)
        day += timedelta(days=7)

    # then
    assert state_of(membership) == "ended"
    assert fulfilment_models.Shipment.objects.filter(cycle__membership=membership).count() == 6


def parcels_leave() -> None:
    """Everything asked for until now is on its way."""
    for number, parcel in enumerate(fulfilment_models.Shipment.objects.filter(state="requested")):
        fulfilment_services.shipment_shipped(
            producer_id=parcel.producer_id,
            key=parcel.key,
            carrier="yamato",
            tracking_number=f"4000000000{number:02}",
            shipped_on=parcel.list_on,
            now=months.morning(parcel.list_on),
            actor="test",
        )


def test_a_prepaid_box_the_law_forbids_moves_until_the_towns_bound_is_reached(
    provider: MemoryProvider,
) -> None:
    # given
    membership = prepaid_member_make()
    membership_models.Municipality.objects.update(term_extra_months=1)
    months.run(provider, date(2027, 3, 27))
    parcels_leave()
    membership_services.donor_details_set(
        donor_id=membership.donor_id, details={"prefecture": "高知県", "city": "汐見町"}
    )

    # when
    months.run(provider, date(2027, 4, 20))
    moved = membership.cycles.get(n=6)
    for day in (date(2027, 5, 20), date(2027, 6, 20)):
        months.run(provider, day)

    # then
    last = membership.cycles.get(n=5)
    assert (last.state, last.reason, last.is_listed) == ("skipped", "resident_no_gift", False)
    assert (moved.state, moved.kind, moved.covered_by.n) == ("planned", "prepaid", 0)
    assert states_of(membership)[6] == "skipped"
    assert state_of(membership) == "ended"
    assert keys("mail.send").count(f"mail:prepaid_ended:m{membership.pk}") == 1


def test_a_month_that_is_not_paid_in_time_gives_back_its_order(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider)
    last_day = months.CHARGE_DAY + timedelta(days=14)

    # when
    months.run(provider, last_day)
    on_the_last_day = months.month_of(cycle.membership, 1).state
    months.run(provider, last_day + timedelta(days=1))

    # then
    assert on_the_last_day == "locked"
    failed = months.month_of(cycle.membership, 1)
    assert (failed.state, failed.reason) == ("failed", "not_paid_in_time")
    assert keys("order.cancel") == [f"order.cancel:{cycle.pk}"]


def test_money_that_came_at_the_last_moment_is_not_given_up(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="authentication_required")
    key = donation_models.PaymentAttempt.objects.get(cycle=cycle).key
    provider.confirm(key)

    # when
    months.run(provider, months.CHARGE_DAY + timedelta(days=20))

    # then
    assert months.month_of(cycle.membership, 1).state == "charged"
    assert keys("order.cancel") == []


def test_a_month_is_not_given_up_while_nobody_can_say_whether_it_was_paid(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    cycle = months.declined_december_make(provider, said="authentication_required")

    def away(*args: object, **kwargs: object) -> ChargeState:
        raise provider_errors.ProviderUnknown("timeout")

    monkeypatch.setattr(MemoryProvider, "charge_fetch", away)

    # when
    months.run(provider, months.CHARGE_DAY + timedelta(days=20))

    # then
    assert months.month_of(cycle.membership, 1).state == "locked"
    assert keys("order.cancel") == []


def test_a_month_paid_late_is_sent_as_many_days_later(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.next_outcomes = ["insufficient_funds", "insufficient_funds"]
    months.run_days(provider, date(2026, 12, 25), date(2026, 12, 30))
    planned = months.month_of(cycle.membership, 1)

    # when
    report = months.run(provider, date(2026, 12, 31))

    # then
    assert (report.charged, report.shipments) == (1, 1)
    shipment = fulfilment_models.Shipment.objects.get(cycle=cycle)
    late = date(2026, 12, 31) - planned.list_on
    assert (planned.list_on, planned.ship_from, planned.ship_to) == (
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 4),
    )
    assert late == timedelta(days=6)
    assert (shipment.list_on, shipment.ship_from, shipment.ship_to) == (
        date(2026, 12, 31),
        # the office is closed to 3 January, the producer reads his list on the 4th
        date(2027, 1, 4),
        date(2027, 1, 10),
    )
    assert months.month_of(cycle.membership, 1).list_on == date(2026, 12, 25)


def test_three_missed_days_are_caught_up_with_one_charge_each(provider: MemoryProvider) -> None:
    # given members whose donation days are the 22nd, 23rd and 24th
    tier = world.world_make()
    for day in (22, 23, 24):
        now = months.morning(date(2026, 11, day))
        world.member_make(donor=world.donor_make(name=f"d{day}", now=now), tier=tier, now=now)
    months.run(provider, date(2026, 12, 18))

    # when nothing ran on those three days
    first = months.run(provider, date(2026, 12, 25))
    again = months.run(provider, date(2026, 12, 25))

    # then
    assert (first.due, first.charged, first.donations_yen) == (3, 3, 9000)
    assert (again.due, again.charged, again.donations_yen) == (0, 0, 0)
    assert len(provider.succeeded()) == 3
    days = donation_models.Donation.objects.filter(attempt__cycle__n=1).values_list("donated_on")
    assert set(days) == {(date(2026, 12, 25),)}


def test_a_town_that_slept_for_two_months_charges_each_month_once(
    provider: MemoryProvider,
) -> None:
    # given
    membership = world.member_make(tier=world.world_make())
    months.run(provider, world.TODAY)

    # when
    report = months.run(provider, date(2027, 1, 25))
    months.run(provider, date(2027, 1, 26))

    # then each month once, but the one of the old year waits for its donor's word
    assert (report.locked, report.due, report.charged) == (2, 1, 1)
    assert states_of(membership) == {
        0: "charged",
        1: "locked",
        2: "charged",
        3: "planned",
        4: "planned",
        5: "planned",
    }
    assert len(provider.succeeded()) == 1


def test_orders_and_mails_are_asked_for_once_a_month(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)

    # when
    months.run_days(provider, months.CHARGE_DAY, months.CHARGE_DAY + timedelta(days=3))

    # then
    rows = outbox_models.OutboxMessage.objects.filter(payload__cycle_id=cycle.pk)
    attempt = donation_models.PaymentAttempt.objects.get(cycle=cycle)
    assert sorted(rows.values_list("key", flat=True)) == [
        f"mail:donation_received:{attempt.pk}",
        f"order.create:{cycle.pk}",
        f"order.pay:{cycle.pk}",
    ]
    payloads = outbox_models.OutboxMessage.objects.values_list("payload", flat=True)
    assert all(set(payload) <= ledger.PAYLOAD_KEYS for payload in payloads)


def test_each_decline_and_each_skip_is_told_once(provider: MemoryProvider) -> None:
    # given
    cycle = months.declined_december_make(provider, said="insufficient_funds")
    provider.next_outcomes = ["insufficient_funds"]
    months.run_days(provider, date(2026, 12, 25), date(2026, 12, 26))

    # when the retries are used up or the donor is gone by January
    provider.next_outcomes = ["lost_card"]
    months.run_through(provider, date(2026, 12, 27), date(2027, 1, 20))

    # then
    attempts = donation_models.PaymentAttempt.objects.filter(cycle=cycle).order_by("number")
    assert [attempt.decline_code for attempt in attempts] == [
        "insufficient_funds",
        "insufficient_funds",
        "lost_card",
    ]
    mails = [key for key in keys("mail.send") if "charge_failed" in key]
    assert mails == sorted(f"mail:charge_failed:{attempt.pk}" for attempt in attempts)
    january = months.month_of(cycle.membership, 2)
    assert (january.state, january.membership.state) == ("locked", "active")
    assert keys("mail.send").count(f"mail:month_given_up:c{cycle.pk}") == 1


def test_a_box_that_was_emptied_after_its_lock_parks_one_member_and_not_the_run(
    provider: MemoryProvider,
) -> None:
    # given
    hanako = world.member_make(tier=world.world_make())
    other = world.tier_make(slug="minato", amount_yen=10000, rank=2)
    world.boxes_make(tier=other, month_from=date(2026, 11, 1))
    taro = world.member_make(tier=other, donor=world.donor_make(name="taro"))
    fulfilment_models.BoxItem.objects.filter(box_plan__tier=hanako.tier).delete()

    # when
    report = months.run(provider, date(2026, 11, 25))

    # then
    assert report.shipments == 1
    assert fulfilment_models.Shipment.objects.get().cycle.membership_id == taro.pk
    hanako.refresh_from_db()
    assert (hanako.state, hanako.parked_reason) == ("parked", "box_empty")
    assert months.month_of(hanako, 0).is_listed is False


def test_a_month_that_cannot_be_listed_for_whatever_reason_parks_one_member(
    provider: MemoryProvider,
) -> None:
    # given a label that somebody broke
    tier = world.world_make()
    hanako = world.member_make(tier=tier)
    taro = world.member_make(tier=tier, donor=world.donor_make(name="taro"))
    first = months.month_of(hanako, 0)
    membership_models.CycleSnapshot.objects.filter(cycle=first).update(
        delivery={"name": "山田　花子"}
    )

    # when
    report = months.run(provider, date(2026, 11, 25))

    # then
    assert report.shipments == 1
    assert fulfilment_models.Shipment.objects.get().cycle.membership_id == taro.pk
    hanako.refresh_from_db()
    assert (hanako.state, hanako.parked_reason) == ("parked", "unexpected_error")
    assert months.month_of(hanako, 0).is_listed is False


def test_a_month_moved_by_somebody_else_meanwhile_does_not_stop_the_run(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two months read as planned, one of them to be skipped, one to be locked
    tier = world.world_make()
    hanako = world.member_make(tier=tier)
    taro = world.member_make(tier=tier, donor=world.donor_make(name="taro"))
    months.run(provider, world.TODAY)
    membership_services.donor_details_set(
        donor_id=hanako.donor_id, details={"prefecture": "高知県", "city": "汐見町"}
    )
    stale = locking.cycles_to_lock(as_of=months.LOCK_DAY, after_id=0)
    membership_models.Cycle.objects.filter(pk__in=[cycle.pk for cycle in stale]).update(
        state="void"
    )
    monkeypatch.setattr(
        locking, "cycles_to_lock", lambda *, as_of, after_id: [] if after_id else stale
    )

    # when
    report = locking.cycles_lock_due(
        as_of=months.LOCK_DAY, now=months.morning(months.LOCK_DAY), actor="test"
    )

    # then
    assert len(stale) == 2
    assert (report.locked, report.skipped, report.parked) == (0, 0, 0)
    assert states_of(hanako)[1] == states_of(taro)[1] == "void"


def test_a_member_without_a_card_is_for_staff(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    donation_models.CardOnFile.objects.all().delete()

    # when
    report = months.run(provider, months.CHARGE_DAY)

    # then
    assert (report.due, report.parked, report.charged) == (1, 1, 0)
    membership = membership_models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "card_missing")
    assert donation_models.PaymentAttempt.objects.filter(cycle=cycle).count() == 0


def test_a_dry_run_counts_what_the_run_then_does(provider: MemoryProvider) -> None:
    # given one to be locked and charged, one to be left out, one whose box is missing
    tier = world.world_make()
    other = world.tier_make(slug="minato", amount_yen=10000, rank=2)
    world.box_make(tier=other, month=date(2026, 11, 1))
    world.member_make(tier=tier)
    taro = world.member_make(tier=tier, donor=world.donor_make(name="taro"))
    world.member_make(tier=other, donor=world.donor_make(name="jiro"))
    late = world.member_make(tier=tier, donor=world.donor_make(name="saburo"))
    months.run(provider, date(2026, 11, 25))
    membership_services.donor_details_set(
        donor_id=taro.donor_id, details={"prefecture": "高知県", "city": "汐見町"}
    )
    membership_models.Membership.objects.filter(pk=late.pk).update(state="past_due")

    # when
    counts = [
        months.monthly.run_cycles(
            as_of=months.CHARGE_DAY,
            now=months.morning(months.CHARGE_DAY),
            actor="test",
            dry_run=is_dry,
        )
        for is_dry in (True, False)
    ]

    # then
    dry, real = counts
    for name in ("planned", "locked", "skipped", "parked", "due", "donations_yen"):
        assert (name, getattr(dry, name)) == (name, getattr(real, name))
    assert (real.locked, real.skipped, real.parked, real.due) == (1, 2, 1, 1)


def test_a_membership_that_another_run_has_just_ended_does_not_break_off_this_one(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    membership, day = prepaid_member_make(), date(2027, 6, 20)
    months.run_days(provider, world.TODAY, world.TODAY)
    months.run(provider, date(2027, 4, 26))
    real = membership_services.membership_end

    def twice(**how: Any) -> membership_models.Membership:
        real(**how)
        return real(**how)

    monkeypatch.setattr(membership_services, "membership_end", twice)

    # when
    months.run(provider, day)

    # then this run left it to the other
    assert state_of(membership) == "active"

    # and when
    monkeypatch.setattr(membership_services, "membership_end", real)
    months.run(provider, day)

    # then
    assert state_of(membership) == "ended"

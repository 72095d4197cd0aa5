"""Whoever moves into the town after his month was fixed gets no box of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from saleor_ext.donations import models as donation_models
from saleor_ext.flows.books import ledger
from saleor_ext.flows.month import listing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services
from saleor_ext.outbox import models as outbox_models
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

IN_TOWN = {
    "is_registered_address_same": False,
    "registered_postal_code": "789-9903",
    "registered_prefecture": "高知県",
    "registered_city": "幡見郡汐見町",
    "registered_street": "奥谷104番地",
}
LIST_DAY = date(2026, 12, 25)


def move_into_town(cycle: models.Cycle) -> None:
    services.donor_details_set(donor_id=cycle.membership.donor_id, details=IN_TOWN)


def parcels(cycle: models.Cycle) -> list[str]:
    rows = fulfilment_models.Shipment.objects.filter(cycle=cycle)
    return list(rows.values_list("state", flat=True))


def test_a_fixed_month_of_a_new_resident_is_left_out_and_not_charged(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    cycle.membership.cycles.filter(n=0).update(is_listed=True)  # November's parcel has left
    move_into_town(cycle)

    # when
    report = months.run(provider, months.CHARGE_DAY)

    # then
    cycle.refresh_from_db()
    assert (cycle.state, cycle.reason) == ("skipped", "resident_no_gift")
    assert (report.charged, report.skipped) == (0, 1)
    assert provider.succeeded() == []
    assert not donation_models.PaymentAttempt.objects.filter(cycle=cycle).exists()
    messages = outbox_models.OutboxMessage.objects
    assert messages.filter(key=f"order.cancel:{cycle.pk}").exists()
    assert messages.filter(key=f"mail:cycle_skipped:c{cycle.pk}").exists()
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    assert membership.state == "active"


def test_a_paid_box_of_a_new_resident_waits_for_staff(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    move_into_town(cycle)

    # when
    report = months.run(provider, LIST_DAY)

    # then
    assert (report.shipments, parcels(cycle)) == (0, [])
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "resident_no_gift")


def test_of_two_runs_at_once_one_parks_and_the_others_listing_goes_on(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: the other run parks just between this one's look and its own parking
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    move_into_town(cycle)
    other = world.member_make(
        donor=world.donor_make(name="taro"), tier=months.month_of(cycle.membership, 0).tier
    )
    park = services.membership_park

    def park_second(**given: Any) -> models.Membership:
        park(**given | {"actor": "another run"})
        return park(**given)

    monkeypatch.setattr(services, "membership_park", park_second)

    # when
    listing.cycles_list_due(as_of=LIST_DAY, now=months.morning(LIST_DAY), actor="run")

    # then
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "resident_no_gift")
    events = models.MembershipEvent.objects.filter(membership=membership, to_state="parked")
    assert list(events.values_list("actor", flat=True)) == ["another run"]
    assert parcels(cycle) == []
    assert parcels(months.month_of(other, 0)) == ["requested"]


def test_a_parcel_of_a_new_resident_that_has_not_left_is_held(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    months.run_days(provider, months.CHARGE_DAY, LIST_DAY)
    assert parcels(cycle) == ["requested"]
    move_into_town(cycle)

    # when
    months.run(provider, LIST_DAY + timedelta(days=1))

    # then
    assert parcels(cycle) == ["held"]
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    assert (membership.state, membership.parked_reason) == ("parked", "resident_no_gift")
    breaches = ledger.ledger_check(now=months.morning(LIST_DAY, hour=12), provider_days=0)
    assert "parcel_to_resident" not in {breach.code for breach in breaches}

"""A producer moves his own parcels, and nobody else's."""

import threading

import pytest
from django.db import connection

from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.fulfilment import errors, models, services
from tests.builders import api as world


def parcels_make(count: int = 1):
    tier = world.tier_make()
    membership = world.membership_make(donor=world.donor_make(), tier=tier)
    producer = world.producer_make()
    box = world.box_make(tier=tier, gifts=[world.gift_make(producer=producer)])
    made = []
    for n in range(count):
        cycle = world.cycle_make(membership=membership, n=n)
        made += world.shipments_make(cycle=cycle, box=box)
    return producer, made


def who(producer):
    return {"producer_id": producer.pk, "now": world.NOW, "actor": f"producer:{producer.pk}"}


def ship(producer, parcel, number="123456789012", carrier="yamato"):
    return services.shipment_shipped(
        key=parcel.key,
        carrier=carrier,
        tracking_number=number,
        shipped_on=world.TODAY,
        **who(producer),
    )


def trail(parcel):
    rows = models.ShipmentEvent.objects.filter(shipment=parcel).order_by("pk")
    return [row.to_state for row in rows]


@pytest.mark.django_db
def test_ready_unready_and_back_each_leave_one_event():
    # given
    producer, (parcel,) = parcels_make()
    # when
    for step in (services.shipment_ready, services.shipment_ready, services.shipment_unready):
        step(key=parcel.key, **who(producer))
    again = services.shipment_unready(key=parcel.key, **who(producer))
    # then
    assert again.state == "requested"
    assert trail(parcel) == ["requested", "preparing", "requested"]


@pytest.mark.django_db
def test_shipping_twice_with_the_same_number_changes_nothing():
    # given
    producer, (parcel,) = parcels_make()
    # when
    first = ship(producer, parcel)
    second = ship(producer, parcel)
    # then
    assert (first.state, first.tracking_number, first.shipped_on) == (
        "shipped",
        "123456789012",
        world.TODAY,
    )
    assert second.pk == first.pk
    assert trail(parcel) == ["requested", "labelled", "shipped"]


@pytest.mark.django_db
def test_a_number_of_another_parcel_is_refused_and_nothing_is_written():
    # given
    producer, (first, second) = parcels_make(2)
    ship(producer, first)
    # when
    with pytest.raises(errors.TrackingUsed) as refusal:
        ship(producer, second)
    # then
    assert refusal.value.code == "tracking_used"
    second.refresh_from_db()
    assert (second.state, second.tracking_number) == ("requested", "")
    assert trail(second) == ["requested"]


@pytest.mark.django_db
def test_another_carrier_may_use_the_same_number():
    # given
    producer, (first, second) = parcels_make(2)
    ship(producer, first)
    # when
    ship(producer, second, carrier="sagawa")
    # then
    second.refresh_from_db()
    assert (second.state, second.carrier) == ("shipped", "sagawa")


@pytest.mark.django_db
def test_what_has_left_cannot_be_changed():
    # given
    producer, (parcel,) = parcels_make()
    ship(producer, parcel)
    # when
    with pytest.raises(InvalidTransition):
        services.shipment_ready(key=parcel.key, **who(producer))
    with pytest.raises(InvalidTransition):
        ship(producer, parcel, number="999999999999")
    with pytest.raises(InvalidTransition):
        services.shipment_cancel(key=parcel.key, now=world.NOW, actor="staff:s", reason="x")
    # then
    assert trail(parcel) == ["requested", "labelled", "shipped"]


@pytest.mark.django_db
def test_a_parcel_labelled_before_a_crash_can_be_shipped():
    # given
    producer, (parcel,) = parcels_make()
    models.Shipment.objects.filter(pk=parcel.pk).update(
        state="labelled", tracking_number="123456789012"
    )
    # when
    shipped = ship(producer, parcel)
    # then
    assert shipped.state == "shipped"


@pytest.mark.django_db
@pytest.mark.parametrize("key_is_real", [True, False])
def test_another_producers_parcel_does_not_exist_for_me(key_is_real):
    # given
    _, (parcel,) = parcels_make()
    other = world.producer_make(slug="minato-suisan", name="みなと水産")
    key = parcel.key if key_is_real else "S0000000000000"
    parcel.key = key
    # when
    with pytest.raises(NotFound):
        services.shipment_ready(key=key, **who(other))
    with pytest.raises(NotFound):
        services.shipment_unready(key=key, **who(other))
    with pytest.raises(NotFound):
        ship(other, parcel)
    # then
    assert models.Shipment.objects.get().state == "requested"
    assert models.ShipmentEvent.objects.count() == 1


@pytest.mark.django_db
def test_cancelling_twice_leaves_one_event_with_its_reason():
    # given
    _, (parcel,) = parcels_make()
    # when
    for _ in range(2):
        services.shipment_cancel(key=parcel.key, now=world.NOW, actor="staff:s", reason="転居")
    # then
    assert trail(parcel) == ["requested", "cancelled"]
    assert models.ShipmentEvent.objects.get(to_state="cancelled").reason == "転居"
    with pytest.raises(NotFound):
        services.shipment_cancel(key="S1", now=world.NOW, actor="staff:s", reason="転居")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_writers_asking_for_the_same_parcels_make_one():
    # given
    tier = world.tier_make()
    membership = world.membership_make(donor=world.donor_make(), tier=tier)
    cycle = world.cycle_make(membership=membership)
    box = world.box_make(tier=tier, gifts=[world.gift_make(producer=world.producer_make())])
    found = run_together(lambda: [row.key for row in world.shipments_make(cycle=cycle, box=box)])
    # then
    assert len(found) == 2
    assert found[0] == found[1]
    assert models.Shipment.objects.count() == 1
    assert models.ShipmentItem.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_parcels_racing_for_one_number_leave_one_winner():
    # given
    producer, parcels = parcels_make(2)
    waiting = list(parcels)

    def try_ship():
        try:
            return ship(producer, waiting.pop()).state
        except errors.TrackingUsed as refusal:
            return refusal.code

    # when
    outcomes = run_together(try_ship)
    # then
    assert sorted(outcomes) == ["shipped", "tracking_used"]
    assert models.Shipment.objects.filter(tracking_number="123456789012").count() == 1


def run_together(work):
    """This will run the same work in two threads that start at the same moment."""
    gate, results = threading.Barrier(2, timeout=10), []

    def run():
        try:
            gate.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results

"""One parcel per producer, once, on days that donor and producer can both keep."""

from datetime import date

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.fulfilment import errors, keys, models, services
from tests.builders import api as world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    donor = world.donor_make()
    return world.cycle_make(membership=world.membership_make(donor=donor, tier=world.tier_make()))


def test_a_box_of_two_producers_becomes_two_parcels(cycle):
    # given
    farm = world.producer_make()
    port = world.producer_make(slug="minato-suisan", name="みなと水産", sort_order=1)
    gifts = [
        world.gift_make(producer=farm, slug="daikon"),
        world.gift_make(producer=port, slug="katsuo", temperature="frozen"),
        world.gift_make(producer=port, slug="nori", temperature="ambient"),
    ]
    box = world.box_make(tier=cycle.tier, gifts=gifts, quantity=2)
    # when
    parcels = world.shipments_make(cycle=cycle, box=box)
    # then
    assert [(row.producer_id, row.temperature, row.state) for row in parcels] == [
        (farm.pk, "chilled", "requested"),
        (port.pk, "frozen", "requested"),
    ]
    contents = [(item.name, item.quantity) for item in parcels[1].items.order_by("name")]
    assert contents == [("品 katsuo", 2), ("品 nori", 2)]
    assert parcels[0].recipient_name == "山田　花子"
    assert parcels[0].building == "青空荘101"
    events = models.ShipmentEvent.objects.filter(shipment=parcels[0])
    assert [(row.from_state, row.to_state, row.actor) for row in events] == [
        ("", "requested", "system")
    ]


def test_asking_again_returns_the_same_parcels_even_cancelled_ones(cycle):
    # given
    box = world.box_make(tier=cycle.tier, gifts=[world.gift_make(producer=world.producer_make())])
    (first,) = world.shipments_make(cycle=cycle, box=box)
    services.shipment_cancel(key=first.key, now=world.NOW, actor="staff:s", reason="転居")
    # when
    again = world.shipments_make(cycle=cycle, box=box)
    # then
    assert [row.key for row in again] == [first.key]
    assert again[0].state == "cancelled"
    assert models.Shipment.objects.count() == 1
    assert models.ShipmentItem.objects.count() == 1


@pytest.mark.parametrize(
    ("lead_days", "closed_weekdays", "closed_dates", "leaves_on"),
    [
        # the list is of Tuesday 17 November; the donor was told from Wednesday 18 on
        (0, [], [], date(2026, 11, 18)),
        (1, [], [], date(2026, 11, 18)),
        (3, [5, 6], [], date(2026, 11, 20)),
        (4, [5, 6], [], date(2026, 11, 24)),  # 23 November is a national holiday
        (1, [2], [], date(2026, 11, 19)),
        (1, [2], ["11-19", "2026-11-20"], date(2026, 11, 21)),
        (1, [2], ["02-29"], date(2026, 11, 19)),
    ],
)
def test_it_leaves_when_the_producer_can_and_the_donor_was_told(
    cycle, lead_days, closed_weekdays, closed_dates, leaves_on
):
    # given
    producer = world.producer_make(
        lead_days=lead_days, closed_weekdays=closed_weekdays, closed_dates=closed_dates
    )
    box = world.box_make(tier=cycle.tier, gifts=[world.gift_make(producer=producer)])
    # when
    (parcel,) = world.shipments_make(cycle=cycle, box=box)
    # then
    assert (parcel.ship_from, parcel.ship_to) == (leaves_on, date(2026, 11, 25))


def test_a_slow_producer_moves_the_end_of_the_window_too(cycle):
    # given
    producer = world.producer_make(lead_days=12)
    box = world.box_make(tier=cycle.tier, gifts=[world.gift_make(producer=producer)])
    # when
    (parcel,) = world.shipments_make(cycle=cycle, box=box)
    # then
    assert parcel.ship_from == parcel.ship_to == date(2026, 11, 30)


def test_an_empty_or_missing_box_is_refused(cycle):
    # given
    box = world.box_make(tier=cycle.tier, gifts=[])
    # when
    with pytest.raises(errors.BoxEmpty):
        world.shipments_make(cycle=cycle, box=box)
    box.delete()
    box.pk = 999
    with pytest.raises(NotFound):
        world.shipments_make(cycle=cycle, box=box)
    # then
    assert models.Shipment.objects.count() == 0


def test_keys_are_short_and_find_every_mistyped_character():
    # given
    made = {keys.shipment_key_make() for _ in range(200)}
    # when
    key = sorted(made)[0]
    wrong = [
        key[:place] + other + key[place + 1 :]
        for place in range(1, len(key))
        for other in keys.ALPHABET
        if other != key[place]
    ]
    # then
    assert len(made) == 200
    assert all(len(one) == 14 and keys.shipment_key_is_valid(one) for one in made)
    assert not any(keys.shipment_key_is_valid(text) for text in wrong)
    assert not keys.shipment_key_is_valid("")
    assert not keys.shipment_key_is_valid("S" + "I" * 13)
    assert keys.shipment_key_clean(" " + key[:4].lower() + "-" + key[4:]) == key

"""Boxes, their facts and lists of parcels, in a bounded number of queries."""

from datetime import date

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.fulfilment import selectors
from tests.builders import api as world

pytestmark = pytest.mark.django_db


def test_a_prepaid_tier_gets_the_boxes_of_its_source():
    # given
    source = world.tier_make(slug="minato", rank=3, amount_yen=10000)
    prepaid = world.tier_make(
        slug="minato-6",
        rank=3,
        amount_yen=60000,
        kind="prepaid",
        box_count=6,
        box_source=source,
    )
    producer = world.producer_make()
    gift = world.gift_make(producer=producer)
    november = world.box_make(tier=source, gifts=[gift])
    january = world.box_make(tier=source, gifts=[gift], month=date(2027, 1, 1))
    world.box_make(tier=source, gifts=[gift], month=date(2027, 3, 1))
    # when
    between = selectors.boxes_between(tier=prepaid, month_from=date(2026, 11, 24), months=4)
    # then
    assert selectors.box_for(tier=prepaid, month=date(2026, 11, 24)) == november
    assert selectors.box_for(tier=source, month=date(2026, 12, 1)) is None
    assert between == [november, january]


def test_box_facts_add_up_cost_and_find_alcohol_by_producer(django_assert_num_queries):
    # given
    tier = world.tier_make()
    farm = world.producer_make()
    brewery = world.producer_make(slug="sakagura", name="酒蔵", sort_order=2)
    gifts = [
        world.gift_make(producer=farm, slug="daikon", procurement_cost_yen=301),
        world.gift_make(producer=farm, slug="ninjin", temperature="ambient"),
        world.gift_make(producer=brewery, slug="sake", is_alcohol=True, temperature="ambient"),
    ]
    world.box_make(tier=tier, gifts=gifts, quantity=2)
    # when
    with django_assert_num_queries(2):
        facts = selectors.box_facts(box=selectors.box_for(tier=tier, month=world.MONTH))
    # then
    assert facts.cost_yen == 2 * (301 + 880 + 880)
    assert facts.has_alcohol
    shown = [
        (part.producer, part.temperature, [line.quantity for line in part.lines])
        for part in facts.producers
    ]
    assert shown == [(farm, "chilled", [2, 2]), (brewery, "ambient", [2])]


def test_a_box_without_alcohol_says_so():
    # given
    box = world.box_make(
        tier=world.tier_make(), gifts=[world.gift_make(producer=world.producer_make())]
    )
    # when
    facts = selectors.box_facts(box=box)
    # then
    assert (facts.cost_yen, facts.has_alcohol) == (880, False)


@pytest.mark.parametrize("count", [1, 12])
def test_parcels_are_listed_in_two_queries_whatever_their_number(count, django_assert_num_queries):
    # given
    tier = world.tier_make()
    donor = world.donor_make()
    membership = world.membership_make(donor=donor, tier=tier)
    producer = world.producer_make()
    box = world.box_make(tier=tier, gifts=[world.gift_make(producer=producer)])
    for n in range(count):
        world.shipments_make(cycle=world.cycle_make(membership=membership, n=n), box=box)
    # when
    with django_assert_num_queries(2):
        mine = list(selectors.shipments_of_donor(donor_id=donor.pk))
        shown = [(row.producer.name, row.cycle.month, len(row.items.all())) for row in mine]
    with django_assert_num_queries(2):
        theirs = list(selectors.shipments_of_producer(producer_id=producer.pk))
        names = [row.items.all()[0].name for row in theirs]
    # then
    assert len(shown) == len(names) == count
    assert [row.ship_from for row in mine] == sorted((row.ship_from for row in mine), reverse=True)
    assert [row.ship_from for row in theirs] == sorted(row.ship_from for row in theirs)


def test_a_producer_sees_and_finds_only_his_own_parcels():
    # given
    tier = world.tier_make()
    membership = world.membership_make(donor=world.donor_make(), tier=tier)
    farm = world.producer_make()
    port = world.producer_make(slug="minato-suisan", name="みなと水産", sort_order=1)
    gifts = [
        world.gift_make(producer=farm, slug="daikon"),
        world.gift_make(producer=port, slug="katsuo"),
    ]
    box = world.box_make(tier=tier, gifts=gifts)
    of_farm, of_port = world.shipments_make(cycle=world.cycle_make(membership=membership), box=box)
    # when
    listed = selectors.shipments_of_producer(producer_id=farm.pk, states={"requested"})
    # then
    assert [row.key for row in listed] == [of_farm.key]
    assert not selectors.shipments_of_producer(producer_id=farm.pk, states={"shipped"}).exists()
    assert selectors.shipment_of_producer(producer_id=farm.pk, key=of_farm.key) == of_farm
    with pytest.raises(NotFound):
        selectors.shipment_of_producer(producer_id=farm.pk, key=of_port.key)


def test_another_donor_sees_none_of_my_parcels():
    # given
    tier = world.tier_make()
    hanako, taro = world.donor_make(), world.donor_make(world.TARO)
    box = world.box_make(tier=tier, gifts=[world.gift_make(producer=world.producer_make())])
    membership = world.membership_make(donor=hanako, tier=tier)
    world.shipments_make(cycle=world.cycle_make(membership=membership), box=box)
    # when
    his = list(selectors.shipments_of_donor(donor_id=taro.pk))
    # then
    assert his == []
    assert selectors.shipments_of_donor(donor_id=hanako.pk).count() == 1


def test_producers_are_found_by_slug_and_by_login():
    # given
    second = world.producer_make(slug="b-nouen", name="B農園", sort_order=2)
    first = world.producer_make(slug="a-nouen", name="A農園", sort_order=1)
    gift = world.gift_make(producer=first)
    # when
    listed = list(selectors.producers_all())
    # then
    assert listed == [first, second]
    assert selectors.producer_get(slug="b-nouen") == second
    assert list(selectors.gifts_of(producer_id=first.pk)) == [gift]
    assert selectors.producer_of_email(email="A-Nouen@example.jp") == first
    assert selectors.producer_of_email(email="nobody@example.jp") is None
    with pytest.raises(NotFound):
        selectors.producer_get(slug="c-nouen")

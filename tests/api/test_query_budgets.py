"""Twenty of something cost as many queries as one."""

import pytest

from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

ME = """
{
  me {
    email membership { tier { name } }
    cycles {
      key tier { name boxes { title } }
      box { title items { gift { name producer { gifts { name } } } } }
      shipments { key producer { name } items { name } }
    }
    donations { key }
    shipments { key month trackingUrl producer { name gifts { name } } items { name } }
  }
}
"""
LIST = "{ producerShipments { key label { recipientName } items { name } trackingUrl } }"
TIERS = """
{ tiers(first: 20) { slug boxes(months: 2) {
  title items { gift { name producer { name gifts { name } } } } } } }
"""
CONTENT = """
{
  posts { slug isOpen preview body producer { name gifts { name } } }
  events { slug isOpen placesLeft hasEntered }
  documents { slug isOpen preview }
}
"""


ME_QUERIES, LIST_QUERIES, TIERS_QUERIES, CONTENT_QUERIES = 17, 5, 4, 10


def count(queries, client, document) -> int:
    client.ask(document)  # the second time nothing is read for the first time
    with queries() as asked:
        assert client.ask(document).data
    return len(asked)


def parcels_make(count: int) -> None:
    tier = world.world_make()
    membership = make.membership_make(donor=world.donor_make(), tier=tier)
    box = tier.box_plans.get(month=make.date(2026, 11, 1))
    for n in range(count):
        make.shipments_make(cycle=make.cycle_make(membership=membership, n=n), box=box)


@pytest.mark.parametrize("number", [1, 20])
def test_my_months_and_parcels_cost_the_same(number, queries):
    # given
    parcels_make(number)
    # when
    spent = count(queries, api_client.as_donor(), ME)
    # then
    assert spent == ME_QUERIES


@pytest.mark.parametrize("number", [1, 20])
def test_a_producers_list_costs_the_same(number, queries):
    # given
    parcels_make(number)
    # when
    spent = count(queries, api_client.as_producer("hatake@example.jp"), LIST)
    # then
    assert spent == LIST_QUERIES


@pytest.mark.parametrize("number", [1, 20])
def test_tiers_with_boxes_cost_the_same(number, queries):
    # given
    for rank in range(number):
        tier = world.tier_make(slug=f"t{rank}", rank=rank % 4)
        producer = world.producer_make(slug=f"p{rank}")
        gift = world.gift_make(slug=f"g{rank}", producer=producer)
        for month in (11, 12):
            make.box_make(tier=tier, gifts=[gift], month=make.date(2026, month, 1))
    # when
    spent = count(queries, api_client.anonymous(), TIERS)
    # then
    assert spent == TIERS_QUERIES


@pytest.mark.parametrize("number", [1, 20])
def test_content_costs_the_same(number, queries):
    # given
    make.membership_make(donor=world.donor_make(), tier=world.free_tier_make())
    for n in range(number):
        producer = world.producer_make(slug=f"p{n}")
        make.post_make(slug=f"p{n}", min_rank=0, producer=producer)
        make.event_make(slug=f"e{n}")
        make.document_make(slug=f"d{n}")
    # when
    spent = count(queries, api_client.as_donor(), CONTENT)
    # then
    assert spent == CONTENT_QUERIES

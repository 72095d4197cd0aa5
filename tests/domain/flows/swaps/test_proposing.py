"""What may be proposed for a gift that cannot be sent, by whom, and what is refused."""

import pytest

from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.flows.swaps import fitting, proposing
from saleor_ext.fulfilment import errors
from saleor_ext.fulfilment import models as fulfilment_models
from tests.builders import swapping, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    world.world_make()


def count() -> int:
    return fulfilment_models.Alternate.objects.count()


def test_a_proposal_is_written_down_with_who_and_why() -> None:
    made = swapping.propose()

    event = made.events.get()
    assert (made.state, event.to_state, event.actor, event.reason) == (
        "proposed",
        "proposed",
        "producer:1",
        "霜の害",
    )


def test_within_thirty_percent_to_the_yen() -> None:
    # 3,000 yen may be answered with 900
    swapping.propose(alternate=swapping.turnip_make(procurement_cost_yen=900))
    assert count() == 1

    dearer = world.gift_make(slug="matsutake", procurement_cost_yen=901)
    with pytest.raises(errors.AlternateOverLimit):
        swapping.propose(alternate=dearer)
    assert count() == 1


def test_every_tier_that_gets_the_box_counts() -> None:
    # given: another tier of 2,500 yen gets the same box
    box_tier = world.tier_make()
    world.tier_make(slug="small", amount_yen=2500, box_source=box_tier)

    # when
    with pytest.raises(errors.AlternateOverLimit):
        swapping.propose(alternate=swapping.turnip_make(procurement_cost_yen=810))

    # then
    assert count() == 0


def test_a_gift_of_category_three_needs_its_public_row() -> None:
    with pytest.raises(errors.AlternateUnlisted):
        swapping.propose(alternate=swapping.turnip_make(local_category=3))

    assert count() == 0


def test_what_is_in_the_box_already_is_no_alternate() -> None:
    with pytest.raises(errors.AlternateUnfit):
        swapping.propose(alternate=world.gift_make())
    with pytest.raises(errors.AlternateUnfit):
        swapping.propose(gift_id=swapping.turnip_make().pk, alternate=world.gift_make(slug="negi"))

    assert count() == 0


def test_one_proposal_for_a_gift_at_a_time() -> None:
    swapping.propose()

    with pytest.raises(errors.AlternateOpen):
        swapping.propose(alternate=world.gift_make(slug="negi"))

    assert count() == 1


def test_a_producer_speaks_for_his_own_gifts_only() -> None:
    # given
    farm = world.producer_make()
    harbour = world.producer_make(slug="minato", carrier="sagawa")
    fish = world.gift_make(slug="himono", producer=harbour)

    # when
    for producer, alternate in ((harbour, fish), (farm, fish)):
        with pytest.raises(NotFound):
            swapping.propose(alternate=alternate, producer_id=producer.pk)
    made = swapping.propose(producer_id=farm.pk)
    with pytest.raises(NotFound):
        proposing.alternate_withdraw(
            alternate_id=made.pk, reason="x", now=world.NOW, actor="x", producer_id=harbour.pk
        )

    # then
    made.refresh_from_db()
    assert (count(), made.state) == (1, "proposed")


def test_taken_back_it_can_be_proposed_anew() -> None:
    made = swapping.propose()
    proposing.alternate_withdraw(alternate_id=made.pk, reason="x", now=world.NOW, actor="x")

    with pytest.raises(InvalidTransition):
        proposing.alternate_withdraw(alternate_id=made.pk, reason="x", now=world.NOW, actor="x")
    swapping.propose()

    assert count() == 2


def test_allergens_are_compared_both_ways() -> None:
    radish = world.gift_make(slug="soba", allergens=["そば", "小麦"])
    other = world.gift_make(slug="udon", allergens=["小麦", "卵"])

    found = fitting.allergens_compare(gift=radish, alternate=other)

    assert (found.added, found.gone, found.differ) == (("卵",), ("そば",), True)
    assert not fitting.allergens_compare(gift=radish, alternate=radish).differ

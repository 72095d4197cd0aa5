"""A gift runs out after the month was fixed: its order and its parcels follow what is decided."""

from datetime import date

import pytest

from saleor_ext.flows.month import listing
from saleor_ext.flows.swaps import deciding, proposing
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import dashboard, months, swapping, world
from tests.builders.provider import MemoryProvider
from tests.builders.swapping import listed_answer as answer
from tests.builders.swapping import parcels

pytestmark = pytest.mark.django_db

LISTED, NOW = swapping.LISTED, swapping.LISTED_NOW


@pytest.fixture
def packed(provider: MemoryProvider) -> models.Cycle:
    """A December that is paid for and stands on the farm's list."""
    return swapping.packed_make(provider)


def test_while_the_donor_is_asked_the_parcel_is_off_the_list(packed: models.Cycle) -> None:
    swapping.propose(now=NOW)

    swapping.take_up(now=NOW)

    assert parcels(packed) == [("冬の大根", "held")]
    assert swapping.swap_of(packed).answer_until == date(2026, 12, 31)


def test_accepted_another_parcel_takes_its_place(packed: models.Cycle) -> None:
    # given
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)

    # when
    answer(packed, is_accepted=True)

    # then
    assert parcels(packed) == [("冬の大根", "substituted"), ("かぶ", "requested")]
    old, new = fulfilment_models.Shipment.objects.filter(cycle=packed).order_by("pk")
    assert (new.recipient_name, new.city, new.list_on) == (
        old.recipient_name,
        old.city,
        old.list_on,
    )
    moves = old.events.order_by("pk").values_list("from_state", "to_state", "reason")
    assert list(moves)[-1] == ("held", "substituted", "substituted")
    [message] = OutboxMessage.objects.filter(topic="order.swap")
    assert message.payload == {"cycle_id": packed.pk, "swap_id": swapping.swap_of(packed).pk}
    assert message.lane == f"cycle:{packed.pk}"


def test_only_the_parcel_with_the_gift_is_replaced(provider: MemoryProvider) -> None:
    # given: fish from the harbour comes in the same box
    tier = world.world_make()
    harbour = world.producer_make(slug="minato", carrier="sagawa")
    fish = world.gift_make(slug="himono", name="ひもの", producer=harbour, procurement_cost_yen=50)
    box = fulfilment_models.BoxPlan.objects.get(tier=tier, month=swapping.DECEMBER)
    fulfilment_models.BoxItem.objects.create(box_plan=box, gift=fish)
    cycle = months.december_make(provider, tier=tier)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)

    # when
    answer(cycle, is_accepted=True)

    # then
    assert sorted(parcels(cycle)) == [
        ("かぶ", "requested"),
        ("ひもの", "requested"),
        ("冬の大根", "substituted"),
    ]


def test_a_paid_month_that_is_refused_waits_for_staff_and_keeps_its_money(
    packed: models.Cycle,
) -> None:
    # given
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)

    # when
    answer(packed, is_accepted=False)

    # then
    assert parcels(packed) == [("冬の大根", "held")]
    assert months.month_of(packed.membership, 1).state == "charged"
    assert OutboxMessage.objects.filter(payload__name="swap_refused").count() == 1
    assert OutboxMessage.objects.filter(payload__name="swap_waits").count() == 1
    assert world.donated_count() == 2


def test_what_has_left_is_not_asked_about(packed: models.Cycle) -> None:
    # given
    parcel = fulfilment_models.Shipment.objects.get(cycle=packed)
    dashboard.parcel_sent(parcel, now=NOW)

    # when
    swapping.propose(now=NOW)

    # then
    assert swapping.take_up(now=NOW) == 0
    assert parcels(packed) == [("冬の大根", "shipped")]


def test_an_unpaid_month_that_was_ordered_is_ordered_anew_or_not_at_all(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    swapping.wish(cycle.membership, "carry")
    swapping.propose()

    # when
    swapping.take_up()

    # then
    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert OutboxMessage.objects.filter(topic="order.cancel").count() == 1


def test_a_prepaid_box_on_the_list_is_cancelled_and_comes_at_the_terms_end(
    provider: MemoryProvider,
) -> None:
    # given
    tier = world.prepaid_tier_make(box_source=world.world_make())
    cycle = months.december_make(provider, tier=tier)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    swapping.wish(cycle.membership, "carry")
    swapping.propose(now=NOW)

    # when
    swapping.take_up(now=NOW)

    # then
    assert parcels(cycle) == [("冬の大根", "cancelled")]
    assert months.month_of(cycle.membership, 1).state == "skipped"


def test_a_parked_membership_is_left_alone(packed: models.Cycle) -> None:
    models.Membership.objects.update(state="parked", parked_from="active", parked_reason="x")
    swapping.propose(now=NOW)

    assert swapping.take_up(now=NOW) == 0


def test_two_of_a_box_are_decided_each_by_itself(provider: MemoryProvider) -> None:
    # given
    tier = world.world_make()
    carrot = world.gift_make(slug="ninjin", name="にんじん", procurement_cost_yen=50)
    box = fulfilment_models.BoxPlan.objects.get(tier=tier, month=swapping.DECEMBER)
    fulfilment_models.BoxItem.objects.create(box_plan=box, gift=carrot)
    cycle = months.december_make(provider, tier=tier)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    swapping.propose(now=NOW)
    beet = world.gift_make(slug="beets", name="ビーツ", procurement_cost_yen=50)
    swapping.propose(gift_id=carrot.pk, alternate=beet, now=NOW)
    swapping.take_up(now=NOW)
    first, second = fulfilment_models.Swap.objects.order_by("pk")

    # when
    deciding.decide(swap_id=first.pk, is_accepted=True, now=NOW, actor="donor", reason="answer")
    between = fulfilment_models.Shipment.objects.latest("pk").state
    deciding.decide(swap_id=second.pk, is_accepted=True, now=NOW, actor="donor", reason="answer")

    # then
    assert between == "held"
    newest = fulfilment_models.Shipment.objects.latest("pk")
    assert sorted(item.name for item in newest.items.all()) == ["かぶ", "ビーツ"]
    assert newest.state == "requested"
    assert cycle.pk == newest.cycle_id


def test_a_paid_month_is_not_listed_before_its_donor_has_answered(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = months.december_make(provider)
    months.run(provider, months.CHARGE_DAY)
    swapping.propose(now=NOW)
    swapping.take_up(now=NOW)

    # when
    listed = listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    before = parcels(cycle)
    answer(cycle, is_accepted=True)
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")

    # then
    assert (listed, before) == (0, [])
    assert parcels(cycle) == [("かぶ", "requested")]


def test_a_proposal_is_on_the_page_until_its_month_is_over_and_all_has_left(
    packed: models.Cycle,
) -> None:
    # given
    proposal = swapping.propose(now=NOW)

    # then while its month is on, and after it while the parcel waits, listed or held
    assert is_shown(proposal, date(2026, 12, 31))
    assert is_shown(proposal, date(2027, 1, 1))
    swapping.take_up(now=NOW)
    assert is_shown(proposal, date(2027, 1, 1))

    # when the turnips have left
    answer(packed, is_accepted=True)
    all_leave(packed)

    # then
    assert is_shown(proposal, date(2026, 12, 31))
    assert not is_shown(proposal, date(2027, 1, 1))


def test_so_it_is_with_a_month_that_a_term_covers_and_that_stays_fixed(
    provider: MemoryProvider,
) -> None:
    # given
    tier = world.prepaid_tier_make(box_source=world.world_make())
    covered = months.december_make(provider, tier=tier)
    proposal = swapping.propose(now=swapping.ASK_NOW)
    assert is_shown(proposal, date(2027, 1, 1))
    swapping.wish(covered.membership, "accept")
    swapping.take_up()

    # when
    listing.cycles_list_due(as_of=LISTED, now=NOW, actor="run")
    all_leave(covered)

    # then
    assert months.month_of(covered.membership, 1).state == "locked"
    assert not is_shown(proposal, date(2027, 1, 1))


def is_shown(proposal: fulfilment_models.Alternate, day: date) -> bool:
    return proposal in proposing.proposals_current(today=day)


def all_leave(cycle: models.Cycle) -> None:
    parcels = fulfilment_models.Shipment.objects.filter(cycle=cycle, state="requested")
    assert parcels.update(state="delivered", tracking_number="123456789012", shipped_on=LISTED) == 1

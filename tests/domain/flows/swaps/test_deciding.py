"""A gift cannot be sent: each month gets what its donor wants, or is asked, until a cut-off."""

from datetime import date, timedelta

import pytest

from saleor_ext.flows.month import charge_run, listing, locking
from saleor_ext.flows.orders import shop_lines
from saleor_ext.flows.swaps import answering, deciding, proposing
from saleor_ext.fulfilment import errors as fulfilment_errors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, planning, selectors
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

CUT_OFF = date(2026, 12, 23)
AFTER = months.morning(CUT_OFF + timedelta(days=1))


def december(provider: MemoryProvider, *, kind: str = "ask", silence: str = "carry"):
    """The locked December of somebody with a standing wish; a proposal was there before."""
    member = world.member_make(tier=world.world_make())
    swapping.wish(member, kind, silence=silence)
    swapping.propose()
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    swapping.take_up()
    return months.month_of(member, 1)


def answer(cycle: models.Cycle, *, is_accepted: bool, now=swapping.ASK_NOW):
    swap = swapping.swap_of(cycle)
    return answering.swap_answer(swap_id=swap.pk, is_accepted=is_accepted, now=now, actor="donor")


def mails(name: str) -> int:
    return OutboxMessage.objects.filter(payload__name=name).count()


def orders(topic: str) -> int:
    return OutboxMessage.objects.filter(topic=topic).count()


def skus(cycle: models.Cycle) -> list[str]:
    return [line.gift.sku for line in shop_lines.box_items(months.month_of(cycle.membership, 1))]


def test_who_wants_to_be_asked_is_asked_and_nothing_happens_meanwhile(
    provider: MemoryProvider,
) -> None:
    # when
    cycle = december(provider)
    months.run(provider, date(2026, 12, 19))

    # then
    swap = swapping.swap_of(cycle)
    assert (swap.state, swap.answer_until) == ("asked", CUT_OFF)
    assert months.month_of(cycle.membership, 1).state == "locked"
    assert mails("swap_asked") == 1
    assert orders("order.create") == 0
    assert not charge_run.cycles_due(as_of=date(2027, 1, 10)).filter(pk=cycle.pk).exists()


def test_accepted_the_box_its_cost_order_and_parcel_are_the_alternates(
    provider: MemoryProvider,
) -> None:
    # given
    fulfilment_models.Gift.objects.filter(slug="daikon").update(procurement_cost_yen=700)
    cycle = december(provider)

    # when
    answer(cycle, is_accepted=True)
    months.run(provider, months.CHARGE_DAY)
    listing.cycles_list_due(
        as_of=date(2026, 12, 28), now=months.morning(date(2026, 12, 28)), actor="run"
    )

    # then
    assert swapping.swap_of(cycle).state == "accepted"
    charged = months.month_of(cycle.membership, 1)
    assert (charged.state, charged.snapshot.procurement_cost_yen) == ("charged", 800)
    assert skus(cycle) == ["gift-kabu"]
    parcel = fulfilment_models.Shipment.objects.get(cycle=cycle)
    assert [item.name for item in parcel.items.all()] == ["かぶ"]
    assert orders("order.create") == 1
    assert orders("order.swap") == 0
    assert mails("swap_accepted") == 1
    events = fulfilment_models.SwapEvent.objects.order_by("pk")
    assert [(row.to_state, row.actor, row.reason) for row in events] == [
        ("asked", "run", ""),
        ("accepted", "donor", "answer"),
    ]


def test_carried_over_the_month_is_left_out_and_not_paid_for(provider: MemoryProvider) -> None:
    # given
    cycle = december(provider)

    # when
    answer(cycle, is_accepted=False)
    months.run(provider, months.CHARGE_DAY)

    # then
    assert swapping.swap_of(cycle).state == "carried"
    left_out = months.month_of(cycle.membership, 1)
    assert (left_out.state, left_out.reason) == ("skipped", "out_of_stock")
    assert provider.succeeded() == []
    assert orders("order.create") == 0
    assert mails("swap_carried") == 1
    assert mails("cycle_skipped") == 0
    assert months.month_of(cycle.membership, 2).state == "planned"


@pytest.mark.parametrize(("kind", "state"), [("accept", "accepted"), ("carry", "carried")])
def test_a_standing_wish_decides_at_once(provider: MemoryProvider, kind: str, state: str) -> None:
    cycle = december(provider, kind=kind)

    assert swapping.swap_of(cycle).state == state
    assert mails("swap_asked") == 0
    assert mails(f"swap_{state}") == 1
    event = fulfilment_models.SwapEvent.objects.latest("pk")
    assert event.reason == f"wish_{kind}"


@pytest.mark.parametrize(("silence", "state"), [("carry", "carried"), ("accept", "accepted")])
def test_without_an_answer_by_the_cut_off_the_wish_for_that_case_decides(
    provider: MemoryProvider, silence: str, state: str
) -> None:
    # given
    cycle = december(provider, silence=silence)

    # when
    early = deciding.swaps_close_due(today=CUT_OFF, now=swapping.ASK_NOW, actor="run")
    late = deciding.swaps_close_due(today=CUT_OFF + timedelta(days=1), now=AFTER, actor="run")
    again = deciding.swaps_close_due(today=CUT_OFF + timedelta(days=1), now=AFTER, actor="run")

    # then
    assert (early, late, again) == (0, 1, 0)
    assert swapping.swap_of(cycle).state == state


def test_until_the_end_of_the_cut_off_day_the_donor_can_answer_and_not_after(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = december(provider)

    # when
    with pytest.raises(fulfilment_errors.SwapOver):
        answer(cycle, is_accepted=True, now=AFTER)
    answer(cycle, is_accepted=True, now=months.morning(CUT_OFF, hour=23))
    with pytest.raises(fulfilment_errors.SwapOver):
        answer(cycle, is_accepted=False)

    # then
    assert swapping.swap_of(cycle).state == "accepted"


def test_a_new_allergen_is_never_accepted_silently(provider: MemoryProvider) -> None:
    # given
    swapping.turnip_make(allergens=["小麦"])
    cycle = december(provider, kind="accept", silence="accept")
    assert swapping.swap_of(cycle).state == "asked"

    # when
    deciding.swaps_close_due(today=CUT_OFF + timedelta(days=1), now=AFTER, actor="run")

    # then
    assert swapping.swap_of(cycle).state == "carried"


def test_one_who_knows_the_new_allergen_may_take_it(provider: MemoryProvider) -> None:
    swapping.turnip_make(allergens=["小麦"])
    cycle = december(provider)

    answer(cycle, is_accepted=True)

    assert swapping.swap_of(cycle).state == "accepted"


def test_alcohol_comes_to_nobody_under_20_whatever_he_wishes(provider: MemoryProvider) -> None:
    # given
    swapping.turnip_make(is_alcohol=True)
    world.donor_make(birth_date=date(2007, 6, 1))

    # when
    member = world.member_make(
        donor=world.donor_make(birth_date=date(2007, 6, 1)), tier=world.world_make()
    )
    swapping.wish(member, "accept")
    swapping.propose()
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    swapping.take_up()

    # then
    assert swapping.swap_of(months.month_of(member, 1)).state == "carried"


def test_a_box_that_is_paid_for_comes_at_the_terms_end(provider: MemoryProvider) -> None:
    # given
    box_tier = world.world_make()
    tier = world.prepaid_tier_make(box_source=box_tier)
    member = world.member_make(tier=tier)
    swapping.wish(member, "carry")
    swapping.propose()
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")

    # when
    swapping.take_up()
    planning.cycles_plan(today=date(2027, 5, 20), town=town)

    # then
    covered = member.cycles.filter(kind="prepaid").exclude(state="skipped")
    assert months.month_of(member, 1).state == "skipped"
    assert list(covered.order_by("n").values_list("n", flat=True)) == [2, 3, 4, 5, 6]


def test_the_gift_is_there_after_all_and_the_month_goes_on_as_planned(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = december(provider)
    alternate = fulfilment_models.Alternate.objects.get()

    # when
    proposing.alternate_withdraw(
        alternate_id=alternate.pk, reason="とれた", now=swapping.ASK_NOW, actor="producer:1"
    )
    months.run(provider, months.CHARGE_DAY)

    # then
    assert swapping.swap_of(cycle).state == "dropped"
    assert months.month_of(cycle.membership, 1).state == "charged"
    assert skus(cycle) == ["gift-daikon"]
    assert orders("order.create") == 1


def test_asked_again_and_again_a_month_is_asked_once(provider: MemoryProvider) -> None:
    december(provider)

    assert swapping.take_up() == 0
    assert mails("swap_asked") == 1


def given_to_taro(*, wish: str = "") -> tuple[models.Membership, models.Donor]:
    """花子's membership, which 太郎 receives, locked with an alternate proposed."""
    tier = world.world_make()
    taro = world.donor_make(name="taro")
    member = world.member_make(tier=tier)
    models.Membership.objects.filter(pk=member.pk).update(recipient=taro)
    if wish:
        swapping.wish(member, wish)
    swapping.propose()
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    return member, taro


def test_whoever_was_given_the_membership_is_the_one_who_is_asked(
    provider: MemoryProvider,
) -> None:
    # given
    member, taro = given_to_taro()

    # when
    swapping.take_up()

    # then
    asked = OutboxMessage.objects.get(payload__name="swap_asked")
    assert asked.payload["donor_id"] == taro.pk
    assert len(answering.swaps_of(donor_id=taro.pk)) == 1
    assert answering.swaps_of(donor_id=member.donor_id) == []


def test_what_grew_dearer_than_the_months_donation_allows_is_carried_over(
    provider: MemoryProvider,
) -> None:
    # given: 30 % of 3,000 yen are 900
    member = world.member_make(tier=world.world_make())
    swapping.wish(member, "accept")
    turnip = swapping.turnip_make(procurement_cost_yen=900)
    swapping.propose(alternate=turnip)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=swapping.ASK_NOW, actor="run")
    fulfilment_models.Gift.objects.filter(pk=turnip.pk).update(procurement_cost_yen=901)

    # when
    swapping.take_up()

    # then
    cycle = months.month_of(member, 1)
    assert swapping.swap_of(cycle).state == "carried"
    assert cycle.state == "skipped"


def test_just_within_the_months_donation_it_comes(provider: MemoryProvider) -> None:
    swapping.turnip_make(procurement_cost_yen=900)

    cycle = december(provider, kind="accept")

    assert swapping.swap_of(cycle).state == "accepted"
    assert months.month_of(cycle.membership, 1).snapshot.procurement_cost_yen == 900


def test_with_the_month_every_other_question_of_it_is_carried_over(
    provider: MemoryProvider,
) -> None:
    # given
    tier = world.world_make()
    carrot = world.gift_make(slug="ninjin", name="にんじん", procurement_cost_yen=50)
    box = fulfilment_models.BoxPlan.objects.get(tier=tier, month=swapping.DECEMBER)
    fulfilment_models.BoxItem.objects.create(box_plan=box, gift=carrot)
    cycle = months.december_make(provider, tier=tier)
    swapping.propose()
    beet = world.gift_make(slug="beets", name="ビーツ", procurement_cost_yen=50)
    swapping.propose(gift_id=carrot.pk, alternate=beet)
    swapping.take_up()
    first, second = fulfilment_models.Swap.objects.order_by("pk")

    # when
    deciding.decide(
        swap_id=first.pk, is_accepted=False, now=swapping.ASK_NOW, actor="donor", reason="answer"
    )

    # then
    second.refresh_from_db()
    assert second.state == "carried"
    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert mails("swap_carried") == 1


def test_whoever_was_given_the_membership_is_told_that_no_box_comes(
    provider: MemoryProvider,
) -> None:
    # given
    member, taro = given_to_taro(wish="carry")

    # when
    swapping.take_up()

    # then
    told = OutboxMessage.objects.get(payload__name="month_left_out")
    assert told.payload["donor_id"] == taro.pk
    carried = OutboxMessage.objects.get(payload__name="swap_carried")
    assert carried.payload["donor_id"] == member.donor_id

"""An alternate is found after a month was left out for want of its gift: it comes back in time."""

from datetime import date, timedelta

import pytest

from saleor_ext.flows.month import locking
from saleor_ext.flows.orders import shop_lines
from saleor_ext.flows.swaps import bringing_back
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import cycles, models, planning, selectors
from saleor_ext.outbox.models import OutboxMessage
from tests.builders import months, swapping, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

NOW = swapping.ASK_NOW


def sold_out(slug: str = "daikon", *, free: int = 0) -> None:
    fulfilment_models.Gift.objects.filter(slug=slug).update(stock_free=free, stock_seen_at=NOW)


def lock() -> None:
    locking.cycles_lock_due(as_of=months.LOCK_DAY, now=NOW, actor="run")


def left_out_make(*, kind: str = "accept") -> models.Cycle:
    """A December that was left out, since the radish was used up when it was to be locked."""
    member = world.member_make(tier=world.world_make())
    swapping.wish(member, kind)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=months.LOCK_DAY, town=town)
    sold_out()
    lock()
    cycle = months.month_of(member, 1)
    assert (cycle.state, cycle.reason) == ("skipped", "out_of_stock")
    return cycle


def take_up() -> int:
    """What is done right after a proposal."""
    return bringing_back.proposals_take_up(now=NOW, actor="proposal")


def mails() -> list[tuple[str, int]]:
    rows = OutboxMessage.objects.filter(topic="mail.send").order_by("pk")
    named = [(row.payload["name"], row.payload["donor_id"]) for row in rows]
    return [one for one in named if one[0] != "donation_received"]


def test_who_takes_an_alternate_gets_it_and_gives_on_the_day_as_planned(
    provider: MemoryProvider,
) -> None:
    # given
    cycle = left_out_make()
    swapping.propose()

    # when
    taken_up = take_up()
    again = take_up()
    months.run(provider, months.CHARGE_DAY)

    # then
    assert (taken_up, again) == (1, 0)
    assert swapping.swap_of(cycle).state == "accepted"
    charged = months.month_of(cycle.membership, 1)
    assert (charged.state, charged.reason, charged.amount_yen) == ("charged", "", 3000)
    assert [line.gift.sku for line in shop_lines.box_items(charged)] == ["gift-kabu"]
    moves = cycle.events.order_by("pk").values_list("from_state", "to_state", "reason")
    assert list(moves)[-4:] == [
        ("planned", "skipped", "out_of_stock"),
        ("skipped", "planned", "alternate_found"),
        ("planned", "locked", ""),
        ("locked", "charged", ""),
    ]
    donor_id = cycle.membership.donor_id
    assert mails()[:3] == [
        ("cycle_skipped", donor_id),
        ("swap_accepted", donor_id),
        ("month_back", donor_id),
    ]


def test_who_wants_to_be_asked_is_asked_by_the_next_run(provider: MemoryProvider) -> None:
    # given
    cycle = left_out_make(kind="ask")
    swapping.propose()

    # when
    months.run(provider, months.LOCK_DAY)

    # then
    swap = swapping.swap_of(cycle)
    assert (swap.state, swap.answer_until) == ("asked", date(2026, 12, 23))
    assert months.month_of(cycle.membership, 1).state == "locked"
    donor_id = cycle.membership.donor_id
    assert mails() == [
        ("cycle_skipped", donor_id),
        ("swap_asked", donor_id),
        ("month_back", donor_id),
    ]


def test_who_wants_such_a_month_carried_over_hears_nothing_more(provider: MemoryProvider) -> None:
    cycle = left_out_make(kind="carry")
    swapping.propose()

    assert take_up() == 0

    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert [name for name, _ in mails()] == ["cycle_skipped"]


def test_from_the_donation_day_on_nothing_comes_back(provider: MemoryProvider) -> None:
    cycle = left_out_make()
    swapping.propose()
    eve = months.morning(months.CHARGE_DAY - timedelta(days=1))

    assert bringing_back.months_bring_back(now=months.morning(months.CHARGE_DAY), actor="run") == 0
    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert bringing_back.months_bring_back(now=eve, actor="run") == 1


@pytest.mark.parametrize("trouble", ["another_gift", "dearer", "owing", "locked_before"])
def test_what_still_cannot_come_stays_left_out(provider: MemoryProvider, trouble: str) -> None:
    # given
    cycle = left_out_make()
    alternate = swapping.propose()
    if trouble == "another_gift":
        carrot = world.gift_make(slug="ninjin", name="にんじん", procurement_cost_yen=50)
        fulfilment_models.BoxItem.objects.create(box_plan=alternate.box_plan, gift=carrot)
        sold_out("ninjin")
    elif trouble == "dearer":
        fulfilment_models.Gift.objects.filter(slug="kabu").update(procurement_cost_yen=901)
    elif trouble == "owing":
        models.Membership.objects.update(state="past_due")
    else:
        models.Cycle.objects.filter(pk=cycle.pk).update(state="planned", reason="")
        world.first_lock(cycle=months.month_of(cycle.membership, 1))
        cycles.cycle_skip(cycle_id=cycle.pk, reason="out_of_stock", now=NOW, actor="outbox")

    # then
    assert take_up() == 0
    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert "month_back" not in dict(mails())


def test_a_month_comes_back_once(provider: MemoryProvider) -> None:
    # given: what makes the box whole is used up again before the month is locked
    cycle = left_out_make()
    alternate = swapping.propose()
    assert bringing_back.months_bring_back(now=NOW, actor="run") == 1
    carrot = world.gift_make(slug="ninjin", name="にんじん", procurement_cost_yen=50)
    fulfilment_models.BoxItem.objects.create(box_plan=alternate.box_plan, gift=carrot)
    sold_out("ninjin")
    lock()
    sold_out("ninjin", free=9)

    # when
    taken_up = take_up()

    # then
    assert taken_up == 0
    assert months.month_of(cycle.membership, 1).state == "skipped"
    assert [name for name, _ in mails()] == ["cycle_skipped"]


def test_of_a_gifted_membership_the_giver_is_told_that_he_gives(provider: MemoryProvider) -> None:
    # given
    cycle = left_out_make()
    taro = world.donor_make(name="taro")
    models.Membership.objects.update(recipient=taro)
    swapping.propose()

    # when
    take_up()

    # then
    assert mails()[-2:] == [
        ("swap_accepted", taro.pk),
        ("month_back", cycle.membership.donor_id),
    ]

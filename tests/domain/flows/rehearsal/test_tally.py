"""What a rehearsal adds up: parcels by producer, gifts that run short, months that are lowered."""

from datetime import date

import pytest

from saleor_ext.flows.rehearsal import rehearsing
from saleor_ext.flows.rehearsal.events import Turn
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, year_limits
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


@pytest.fixture
def nagisa() -> models.Tier:
    tier = world.world_make()
    world.boxes_make(tier=tier, month_from=date(2026, 11, 1), months=24)
    return tier


def stock(**free: int) -> None:
    for slug, count in free.items():
        gift = fulfilment_models.Gift.objects.filter(slug=slug)
        gift.update(stock_free=count, stock_seen_at=world.NOW)


def members(tier: models.Tier, *names: str) -> list[models.Membership]:
    return [months.member_ahead(tier=tier, donor=world.donor_make(name=name)) for name in names]


def test_short_stock_is_told_with_the_month_it_runs_out(nagisa: models.Tier) -> None:
    # given two members, whose November is ordered and so no longer among the five that are left
    for membership in members(nagisa, "hanako", "taro"):
        months.order_known(months.month_of(membership, 0))
    stock(daikon=5)

    # when
    [short] = rehearsing.rehearse_all(today=world.TODAY)["shortages"]

    # then December and January need four, February the sixth
    assert (short["gift"], short["free"], short["month"]) == ("冬の大根", 5, "2027-02-01")
    assert short["needed"] == 20


@pytest.mark.parametrize("status", ["DRAFT", "CANCELED", None])
def test_a_paid_month_without_an_order_still_needs_its_gifts(
    nagisa: models.Tier, status: str | None
) -> None:
    # given
    [membership] = members(nagisa, "hanako")
    if status:
        months.order_known(months.month_of(membership, 0), status=status)
    stock(daikon=1)

    # when
    [short] = rehearsing.rehearse_all(today=world.TODAY)["shortages"]

    # then
    assert (short["month"], short["needed"]) == ("2026-12-01", 11)


def test_a_locked_month_that_is_ordered_needs_nothing_more(provider: MemoryProvider) -> None:
    # given
    cycle = months.december_make(provider)
    for n in (0, 1):
        months.order_known(months.month_of(cycle.membership, n))
    stock(daikon=0)

    # when
    report = rehearsing.rehearse_all(today=months.LOCK_DAY, months=1)

    # then its box is told all the same
    assert report["shortages"] == []
    assert report["months"][0]["boxes"] >= 1


def test_each_producer_sends_a_parcel_and_several_of_a_gift_count_as_many(
    nagisa: models.Tier,
) -> None:
    # given three radishes in December, and turnips of another farm
    december = fulfilment_models.BoxPlan.objects.get(tier=nagisa, month=date(2026, 12, 1))
    december.items.update(quantity=3)
    turnip = world.gift_make(
        slug="kabu",
        name="かぶ",
        producer=world.producer_make(slug="kabuya"),
        procurement_cost_yen=50,
    )
    fulfilment_models.BoxItem.objects.create(box_plan=december, gift=turnip, quantity=1)
    fulfilment_models.Gift.objects.filter(slug="daikon").update(procurement_cost_yen=200)
    for membership in members(nagisa, "hanako", "taro"):
        months.order_known(months.month_of(membership, 0))
    stock(daikon=5, kabu=2)

    # when
    report = rehearsing.rehearse_all(today=world.TODAY, months=2)

    # then
    parcels = {row["slug"]: row["parcels"] for row in report["producers"]}
    assert parcels == {"hatake": [2, 2], "kabuya": [0, 2]}
    [short] = report["shortages"]
    assert (short["gift"], short["month"]) == ("冬の大根", "2026-12-01")
    assert (short["needed"], short["free"]) == (6, 5)


def test_a_month_that_the_limit_lowers_is_told_with_what_is_given_then(
    nagisa: models.Tier,
) -> None:
    # given a limit of 25,000 yen: two full months, one in the lower tier, and no more
    minato = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=minato, month_from=date(2026, 11, 1), months=24)
    [membership] = members(minato, "hanako")
    year_limits.year_limit_set(
        donor_id=membership.donor_id,
        year=2027,
        limit_yen=25000,
        origin="by_hand",
        when_reached="lower",
        now=world.NOW,
    )

    # when
    events = rehearsing.rehearse_member(membership=membership, today=world.TODAY, months=7)

    # then
    lowered = [(event.day, event.month) for event in events if event.turn is Turn.LOWERED]
    assert lowered == [(date(2027, 3, 24), date(2027, 3, 1))]
    given = [(event.day, event.amount_yen) for event in events if event.turn is Turn.DONATION]
    assert given == [
        (date(2026, 12, 24), 10000),
        (date(2027, 1, 24), 10000),
        (date(2027, 2, 24), 10000),
        (date(2027, 3, 24), 3000),
    ]
    left_out = [(event.month, event.reason) for event in events if event.turn is Turn.LEFT_OUT]
    assert left_out == [(date(2027, 4, 1), "year_limit"), (date(2027, 5, 1), "year_limit")]
    turns = rehearsing.rehearse_all(today=world.TODAY, months=7)["turns"]
    assert {row["code"]: sum(row["counts"]) for row in turns}["lowered"] == 1

"""The demo town keeps the rules that a real town must keep."""

from fixtures.town import reader
from fixtures.town.records import ALLERGENS_MANDATORY, ALLERGENS_RECOMMENDED

TOWN = reader.town_load()
PAID_SLUGS = ("nagisa", "shiokaze", "minato", "minato-6")


def test_the_town_is_the_fictional_one_with_a_code_that_passes_its_check_digit() -> None:
    # given the five digits of the code, weighted 6 to 2 as the Ministry's rule says
    weighted = sum(int(d) * w for d, w in zip("39499", (6, 5, 4, 3, 2), strict=True))

    # then
    assert TOWN.full_name == "高知県幡見郡汐見町"
    assert TOWN.municipality_code == f"39499{(11 - weighted % 11) % 10}" == "394998"
    assert (TOWN.head_title, TOWN.head_name) == ("汐見町長", "浜野 みなと")


def test_the_designation_periods_follow_each_other_without_a_gap() -> None:
    first, second = TOWN.designation_periods
    assert first.starts_on.isoformat() == "2025-10-01"
    assert (second.starts_on - first.ends_on).days == 1
    assert second.ends_on.isoformat() == "2027-09-30"


def test_there_are_as_many_things_as_the_trial_promises() -> None:
    assert [tier.slug for tier in TOWN.tiers] == ["dayori", *PAID_SLUGS]
    assert len(TOWN.producers) == 8
    assert len({producer.category for producer in TOWN.producers}) == 8
    assert len(TOWN.gifts) >= 24
    assert (len(TOWN.posts), len(TOWN.events), len(TOWN.documents)) == (12, 4, 4)


def test_tiers_have_the_agreed_amounts_and_ranks() -> None:
    assert {tier.slug: (tier.rank, tier.amount_yen, tier.box_count) for tier in TOWN.tiers} == {
        "dayori": (0, 0, 0),
        "nagisa": (1, 3_000, 1),
        "shiokaze": (2, 5_000, 1),
        "minato": (3, 10_000, 1),
        "minato-6": (3, 60_000, 6),
    }


def test_every_producer_sends_at_least_three_gifts() -> None:
    for producer in TOWN.producers:
        own = [gift for gift in TOWN.gifts if gift.producer == producer.slug]
        assert len(own) >= 3, producer.slug


def test_every_producer_tells_of_himself_and_has_a_contact() -> None:
    for producer in TOWN.producers:
        assert 3 <= len(producer.story) <= 5, producer.slug
        assert producer.address.startswith(TOWN.full_name), producer.slug
        assert producer.lead_days >= 1, producer.slug
    assert {producer.carrier for producer in TOWN.producers} == {"yamato", "sagawa", "japanpost"}
    assert {gift.temperature for gift in TOWN.gifts} == {"ambient", "chilled", "frozen"}


def test_no_box_costs_more_than_thirty_percent_of_its_months_donation() -> None:
    for tier_slug in PAID_SLUGS:
        tier = TOWN.tier(tier_slug)
        for month in range(1, 13):
            box = TOWN.box(tier_slug=tier_slug, month=month)
            cost_yen = sum(
                TOWN.gift(item.gift).procurement_cost_yen * item.quantity for item in box.items
            )
            cost_yen += sum(benefit.unit_cost_yen for benefit in tier.benefits)
            assert cost_yen * 100 <= 30 * tier.month_amount_yen, (tier_slug, month, cost_yen)
            # a box worth much less than the others would be unfair to the members
            assert cost_yen * 100 >= 27 * tier.month_amount_yen, (tier_slug, month, cost_yen)


def test_the_prepaid_tier_gets_the_boxes_of_the_monthly_one() -> None:
    for month in range(1, 13):
        box = TOWN.box(tier_slug="minato-6", month=month)
        assert box == TOWN.box(tier_slug="minato", month=month)


def test_every_gift_is_in_some_box_and_every_box_holds_gifts_of_the_season() -> None:
    used = {item.gift for box in TOWN.boxes for item in box.items}
    assert used == {gift.slug for gift in TOWN.gifts}
    for box in TOWN.boxes:
        for gift, _ in TOWN.gift_quantities(box=box):
            assert box.month in gift.season_months, (box.tier, box.month, gift.slug)


def test_a_box_comes_from_one_or_two_producers() -> None:
    counts = [
        len({gift.producer for gift, _ in TOWN.gift_quantities(box=box)}) for box in TOWN.boxes
    ]
    assert set(counts) == {1, 2}


def test_alcohol_goes_out_with_the_minato_tier_only_and_in_few_months() -> None:
    alcohol = {gift.slug for gift in TOWN.gifts if gift.is_alcohol}
    with_alcohol = [
        (box.tier, box.month) for box in TOWN.boxes if alcohol & {item.gift for item in box.items}
    ]
    assert alcohol == {"kome-shochu"}
    assert with_alcohol == [("minato", 6), ("minato", 11)]


def test_gifts_name_allergens_from_the_official_list_only() -> None:
    assert (len(ALLERGENS_MANDATORY), len(ALLERGENS_RECOMMENDED)) == (8, 20)
    for gift in TOWN.gifts:
        unknown = set(gift.allergens) - {*ALLERGENS_MANDATORY, *ALLERGENS_RECOMMENDED}
        assert not unknown, (gift.slug, unknown)


def test_gifts_of_category_three_have_a_public_row_before_the_first_offer() -> None:
    with_row = [gift for gift in TOWN.gifts if gift.local_category == 3]
    assert with_row
    for gift in with_row:
        assert gift.value_added is not None, gift.slug
        assert gift.value_added.percent > 50, gift.slug
        assert gift.value_added.list_published_on < TOWN.designation_periods[0].starts_on
        assert gift.value_added.retail_price_yen > gift.procurement_cost_yen, gift.slug
        assert gift.value_added.made_in == TOWN.full_name


def test_texts_are_for_mixed_ranks() -> None:
    assert {post.min_rank for post in TOWN.posts} == {-1, 0, 1, 2, 3}
    assert {event.min_rank for event in TOWN.events} == {0, 1, 2, 3}
    assert {document.min_rank for document in TOWN.documents} == {-1, 0, 1, 3}
    assert {event.is_online for event in TOWN.events} == {True, False}

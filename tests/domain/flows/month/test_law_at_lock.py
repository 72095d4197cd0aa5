"""What the law asks at the last day for changes: public rows, benefits' cost, who has moved."""

from datetime import date, timedelta

import pytest

from saleor_ext.flows.joining import join
from saleor_ext.flows.month import locking
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models, services
from tests.builders import api as make
from tests.builders import world

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 16)
MOVED = {"prefecture": "高知県", "city": "幡見郡汐見町", "street": "本町2"}


@pytest.fixture
def second(db: None) -> models.Cycle:
    """花子's December, planned."""
    membership = world.member_make(tier=world.world_make())
    return make.cycle_make(membership=membership, n=1, state="planned")


def sorted_month(cycle: models.Cycle) -> tuple[list[str], bool]:
    """What stands against a month, and whether a box is locked for it."""
    again = models.Cycle.objects.select_related("membership__donor", "tier").get(pk=cycle.pk)
    town = models.Municipality.objects.get()
    codes, box = locking.cycle_rules(cycle=again, town=town, boxes={})
    return codes, box is not None


def row_make(**values: object) -> None:
    fulfilment_models.Gift.objects.update(local_category=3)
    gift = fulfilment_models.Gift.objects.get(slug="daikon")
    columns = {"share_permille": 501, "made_in": "汐見町", "retail_price_yen": 1000}
    fulfilment_models.ValueAdded.objects.create(gift=gift, **columns | values)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"published_on": DECEMBER}, []),
        ({"published_on": DECEMBER + timedelta(days=1)}, ["gift_unlisted"]),
        ({"published_on": None}, ["gift_unlisted"]),
        ({"published_on": DECEMBER, "share_permille": 500}, ["gift_unlisted"]),
    ],
)
def test_a_category_three_gift_needs_its_public_row_and_more_than_half(second, values, codes):
    row_make(**values)

    assert sorted_month(second) == (codes, True)


def test_a_category_three_gift_without_any_row_is_not_offered_to_those_who_join(second):
    fulfilment_models.Gift.objects.update(local_category=3)

    taro = world.donor_make(name="taro")
    rules = {"donor": taro, "tier": second.tier, "today": world.TODAY}
    assert join.join_rules(is_box_wanted=True, **rules) == ["gift_unlisted"]
    assert join.join_rules(is_box_wanted=False, **rules) == []


@pytest.mark.parametrize(("cost_yen", "codes"), [(100, []), (101, ["box_over_limit"])])
def test_benefits_with_a_cost_count_beside_the_box(second, cost_yen, codes):
    # the box costs 800 of the 900 yen that 3,000 yen allow
    models.Tier.objects.update(benefit_cost_yen=cost_yen)

    assert sorted_month(second) == (codes, True)


def test_who_moved_into_the_town_is_left_out_unless_he_agreed_to_go_on_without_a_box(second):
    donor = second.membership.donor
    services.donor_details_set(donor_id=donor.pk, details=MOVED)
    assert sorted_month(second) == (["resident_no_gift"], True)

    services.membership_resident_wish_set(donor_id=donor.pk, is_pure=True)

    assert sorted_month(second) == ([], False)


def test_the_wish_alone_takes_nobodys_box(second):
    services.membership_resident_wish_set(donor_id=second.membership.donor_id, is_pure=True)

    assert sorted_month(second) == ([], True)

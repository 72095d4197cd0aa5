"""Changing to another tier: from the next month that can be changed, whole donations only."""

from datetime import date

import pytest

from saleor_ext.flows import errors
from saleor_ext.flows.choices import skip, tier
from saleor_ext.flows.month import locking
from saleor_ext.membership import cycles, models, selectors, services, year_limits
from saleor_ext.membership import errors as membership_errors
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DECEMBER_18, JANUARY_18 = months.LOCK_DAY, date(2027, 1, 18)
CHRISTMAS, JANUARY_24 = months.CHARGE_DAY, date(2027, 1, 24)


@pytest.fixture
def minato() -> models.Tier:
    """みなと会員, 10,000 yen a month, with a year of boxes."""
    world.town_make()
    made = world.tier_make(slug="minato", amount_yen=10000, rank=3)
    world.boxes_make(tier=made, month_from=date(2026, 11, 1))
    return made


def changed(membership: models.Membership, slug: str, *, on: date = world.TODAY, **more: object):
    return tier.tier_choose(
        **{
            "membership_id": membership.pk,
            "tier_slug": slug,
            "now": months.morning(on),
            "actor": "donor:1",
            **more,
        }
    )


def planned(membership: models.Membership) -> list[tuple[str, int]]:
    rows = membership.cycles.order_by("n").values_list("tier__slug", "amount_yen")
    return list(rows)


def fresh(membership: models.Membership) -> models.Membership:
    return models.Membership.objects.select_related("tier", "next_tier").get(pk=membership.pk)


def rank(membership: models.Membership) -> int | None:
    return selectors.content_rank(donor_id=membership.donor_id, today=CHRISTMAS)


def test_the_preview_says_from_when_and_what_is_given(minato: models.Tier) -> None:
    # given
    membership = months.member_ahead()

    # when
    preview = tier.tier_preview(membership_id=membership.pk, tier_slug="minato", today=world.TODAY)

    # then
    assert (preview.effective_on, preview.change_until) == (CHRISTMAS, date(2026, 12, 17))
    assert (preview.amount_from_yen, preview.amount_to_yen) == (3000, 10000)
    assert (preview.next_donation_on, preview.next_donation_yen) == (CHRISTMAS, 10000)
    assert preview.is_up
    assert planned(membership) == [("nagisa", 3000)] * 4


def test_an_upgrade_opens_content_with_its_first_donation(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    membership = months.member_ahead()

    # when
    changed(membership, "minato")
    chosen = (planned(membership)[1:], rank(membership))
    months.run(provider, DECEMBER_18)
    before = rank(membership)
    months.run(provider, CHRISTMAS)

    # then
    assert chosen == ([("minato", 10000)] * 3, 1)
    assert before == 1
    assert rank(membership) == 3
    assert (fresh(membership).tier.slug, fresh(membership).next_tier) == ("minato", None)
    [charge] = provider.succeeded()
    assert charge.amount_yen == 10000
    box = membership.cycles.get(n=1).snapshot.box_plan
    assert box is not None
    assert box.tier == minato
    # and months planned later are of the new tier too
    assert planned(membership)[4] == ("minato", 10000)


def test_a_downgrade_closes_content_only_when_its_month_comes(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    world.world_make()
    membership = months.member_ahead(tier=minato)

    # when
    changed(membership, "nagisa")
    months.run(provider, DECEMBER_18)
    before = rank(membership)
    months.run(provider, CHRISTMAS)

    # then
    assert before == 3
    assert rank(membership) == 1
    assert provider.succeeded()[0].amount_yen == 3000


def test_a_downgrade_comes_on_its_day_even_if_that_month_is_skipped(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    world.world_make()
    membership = months.member_ahead(tier=minato)
    changed(membership, "nagisa")
    skip.skip_choose(
        membership_id=membership.pk, month=date(2026, 12, 1), now=world.NOW, actor="donor:1"
    )

    # when
    months.run(provider, DECEMBER_18)
    before = rank(membership)
    months.run(provider, CHRISTMAS)

    # then
    assert (before, rank(membership)) == (3, 1)
    assert provider.succeeded() == []


def test_a_locked_month_stays_as_it_was_with_its_order(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    membership = months.december_make(provider).membership

    # when
    preview = tier.tier_preview(membership_id=membership.pk, tier_slug="minato", today=DECEMBER_18)
    changed(membership, "minato", on=DECEMBER_18)
    months.run(provider, CHRISTMAS)

    # then
    assert (preview.locked_on, preview.next_donation_yen) == (CHRISTMAS, 3000)
    assert preview.effective_on == JANUARY_24
    assert planned(membership)[1:3] == [("nagisa", 3000), ("minato", 10000)]
    assert provider.succeeded()[0].amount_yen == 3000
    assert rank(membership) == 1


def test_it_can_be_taken_back_while_nothing_is_locked(minato: models.Tier) -> None:
    # given
    membership = months.member_ahead()
    changed(membership, "minato")

    # when
    changed(membership, "nagisa")

    # then
    assert planned(membership) == [("nagisa", 3000)] * 4
    assert fresh(membership).next_tier is None
    assert fresh(membership).next_tier_from_n is None


def test_back_again_after_the_first_month_was_locked(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    membership = months.member_ahead()
    changed(membership, "minato")
    months.run(provider, DECEMBER_18)

    # when
    changed(membership, "nagisa", on=DECEMBER_18)
    months.run(provider, CHRISTMAS)
    december = (rank(membership), planned(membership)[1:3])
    months.run(provider, JANUARY_18)
    months.run(provider, JANUARY_24)

    # then
    assert december == (3, [("minato", 10000), ("nagisa", 3000)])
    assert rank(membership) == 1
    assert [charge.amount_yen for charge in provider.succeeded()] == [10000, 3000]


def test_an_upgrade_whose_donation_is_declined_is_not_in_force(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    membership = months.member_ahead()
    changed(membership, "minato")
    months.run(provider, DECEMBER_18)
    provider.next_outcomes = ["lost_card"]

    # when
    months.run(provider, CHRISTMAS)

    # then
    assert fresh(membership).state == "past_due"
    assert rank(membership) == 1


def test_donations_end_and_a_free_membership_goes_on(provider: MemoryProvider) -> None:
    # given
    free = world.free_tier_make()
    membership = months.member_ahead()

    # when
    preview = tier.tier_preview(membership_id=membership.pk, tier_slug=free.slug, today=world.TODAY)
    changed(membership, free.slug)
    leaving = (fresh(membership).state, rank(membership))
    months.run(provider, date(2026, 12, 10))
    until_the_end = rank(membership)
    months.run(provider, CHRISTMAS)

    # then
    assert preview.ends_on == date(2026, 12, 23)
    assert preview.effective_on == CHRISTMAS
    assert leaving == ("cancelling", 1)
    assert until_the_end == 1
    current = selectors.membership_current(donor_id=membership.donor_id)
    assert current is not None
    assert (current.tier, current.state) == (free, "active")
    assert fresh(membership).state == "ended"
    assert rank(membership) == 0
    assert provider.succeeded() == []


def test_a_tier_that_is_closed_takes_nobody_but_keeps_its_own(minato: models.Tier) -> None:
    # given
    membership = months.member_ahead()
    models.Tier.objects.filter(slug="minato").update(is_open=False)

    # when, then
    with pytest.raises(membership_errors.TierClosed):
        changed(membership, "minato")
    models.Tier.objects.filter(slug="minato").update(is_open=True)
    changed(membership, "minato")
    models.Tier.objects.filter(slug="nagisa").update(is_open=False)
    changed(membership, "nagisa")  # back to where he is
    assert planned(membership)[1] == ("nagisa", 3000)


@pytest.mark.parametrize(
    ("slug", "refusal"),
    [("nagisa", errors.TierSame), ("minato-6", errors.TierPrepaid)],
)
def test_what_is_no_change_of_this_kind_is_refused(
    slug: str, refusal: type[Exception], minato: models.Tier
) -> None:
    # given
    world.prepaid_tier_make(box_source=minato)
    membership = months.member_ahead()

    # when, then
    with pytest.raises(refusal):
        changed(membership, slug)
    assert planned(membership) == [("nagisa", 3000)] * 4


def test_the_rules_of_the_first_box_are_checked_before(minato: models.Tier) -> None:
    # given
    sake = world.gift_make(slug="sake", is_alcohol=True)
    box = world.box_make(tier=minato, month=date(2026, 12, 1))
    box.items.all().delete()
    box.items.create(gift=sake, quantity=1)
    donor = world.donor_make(birth_date=date(2007, 4, 2))
    membership = months.member_ahead(donor=donor)

    # when, then
    with pytest.raises(errors.RuleBroken) as refusal:
        changed(membership, "minato")
    assert refusal.value.code == "under_20_alcohol"
    assert planned(membership) == [("nagisa", 3000)] * 4


def test_the_limit_of_30_percent_is_that_of_the_new_tier(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given
    membership = months.member_ahead()
    changed(membership, "minato")
    dear = world.gift_make(slug="ise-ebi", procurement_cost_yen=3001)
    box = world.box_make(tier=minato, month=date(2026, 12, 1))
    box.items.all().delete()
    box.items.create(gift=dear, quantity=1)

    # when
    report = months.run(provider, DECEMBER_18)

    # then
    assert report.parked == 1
    assert fresh(membership).parked_reason == "box_over_limit"


def test_a_free_member_joins_instead() -> None:
    # given
    world.world_make()
    free = services.membership_join_free(
        donor_id=world.donor_make().pk,
        tier=world.free_tier_make(),
        now=world.NOW,
        actor="donor:1",
    )

    # when, then
    with pytest.raises(errors.MembershipFree):
        changed(free, "nagisa")


def test_a_month_whose_tier_changed_while_it_was_copied_is_not_locked(
    minato: models.Tier,
) -> None:
    # given
    membership = months.member_ahead()
    town = selectors.municipality_get()
    batch = locking.cycles_to_lock(as_of=DECEMBER_18, after_id=0)
    copied = locking.batch_sort(
        batch, town=town, boxes=locking.Boxes(), now=months.morning(DECEMBER_18)
    )
    before = cycles.months_as_read(cycles=batch)

    # when the donor was quicker, at the last moment of his last day
    changed(membership, "minato", on=date(2026, 12, 17))
    locked = cycles.cycles_lock(
        snapshots=copied.snapshots, as_read=before, now=months.morning(DECEMBER_18), actor="test"
    )

    # then
    assert locked == []
    assert membership.cycles.get(n=1).state == "planned"
    assert planned(membership)[1] == ("minato", 10000)


def test_a_month_lowered_by_the_yearly_limit_brings_no_later_downgrade_forward(
    minato: models.Tier, provider: MemoryProvider
) -> None:
    # given December given as nagisa this time only, and nagisa chosen from January on
    world.world_make()
    membership = months.member_ahead(tier=minato)
    year_limits.year_limit_set(
        donor_id=membership.donor_id,
        year=2026,
        limit_yen=15_000,
        origin="by_hand",
        when_reached="lower",
        now=world.NOW,
    )
    months.run(provider, DECEMBER_18)
    changed(membership, "nagisa", on=DECEMBER_18)

    # when
    months.run(provider, CHRISTMAS)

    # then
    assert months.month_of(membership, 1).amount_yen == 3000
    after = fresh(membership)
    assert (after.tier.slug, after.next_tier and after.next_tier.slug) == ("minato", "nagisa")
    assert rank(membership) == 3
    # and
    months.run(provider, JANUARY_18)
    months.run(provider, JANUARY_24)
    assert fresh(membership).tier.slug == "nagisa"

"""Going over to a prepaid term and out of it again, while months are fixed and days change."""

from datetime import date

import pytest

from saleor_ext.flows import errors
from saleor_ext.flows.choices import after_term, anchor, term, tier
from saleor_ext.membership import choices, models, planning, selectors
from tests.builders import months, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

ACTOR = "donor:1"


@pytest.fixture
def monthly() -> models.Membership:
    return months.member_ahead(tier=world.minato_make())


@pytest.fixture
def prepaid() -> models.Membership:
    world.minato_make()
    return months.member_ahead(tier=models.Tier.objects.get(slug="minato-6"))


def plan_of(membership: models.Membership) -> list[tuple[int, str, int, int | None]]:
    rows = membership.cycles.order_by("n")
    return list(rows.values_list("n", "state", "amount_yen", "covered_by__n"))


def test_a_donation_that_is_renewed_after_all_comes_on_the_day_chosen_meanwhile(
    prepaid: models.Membership,
) -> None:
    # given the sixth month after joining was to give again, and then not
    today = date(2027, 2, 24)
    town = selectors.town_calendar(town=selectors.municipality_get())
    planning.cycles_plan(today=today, town=town)
    for after in ("minato-6", after_term.END):
        after_term.after_choose(
            membership_id=prepaid.pk, after=after, now=months.morning(today), actor=ACTOR
        )
    assert months.month_of(prepaid, 6).state == "void"

    # when
    anchor.anchor_choose(membership_id=prepaid.pk, day=3, now=months.morning(today), actor=ACTOR)
    choice = after_term.after_choose(
        membership_id=prepaid.pk, after="minato-6", now=months.morning(today), actor=ACTOR
    )

    # then
    paying = months.month_of(prepaid, 6)
    assert (paying.state, paying.charge_on) == ("planned", date(2027, 5, 3))
    assert paying.change_until == date(2027, 4, 26)
    assert choice.details["next_donation_on"] == "2027-05-03"


def test_a_term_whose_month_is_fixed_comes_and_is_followed_by_what_is_chosen_then(
    monthly: models.Membership, provider: MemoryProvider
) -> None:
    # given
    term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    world.tier_make(slug="nagisa", amount_yen=3000)
    months.run(provider, months.LOCK_DAY)
    before, later = plan_of(monthly), months.morning(months.LOCK_DAY, hour=11)

    # then going on every month, in this tier or another, is refused
    with pytest.raises(errors.TermFixed):
        term.term_choose(membership_id=monthly.pk, tier_slug="minato", now=later, actor=ACTOR)
    with pytest.raises(errors.TermFixed):
        tier.tier_choose(membership_id=monthly.pk, tier_slug="nagisa", now=later, actor=ACTOR)
    assert plan_of(monthly) == before

    # when it was given
    months.run(provider, months.CHARGE_DAY)
    after_term.after_choose(
        membership_id=monthly.pk,
        after="minato",
        now=months.morning(months.CHARGE_DAY, hour=11),
        actor=ACTOR,
    )

    # then
    monthly.refresh_from_db()
    assert (monthly.tier.slug, monthly.next_tier.slug) == ("minato-6", "minato")


def test_a_term_that_was_paid_is_in_force_though_its_wish_is_gone(
    monthly: models.Membership, provider: MemoryProvider
) -> None:
    # given
    term.term_choose(membership_id=monthly.pk, tier_slug="minato-6", now=world.NOW, actor=ACTOR)
    months.run(provider, months.LOCK_DAY)
    choices.next_tier_set(membership_id=monthly.pk, tier=None, from_n=None)

    # when
    months.run(provider, months.CHARGE_DAY)

    # then
    monthly.refresh_from_db()
    assert monthly.tier.slug == "minato-6"

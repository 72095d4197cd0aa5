"""What a donor wants his donations used for (使途), from his wish to the ledger."""

import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.donations import models as donation_models
from saleor_ext.membership import errors, models, selectors, services
from tests.builders import world

pytestmark = pytest.mark.django_db
SEA = "umi-yama"


@pytest.fixture
def town():
    town = world.town_make()
    town.uses = [
        {"slug": SEA, "name": "海と山のために", "summary": "藻場の再生"},
        {"slug": "kodomo", "name": "こどものために", "summary": "図書"},
    ]
    town.save(update_fields=["uses"])
    return town


def test_a_use_goes_from_the_wish_through_the_locked_month_into_the_ledger(town):
    # given
    membership = world.member_make(use_slug=SEA)

    # then
    donation = donation_models.Donation.objects.get()
    assert membership.cycles.get(n=0).snapshot.use_name == "海と山のために"
    assert (donation.use_name, donation.donor_prefecture) == ("海と山のために", "東京都")


def test_a_wish_changed_later_leaves_the_ledger_as_it_was(town):
    # given
    membership = world.member_make(use_slug=SEA)

    # when
    services.membership_use_set(donor_id=membership.donor_id, use_slug="kodomo")

    # then
    membership.refresh_from_db()
    assert membership.use_slug == "kodomo"
    assert donation_models.Donation.objects.get().use_name == "海と山のために"


def test_a_use_the_town_no_longer_offers_is_left_to_the_town(town):
    assert selectors.use_name(slug="gone", town=town) == ""


def test_a_use_the_town_does_not_offer_is_refused_and_nothing_changes(town):
    # given
    membership = world.member_make(use_slug=SEA)

    # when
    with pytest.raises(errors.UseUnknown):
        services.membership_use_set(donor_id=membership.donor_id, use_slug="castle")

    # then
    assert models.Membership.objects.get().use_slug == SEA


def test_somebody_without_a_paid_membership_has_nothing_to_choose(town):
    donor = world.donor_make()

    with pytest.raises(NotFound):
        services.membership_use_set(donor_id=donor.pk, use_slug=SEA)

"""Part of a month's donation was given back: what staff read, and how they let it go on."""

from datetime import timedelta

import pytest

from saleor_ext.common import registry
from saleor_ext.flows.month import listing
from saleor_ext.flows.payments import refunds
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import choices
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(monkeypatch):
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


def given_back(provider, *, yen):
    attempt = refunding.paid_december_make(provider)
    list_day = months.CHARGE_DAY + timedelta(days=3)
    listing.cycles_list_due(as_of=list_day, now=refunding.NOW, actor="test")
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=yen)
    refunds.refunds_look(attempt=attempt, now=refunding.NOW, actor="provider")
    return attempt.cycle.membership


def parcel():
    return fulfilment_models.Shipment.objects.get(cycle__n=1).state


def test_staff_read_that_letting_it_go_on_sends_the_box(provider, staff_client):
    # given
    membership = given_back(provider, yen=300)

    # when
    page = staff_client.get(f"/staff/members/{membership.donor_id}/").content.decode()
    answer = staff_client.post(
        f"/staff/memberships/{membership.public_id}/unpark/", {"reason": "話した"}
    )

    # then
    assert "寄附の一部が返金されています" in page
    assert 'value="without_box"' not in page
    assert (answer.status_code, parcel()) == (303, "requested")


def test_a_box_the_rest_does_not_carry_can_only_be_taken_off(provider, staff_client):
    # given
    membership = given_back(provider, yen=2999)
    door = f"/staff/memberships/{membership.public_id}/unpark/"

    # when
    page = staff_client.get(f"/staff/members/{membership.donor_id}/").content.decode()
    refused = staff_client.post(door, {"reason": "話した"})

    # then
    assert "残った額では返礼品の費用が3割を超えます" in page
    assert 'value="left_out"' not in page
    assert (refused.status_code, parcel()) == (422, "held")
    assert "返礼品が3割を超える" in refused.content.decode()

    # when
    answer = staff_client.post(door, {"reason": "了解を得た", "fixed_month": "without_box"})

    # then
    assert (answer.status_code, parcel()) == (303, "cancelled")


def test_of_a_term_that_is_over_staff_can_decide_though_its_donor_gives_every_month(
    provider, staff_client
):
    # given he gives every month by now, and an odd part of his old term's donation went back
    attempt = refunding.paid_term_make(provider)
    membership = attempt.cycle.membership
    monthly = world.tier_make(slug="nagisa")
    choices.tier_take(
        membership_id=membership.pk, tier_id=monthly.pk, now=refunding.NOW, actor="test"
    )
    provider.give_back(provider_ref=attempt.provider_ref, amount_yen=100)
    refunds.refunds_look(attempt=attempt, now=refunding.NOW, actor="provider")

    # when
    page = staff_client.get(f"/staff/members/{membership.donor_id}/").content.decode()
    answer = staff_client.post(
        f"/staff/memberships/{membership.public_id}/term-part/",
        {"reason": "話した", "boxes": "0", "n": "0"},
    )

    # then
    assert "2026年11月のまとめて寄附の一部(100円)が返金されています" in page
    assert answer.status_code == 303
    membership.refresh_from_db()
    assert membership.state == "active"

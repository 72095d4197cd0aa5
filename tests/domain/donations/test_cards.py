"""The card on file: the newest one is charged, and only what may be shown is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_ext.donations import models, selectors, services
from tests.builders import world

pytestmark = pytest.mark.django_db

VISA = world.CARD
MASTER = replace(VISA, method_ref="pm_master", brand="mastercard", last4="4444")


def keep(donor_id: int, card: object = VISA, *, days: int = 0) -> None:
    services.card_keep(
        donor_id=donor_id, customer_ref="cus_1", card=card, now=world.NOW + timedelta(days=days)
    )


def test_a_donor_without_a_card_has_none() -> None:
    assert selectors.card_current(donor_id=world.donor_make().pk) is None


def test_the_card_entered_last_is_the_one_that_is_charged() -> None:
    # given
    donor = world.donor_make()

    # when
    keep(donor.pk)
    keep(donor.pk, MASTER, days=1)

    # then
    current = selectors.card_current(donor_id=donor.pk)
    assert (current.method_ref, current.last4, current.customer_ref) == (
        "pm_master",
        "4444",
        "cus_1",
    )
    old = models.CardOnFile.objects.get(method_ref="pm_visa")
    assert (old.is_current, old.added_at) == (False, world.NOW)


def test_going_back_to_the_first_card_makes_no_third_row() -> None:
    # given
    donor = world.donor_make()
    keep(donor.pk)
    keep(donor.pk, MASTER, days=1)

    # when
    keep(donor.pk, replace(VISA, exp_year=2035), days=2)

    # then
    current = selectors.card_current(donor_id=donor.pk)
    assert (current.method_ref, current.exp_year, current.added_at) == (
        "pm_visa",
        2035,
        world.NOW,
    )
    assert models.CardOnFile.objects.filter(donor=donor).count() == 2


def test_keeping_the_same_card_again_changes_nothing() -> None:
    # given
    donor = world.donor_make()
    keep(donor.pk)
    before = list(models.CardOnFile.objects.values())

    # when
    keep(donor.pk, days=3)

    # then
    assert list(models.CardOnFile.objects.values()) == before


def test_each_donor_has_his_own_card() -> None:
    # given
    hanako, taro = world.donor_make(), world.donor_make(name="taro")

    # when
    keep(hanako.pk)
    keep(taro.pk, MASTER)

    # then
    found = selectors.cards_current(donor_ids=[hanako.pk, taro.pk])
    assert {donor_id: card.last4 for donor_id, card in found.items()} == {
        hanako.pk: "4242",
        taro.pk: "4444",
    }


def test_the_database_allows_one_current_card() -> None:
    # given
    donor = world.donor_make()
    keep(donor.pk)
    keep(donor.pk, MASTER)

    # when
    with pytest.raises(IntegrityError), transaction.atomic():
        models.CardOnFile.objects.filter(donor=donor).update(is_current=True)

    # then
    assert models.CardOnFile.objects.filter(donor=donor, is_current=True).count() == 1

"""Gifts of category 3 are not offered anywhere before their row is public (別添2)."""

from datetime import date

import pytest

from saleor_ext.fulfilment import models
from tests.builders import world

TODAY = world.TODAY


@pytest.fixture
def gift(tier):
    """A gift of category 3 in every box, without a row of its own."""
    gift = models.Gift.objects.get()
    gift.local_category = 3
    gift.save(update_fields=["local_category"])
    return gift


def publish(gift, *, on):
    models.ValueAdded.objects.create(
        gift=gift, share_permille=600, made_in="汐見町", retail_price_yen=1200, published_on=on
    )


def pages(page_client):
    shown = [page_client.get(path).body for path in ("/", "/tiers/nagisa/", "/producers/hatake/")]
    return ["冬の大根" in page for page in shown]


def test_before_its_row_is_public_a_gift_is_on_no_page(page_client, gift):
    assert pages(page_client) == [False, False, False]
    page_client.get(f"/gifts/{gift.slug}/", status=404)


def test_from_the_day_it_is_public_it_is_shown(page_client, gift):
    publish(gift, on=TODAY)

    assert pages(page_client) == [True, True, True]
    assert "冬の大根" in page_client.get(f"/gifts/{gift.slug}/").body


def test_a_row_of_tomorrow_is_not_public_today(page_client, gift):
    publish(gift, on=date(2026, 11, 25))

    assert pages(page_client) == [False, False, False]

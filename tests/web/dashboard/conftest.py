"""What the tests of the producer and staff pages share: a stopped clock and a small town."""

import pytest
from django.test import Client

from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from tests.builders import dashboard, world


@pytest.fixture(autouse=True)
def clock_stopped(now: object) -> None:
    """10:00 on Tuesday 24 November 2026 in Japan, for every page."""


@pytest.fixture
def producer(db: None) -> fulfilment_models.Producer:
    world.world_make()
    return world.producer_make(slug="hatake")


@pytest.fixture
def neighbour(db: None) -> fulfilment_models.Producer:
    """Another producer, whose parcels are nobody else's business."""
    world.world_make()
    return world.producer_make(slug="minato", name="港の魚屋", carrier="sagawa")


@pytest.fixture
def hanako(db: None) -> models.Membership:
    world.world_make()
    return world.member_make()


@pytest.fixture
def taro(db: None) -> models.Membership:
    world.world_make()
    return world.member_make(donor=world.donor_make(name="taro"))


@pytest.fixture
def producer_client(producer: fulfilment_models.Producer) -> Client:
    return dashboard.producer_browser(producer)


@pytest.fixture
def staff_client(db: None) -> Client:
    """佐藤, who may do everything."""
    world.town_make()
    return dashboard.staff_browser()


@pytest.fixture
def viewer_client(db: None) -> Client:
    """A colleague of 佐藤 without any permission in the shop."""
    world.town_make()
    return dashboard.staff_browser(permissions=[])

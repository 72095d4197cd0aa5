"""The stand-in and an app in it, with the doors that a real shop does not have."""

from collections.abc import Iterator

import pytest

from tests.conformance.shop.fake_app import FakeApp
from tests.conformance.shop.stand_in import StandIn, stand_in_shop


@pytest.fixture
def shop() -> Iterator[StandIn]:
    with stand_in_shop() as fresh:
        yield fresh


@pytest.fixture
def app() -> Iterator[FakeApp]:
    fake = FakeApp()
    yield fake
    fake.stop()


@pytest.fixture
def installed(shop: StandIn, app: FakeApp) -> FakeApp:
    shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})
    return app

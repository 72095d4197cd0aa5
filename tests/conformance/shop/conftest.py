"""One shop and one installed app a test, fresh, so that no test sees another's orders."""

from collections.abc import Iterator

import pytest

from fixtures.shop.testing import ShopClient, threaded_shop
from tests.conformance.shop.fake_app import FakeApp


@pytest.fixture
def app() -> Iterator[FakeApp]:
    fake = FakeApp()
    yield fake
    fake.stop()


@pytest.fixture
def shop() -> Iterator[ShopClient]:
    with threaded_shop(retry_scale=0.01, sync_timeout_s=1.5) as client:
        yield client


@pytest.fixture
def installed(shop: ShopClient, app: FakeApp) -> FakeApp:
    shop.control("install", {"manifestUrl": f"{app.origin}/manifest"})
    return app


@pytest.fixture
def staff(shop: ShopClient) -> str:
    return shop.sign_in("sato@example.jp", "himitsu-sato")


@pytest.fixture
def hanako(shop: ShopClient) -> str:
    return shop.sign_in("hanako@example.jp", "himitsu-hanako")

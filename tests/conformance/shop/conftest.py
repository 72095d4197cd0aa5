"""The shop under test and an app installed in it, the same for a stand-in and a real Saleor.

The stand-in is fresh for each test. A real Saleor is one for the run, with an app of its own; each
test finds fresh goods there and uses references of its own.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.conformance.shop import real_shop, stand_in
from tests.conformance.shop.fake_app import FakeApp
from tests.conformance.shop.real_shop import Base
from tests.conformance.shop.shops import Shop

SETTINGS = "mutation($i: ShopSettingsInput!) { shopSettingsUpdate(input: $i) { errors { code } } }"
KINDS = [
    "stand-in",
    *([pytest.param("saleor", marks=pytest.mark.saleor)] if real_shop.given_url() else []),
]


@pytest.fixture(scope="session", params=KINDS)
def shop_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def saleor() -> Iterator[tuple[Shop, Base, FakeApp]]:
    """The given Saleor with what a run needs, and the app that stays installed until its end."""
    app = FakeApp()
    try:
        with real_shop.real_shop() as (shop, base):
            app.channel = base.tag
            app_id = shop.install(app)
            try:
                shop.hanako = shop.register(app, "hanako")
                yield shop, base, app
            finally:
                shop.uninstall(app_id)
    finally:
        app.stop()


@pytest.fixture
def shop(shop_kind: str, request: pytest.FixtureRequest) -> Iterator[Shop]:
    if shop_kind == "saleor":
        shared, base, _app = request.getfixturevalue("saleor")
        shared.town = base.town()
        yield shared
        return
    with stand_in.stand_in_shop() as fresh:
        yield fresh


@pytest.fixture
def app(shop: Shop) -> Iterator[FakeApp]:
    """An app nobody has installed yet."""
    fake = FakeApp()
    fake.channel = shop.town.channel
    yield fake
    if shop.is_real:
        shop.uninstall_everything_of(fake)
    fake.stop()


@pytest.fixture
def installed(shop: Shop, request: pytest.FixtureRequest) -> Iterator[FakeApp]:
    """An app that may do everything our own may."""
    if not shop.is_real:
        fresh = request.getfixturevalue("app")
        shop.install(fresh)
        yield fresh
        return
    _shop, _base, shared = request.getfixturevalue("saleor")
    yield shared
    shop.settled(shared)
    shared.forget()


@pytest.fixture
def shop_settings(shop: Shop) -> Iterator[Callable[..., None]]:
    """Changes settings of the whole shop; afterwards they are as they were."""
    names = ("fulfillmentAllowUnpaid", "fulfillmentAutoApprove", "enableAccountConfirmationByEmail")
    before = shop.run(f"{{ shop {{ {' '.join(names)} }} }}", token=shop.staff)["shop"]

    def change(**values: object) -> None:
        shop.done(SETTINGS, {"i": values})

    yield change
    if shop.is_real:
        change(**before)


@pytest.fixture
def staff(shop: Shop) -> str:
    return shop.staff


@pytest.fixture
def hanako(shop: Shop) -> str:
    return shop.token_of(shop.hanako)

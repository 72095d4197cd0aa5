"""The link to the shop: lost, told to the town, and found again without losing work."""

from typing import Any

import pytest

from saleor_ext.common import jobs
from saleor_ext.flows import outbox_run
from saleor_ext.flows.shop import shop_link
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import client, errors, models, selectors
from tests.builders import world

pytestmark = pytest.mark.django_db

NOW = world.NOW
API_URL = "http://shop.example.jp/graphql/"


class Shop:
    """What the shop answers when it is asked as which app it knows our token."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def app_identity(self, speaker: client.ShopClient) -> dict[str, Any]:
        if self.error:
            raise self.error
        return {"id": "QXBwOjE=", "identifier": "jp.furusato-salon"}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Shop:
    """A shop that knows us."""
    settings.SALEOR_API_URL = API_URL
    settings.ALLOWED_SALEOR_DOMAINS = ["shop.example.jp"]
    monkeypatch.setattr(jobs, "enqueue", lambda name, **kwargs: None)
    made = Shop()
    monkeypatch.setattr(
        client.ShopClient, "app_identity", lambda speaker: made.app_identity(speaker)
    )
    return made


@pytest.fixture
def installed(shop: Shop) -> models.Installation:
    """Our app, installed in it."""
    world.world_make()
    return models.Installation.objects.create(
        saleor_api_url=API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="token",
        installed_at=NOW,
    )


def put_off(message: outbox_models.OutboxMessage, error: str) -> None:
    outbox.message_put_off(
        message_id=message.pk, error=error, is_final=False, is_patient=True, now=NOW
    )


def test_a_shop_that_knows_us_stays_as_it_is(shop: Shop, installed: models.Installation) -> None:
    assert shop_link.link_check(now=NOW) == "active"
    assert not outbox_models.OutboxMessage.objects.exists()


def test_without_an_installation_there_is_nothing_to_check(shop: Shop) -> None:
    assert shop_link.link_check(now=NOW) == ""


def test_a_lost_shop_is_told_to_the_town_once(
    shop: Shop, installed: models.Installation, mailoutbox: list[Any]
) -> None:
    # given
    shop.error = errors.ShopTokenLost()

    # when
    states = [shop_link.link_check(now=NOW) for _ in range(3)]
    outbox_run.outbox_drain(now=NOW)

    # then
    installed.refresh_from_db()
    assert states == ["lost", "lost", "lost"]
    assert (installed.state, installed.lost_at) == ("lost", NOW)
    assert selectors.installation_current() is None
    assert [mail.subject for mail in mailoutbox] == ["【要対応】ショップとの接続が切れています"]
    assert mailoutbox[0].to == [world.town_make().email]
    assert "/saleor/manifest" in mailoutbox[0].body


def test_a_shop_that_is_down_is_not_lost(shop: Shop, installed: models.Installation) -> None:
    shop.error = errors.ShopUnavailable("timeout")

    assert shop_link.link_check(now=NOW) == "active"
    assert not outbox_models.OutboxMessage.objects.exists()


def test_an_app_that_is_switched_on_again_goes_on_where_it_stopped(
    shop: Shop, installed: models.Installation
) -> None:
    # given
    message = outbox.message_put(topic="order.create", key="k", payload={}, now=NOW)
    shop.error = errors.ShopTokenLost()
    shop_link.link_check(now=NOW)
    put_off(message, "ShopNotInstalled: the app is not installed in the shop")

    # when
    shop.error = None
    state = shop_link.link_check(now=NOW)

    # then
    message.refresh_from_db()
    assert state == "active"
    assert (message.state, message.attempts, message.next_try_at) == ("pending", 0, NOW)


def test_an_app_that_is_installed_again_keeps_its_row_and_its_work(
    shop: Shop, installed: models.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    message = outbox.message_put(topic="order.create", key="k", payload={}, now=NOW)
    put_off(message, "ShopTokenLost: the shop no longer knows the app's token")
    shop.error = errors.ShopTokenLost()
    shop_link.link_check(now=NOW)
    ours = {"app": {"id": "QXBwOjI=", "identifier": "jp.furusato-salon"}}
    monkeypatch.setattr(client.ShopClient, "execute", lambda *args, **kwargs: ours)

    # when
    again = shop_link.shop_installed(
        domain="shop.example.jp", saleor_api_url=API_URL, auth_token="newer", now=NOW
    )

    # then
    message.refresh_from_db()
    assert (again.pk, again.app_id, again.auth_token) == (installed.pk, "QXBwOjI=", "newer")
    assert (again.state, again.lost_at) == ("active", None)
    assert (message.state, message.next_try_at) == ("pending", NOW)

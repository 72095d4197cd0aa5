"""A shop as far as the connector sees it: its keys, its answers, its installed app."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from saleor_ext.saleor_connector import client, models
from tests.builders.shop_keys import API_URL, ShopKeys, installation_make, keys_publish


@pytest.fixture
def shop_keys(monkeypatch: pytest.MonkeyPatch, settings: Any) -> ShopKeys:
    """The shop's keys, published where the connector looks for them, nothing fetched yet."""
    return keys_publish(monkeypatch, settings)


@pytest.fixture
def installation() -> models.Installation:
    """The installed app, not saved."""
    return installation_make()


@pytest.fixture
def shop_saying() -> Callable[..., client.ShopClient]:
    """This will give a function that makes a shop which answers as told and remembers."""

    def make(*answers: object, seen: list[httpx.Request] | None = None) -> client.ShopClient:
        waiting = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            if seen is not None:
                seen.append(request)
            said = waiting.pop(0)
            if isinstance(said, Exception):
                raise said
            if isinstance(said, httpx.Response):
                return said
            return httpx.Response(200, content=json.dumps(said))

        return client.ShopClient(
            saleor_api_url=API_URL, app_token="token", transport=httpx.MockTransport(answer)
        )

    return make

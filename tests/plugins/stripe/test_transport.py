"""The way to Stripe: straight, or through the proxy that the server's environment names."""

import pytest

from plugins.payment.stripe import transport

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://proxy.town.example.jp:8080")

    assert transport._proxy("https://api.stripe.com") == "http://proxy.town.example.jp:8080"


def test_hosts_that_need_no_proxy_are_reached_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.town.example.jp:8080")
    monkeypatch.setenv("NO_PROXY", "api.stripe.com")

    assert transport._proxy("https://api.stripe.com") is None


def test_a_stand_in_on_this_machine_is_never_asked_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.town.example.jp:8080")

    assert transport._proxy("http://127.0.0.1:8003") is None


def test_without_a_proxy_the_way_is_straight() -> None:
    assert transport._proxy("https://api.stripe.com") is None

"""The doors by which a shop installs us: what they show, whom they let in, what they say."""

import json
import re

import pytest

from saleor_ext.flows.shop import shop_link
from saleor_ext.saleor_connector import errors, manifest, messages, models
from tests.builders import world

API_URL = "http://shop.example.jp/graphql/"
JAPANESE = re.compile(r"[ぁ-ん]")
ENGLISH = re.compile(r" / [A-Z][A-Za-z ,'.]{30,}")


@pytest.fixture(autouse=True)
def our_shop(settings):
    settings.SALEOR_API_URL = API_URL
    settings.ALLOWED_SALEOR_DOMAINS = ["shop.example.jp"]


def offer(client, *, body: object = None, api_url: str = API_URL):
    return client.post(
        "/saleor/register",
        data=json.dumps({"auth_token": "offered"} if body is None else body),
        content_type="application/json",
        headers={"Saleor-Api-Url": api_url, "Saleor-Domain": "shop.example.jp"},
    )


def test_the_manifest_names_the_browsers_and_the_servers_address(client, settings):
    # given
    settings.APP_URL = "https://salon.example.jp"
    settings.APP_INTERNAL_URL = "http://app:8001"

    # when
    made = client.get("/saleor/manifest").json()

    # then
    assert made["appUrl"].startswith("https://salon.example.jp/")
    assert made["supportUrl"] == "https://salon.example.jp/help/"
    assert made["dataPrivacyUrl"] == "https://salon.example.jp/privacy/"
    assert made["tokenTargetUrl"] == "http://app:8001/saleor/register"
    assert made["brand"]["logo"]["default"].startswith("http://app:8001/")
    assert {hook["targetUrl"].rpartition("/")[0] for hook in made["webhooks"]} == {
        "http://app:8001/saleor/hooks"
    }


@pytest.mark.django_db
def test_every_address_of_the_manifest_is_really_there(client, settings):
    # given
    world.world_make()
    settings.APP_URL = settings.APP_INTERNAL_URL = "http://testserver"
    made = client.get("/saleor/manifest").json()

    # then
    for name in ("homepageUrl", "supportUrl", "dataPrivacyUrl"):
        assert client.get(made[name]).status_code == 200, name
    logo = client.get(made["brand"]["logo"]["default"])
    assert logo.headers["Content-Type"] == "image/png"
    picture = b"".join(logo.streaming_content)
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert picture.startswith(b"\x89PNG\r\n")
    assert (width, height) == (512, 512)
    assert client.get(made["appUrl"]).status_code == 200, "it waits for the shop to say who it is"
    for door in [made["tokenTargetUrl"], *(hook["targetUrl"] for hook in made["webhooks"])]:
        assert client.get(door).status_code == 405, "there, and for POST only"


@pytest.mark.django_db
@pytest.mark.parametrize("reason", sorted(messages.REGISTER_REFUSALS))
def test_a_refusal_says_in_two_languages_why_and_what_to_do(client, monkeypatch, reason):
    # given
    def refuse(**given):
        raise errors.InstallationRefused(reason=reason)

    monkeypatch.setattr(shop_link, "shop_installed", refuse)

    # when
    answer = offer(client)

    # then
    assert answer.status_code == 403
    said = answer.json()["error"]["message"]
    assert said == messages.REGISTER_REFUSALS[reason]
    assert JAPANESE.search(said)
    assert ENGLISH.search(said)


@pytest.mark.django_db
def test_a_shop_that_is_not_on_the_list_is_told_which_setting_is_meant(client):
    answer = offer(client, api_url="http://other.example.jp/graphql/")

    assert answer.status_code == 403
    assert "ALLOWED_SALEOR_DOMAINS" in answer.json()["error"]["message"]
    assert not models.Installation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, [], {"auth_token": None}, {"auth_token": ""}, "text", 1])
def test_an_offer_without_a_token_is_refused_in_words(client, body):
    answer = offer(client, body=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == messages.NOTHING_OFFERED
    assert not models.Installation.objects.exists()


@pytest.mark.django_db
def test_a_silent_shop_can_be_tried_again(client, monkeypatch):
    def silent(**given):
        raise errors.ShopUnavailable("timeout")

    monkeypatch.setattr(shop_link, "shop_installed", silent)

    answer = offer(client)

    assert (answer.status_code, answer.json()["error"]["message"]) == (503, messages.SHOP_SILENT)


def test_each_reason_for_a_refusal_has_its_words():
    documented = errors.InstallationRefused.__doc__ or ""

    assert set(re.findall(r'"(\w+)"', documented.partition("is ")[2])) == set(
        messages.REGISTER_REFUSALS
    )


def test_no_address_of_the_manifest_is_relative():
    made = manifest.manifest_build(app_url="https://a.example.jp", server_url="http://b:8001")
    addresses = [value for name, value in made.items() if name.endswith("Url")]

    assert all(address.startswith(("https://a.", "http://b:8001/")) for address in addresses)

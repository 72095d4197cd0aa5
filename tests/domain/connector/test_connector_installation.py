"""Who may give us a token, and what our app says of itself."""

import httpx
import pytest
from django.core.management import CommandError, call_command

from saleor_ext.saleor_connector import (
    client,
    errors,
    manifest,
    models,
    operations,
    selectors,
    services,
)
from tests.conftest import NOW

API_URL = "http://shop.example.jp/graphql/"
OUR_APP = {"data": {"app": {"id": "QXBwOjE=", "identifier": "jp.furusato-salon"}}}


@pytest.fixture(autouse=True)
def our_shop(settings):
    settings.SALEOR_API_URL = API_URL
    settings.ALLOWED_SALEOR_DOMAINS = ["shop.example.jp"]


def register(shop, *, api_url: str = API_URL, token: str = "offered") -> models.Installation:
    return services.installation_register(
        domain="shop.example.jp", saleor_api_url=api_url, auth_token=token, now=NOW, shop=shop
    )


@pytest.mark.django_db
def test_a_token_that_works_is_kept(shop_saying):
    # given
    seen = []

    # when
    register(shop_saying(OUR_APP, seen=seen))

    # then
    kept = selectors.installation_current()
    assert (kept.app_id, kept.auth_token, kept.installed_at) == ("QXBwOjE=", "offered", NOW)
    assert seen[0].headers["Authorization"] == "Bearer offered"


@pytest.mark.django_db
def test_installing_again_keeps_the_row_and_takes_the_new_token(shop_saying):
    # given
    first = register(shop_saying(OUR_APP))
    services.installation_lost(installation_id=first.pk, now=NOW)
    assert selectors.installation_current() is None
    assert selectors.installation_known().pk == first.pk

    # when
    again = register(
        shop_saying({"data": {"app": {"id": "QXBwOjI=", "identifier": "jp.furusato-salon"}}}),
        token="newer",
    )

    # then
    assert again.pk == first.pk
    current = selectors.installation_current()
    assert (current.app_id, current.auth_token) == ("QXBwOjI=", "newer")
    assert (current.state, current.lost_at) == ("active", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("api_url", "reason"),
    [
        ("http://evil.example.com/graphql/", "domain"),
        ("http://shop.example.jp.evil.example.com/graphql/", "domain"),
        ("http://shop.example.jp:8000/graphql/", "domain"),
        ("http://user@shop.example.jp/graphql/", "domain"),
        ("ftp://shop.example.jp/graphql/", "address"),
        ("http://shop.example.jp/other/", "address"),
        ("", "domain"),
    ],
)
def test_a_shop_that_is_not_on_the_list_is_never_called(shop_saying, api_url, reason):
    # given
    seen = []

    # when
    with pytest.raises(errors.InstallationRefused) as refused:
        register(shop_saying(seen=seen), api_url=api_url)

    # then
    assert refused.value.fields == {"reason": reason}
    assert seen == []
    assert not models.Installation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"data": {"app": None}}, "token"),
        (
            {"errors": [{"extensions": {"exception": {"code": "PermissionDenied"}}}], "data": {}},
            "token",
        ),
        ({"data": {"app": {"id": "QXBwOjk=", "identifier": "another.app"}}}, "identifier"),
    ],
)
def test_a_token_that_does_not_work_as_ours_changes_nothing(shop_saying, said, reason):
    # given
    register(shop_saying(OUR_APP))

    # when
    with pytest.raises(errors.InstallationRefused) as refused:
        register(shop_saying(said), token="forged")

    # then
    assert refused.value.fields == {"reason": reason}
    assert selectors.installation_current().auth_token == "offered"


@pytest.mark.django_db
def test_a_shop_that_cannot_be_asked_is_no_refusal(shop_saying):
    with pytest.raises(errors.ShopUnavailable):
        register(shop_saying(httpx.ReadTimeout("silent")))

    assert not models.Installation.objects.exists()


def test_the_manifest_names_addresses_for_browsers_and_for_servers():
    made = manifest.manifest_build(app_url="https://salon.example.jp", server_url="http://app:8001")

    assert made["id"] == "jp.furusato-salon"
    assert made["appUrl"] == "https://salon.example.jp/frame"
    assert made["tokenTargetUrl"] == "http://app:8001/saleor/register"
    targets = {webhook["targetUrl"].rsplit("/", 1)[0] for webhook in made["webhooks"]}
    assert targets == {"http://app:8001/saleor/hooks"}


def test_every_webhook_query_is_in_the_manifest_and_selects_what_tells_messages_apart():
    webhooks = {webhook.name for webhook in manifest.WEBHOOKS}

    assert webhooks == set(operations.webhook_names())
    for name in webhooks:
        query = operations.webhook_query(name)
        assert "__typename" in query
        assert "issuedAt" in query


def test_each_permission_has_its_reason_and_none_is_for_managing_apps():
    assert all(manifest.PERMISSIONS.values())
    assert "MANAGE_APPS" not in manifest.PERMISSIONS


def test_the_manifests_version_is_the_projects(root):
    project = (root / "pyproject.toml").read_text(encoding="utf-8")

    assert f'version = "{manifest.VERSION}"' in project


@pytest.mark.django_db
def test_the_token_lies_sealed_in_the_database_and_is_never_printed(shop_saying):
    # when
    row = register(shop_saying(OUR_APP), token="the-app-token-in-clear")

    # then
    kept = models.Installation.objects.values().get(pk=row.pk)
    assert "the-app-token-in-clear" not in str(kept)
    assert "the-app-token-in-clear" not in f"{row!r} {row} {vars(row)}"
    assert models.Installation.objects.get(pk=row.pk).auth_token == "the-app-token-in-clear"


@pytest.mark.django_db
def test_a_token_without_its_key_waits_for_a_person_and_is_not_used(shop_saying, settings):
    # given
    row = register(shop_saying(OUR_APP))
    settings.SEALING_KEYS = ["another key that did not seal this one, long"]

    # then
    with pytest.raises(errors.ShopTokenSealed):
        client.ShopClient.of_installation(row)


@pytest.mark.django_db
def test_changing_keys_renews_every_seal_or_none(shop_saying, settings, capsys):
    # given
    row = register(shop_saying(OUR_APP), token="kept")
    old, new = settings.SEALING_KEYS[0], "a new key that seals from now on, long"
    before = row.sealed_token

    # when
    settings.SEALING_KEYS = [new]
    with pytest.raises(CommandError, match="何も変えていません"):
        call_command("seals_renew")

    # then
    row.refresh_from_db()
    assert row.sealed_token == before

    # when
    settings.SEALING_KEYS = [new, old]
    call_command("seals_renew")

    # then
    settings.SEALING_KEYS = [new]
    assert models.Installation.objects.get().auth_token == "kept"
    assert capsys.readouterr().out.startswith("1 件")

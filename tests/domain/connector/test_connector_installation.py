"""Who may give us a token, and what our app says of itself."""

import httpx
import pytest

from saleor_ext.saleor_connector import errors, manifest, models, operations, selectors, services
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
    services.installation_deactivate(saleor_api_url=API_URL)
    assert selectors.installation_current() is None

    # when
    again = register(
        shop_saying({"data": {"app": {"id": "QXBwOjI=", "identifier": "jp.furusato-salon"}}}),
        token="newer",
    )

    # then
    assert again.pk == first.pk
    current = selectors.installation_current()
    assert (current.app_id, current.auth_token) == ("QXBwOjI=", "newer")


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

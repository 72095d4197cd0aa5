"""What the client makes of a shop that is well, slow, broken or of another opinion."""

import json
import logging

import httpx
import pytest

from saleor_ext.saleor_connector import accounts, client, errors, models
from tests.conftest import NOW

EMPTY_ERRORS = {"errors": []}


def test_data_comes_back_and_the_apps_token_goes_along(shop_saying):
    # given
    seen = []
    shop = shop_saying({"data": {"app": {"id": "QXBwOjE="}}}, seen=seen)

    # when
    data = shop.execute("app_identity", {})

    # then
    assert data == {"app": {"id": "QXBwOjE="}}
    assert seen[0].headers["Authorization"] == "Bearer token"
    sent = json.loads(seen[0].content)
    assert sent["operationName"] == "app_identity"
    assert sent["query"].startswith("query app_identity {")


def test_a_person_speaks_with_his_own_token_and_nobody_with_none(shop_saying):
    # given
    seen = []
    shop = shop_saying({"data": {"me": None}}, {"data": {"me": None}}, seen=seen)

    # when
    shop.execute("me", {}, token="of-hanako")
    shop.execute("me", {}, is_anonymous=True)

    # then
    assert seen[0].headers["Authorization"] == "Bearer of-hanako"
    assert "Authorization" not in seen[1].headers


@pytest.mark.parametrize(
    ("said", "has_maybe_happened"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.PoolTimeout("busy"), False),
        (httpx.ReadTimeout("silent"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.Response(500), True),
        (httpx.Response(503), True),
        (httpx.Response(429), True),
        (httpx.Response(200, text="<html>"), True),
        (httpx.Response(200, text='{"data": {"order": {"id": "T3Jk'), True),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example.jp/"}), True),
        (httpx.Response(404, text="not here"), True),
    ],
)
def test_a_shop_that_cannot_answer_is_asked_again_later(shop_saying, said, has_maybe_happened):
    with pytest.raises(errors.ShopUnavailable) as raised:
        shop_saying(said).execute("app_identity", {})

    assert raised.value.has_maybe_happened is has_maybe_happened


@pytest.mark.parametrize(
    "said",
    [
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={"data": None}),
    ],
)
def test_an_answer_that_is_no_graphql_answer_is_for_a_human(shop_saying, said):
    with pytest.raises(errors.ShopAnswerInvalid):
        shop_saying(said).execute("app_identity", {})


def test_a_refusal_of_the_whole_request_carries_the_shops_code(shop_saying):
    # given
    error = {
        "message": "Signature has expired",
        "path": ["me"],
        "extensions": {"exception": {"code": "ExpiredSignatureError"}},
    }

    # when
    with pytest.raises(errors.ShopRefused) as refused:
        shop_saying({"errors": [error], "data": None}).execute("me", {})

    # then
    assert (refused.value.code, refused.value.field) == ("ExpiredSignatureError", "me")


def test_an_accident_inside_the_shop_may_pass(shop_saying):
    # given
    error = {
        "message": "deadlock detected",
        "path": ["draftOrderComplete"],
        "extensions": {"exception": {"code": "OperationalError"}},
    }
    said = {"errors": [error], "data": {"draftOrderComplete": None}}

    # when
    with pytest.raises(errors.ShopUnavailable) as raised:
        shop_saying(said).execute("draft_order_complete", {"id": "1"})

    # then
    assert raised.value.has_maybe_happened
    assert "OperationalError" in str(raised.value)
    assert "deadlock" not in str(raised.value)


def test_an_invalid_document_is_a_refusal_too(shop_saying):
    said = httpx.Response(400, json={"errors": [{"message": "Cannot query field"}]})

    with pytest.raises(errors.ShopRefused) as refused:
        shop_saying(said).execute("me", {})

    assert refused.value.code == "GRAPHQL_ERROR"


def test_a_mutations_own_error_is_told_with_code_and_field(shop_saying):
    # given
    error = {"field": "email", "code": "INVALID_CREDENTIALS", "message": "hanako@example.jp?"}
    shop = shop_saying({"data": {"tokenCreate": {"token": None, "errors": [error]}}})

    # when
    with pytest.raises(errors.ShopRefused) as refused:
        accounts.token_create(email="hanako@example.jp", password="wrong", shop=shop)

    # then
    assert (refused.value.code, refused.value.field) == ("INVALID_CREDENTIALS", "email")
    assert "hanako" not in str(refused.value)


def test_a_mutation_without_a_result_is_for_a_human(shop_saying):
    with pytest.raises(errors.ShopAnswerInvalid):
        shop_saying({"data": {"orderCancel": None}}).mutate("order_cancel", "orderCancel", {})


def test_the_donors_address_goes_along_when_he_signs_in(shop_saying):
    # given
    seen = []
    user = {
        "id": "VXNlcjox",
        "email": "hanako@example.jp",
        "firstName": "花子",
        "lastName": "山田",
        "isStaff": False,
    }
    result = {"token": "a", "refreshToken": "r", "user": user, "errors": []}
    shop = shop_saying({"data": {"tokenCreate": result}}, seen=seen)

    # when
    tokens = accounts.token_create(
        email="hanako@example.jp", password="himitsu", client_ip="203.0.113.9", shop=shop
    )

    # then
    assert seen[0].headers["X-Forwarded-For"] == "203.0.113.9"
    assert "Authorization" not in seen[0].headers
    assert (tokens.access, tokens.refresh, tokens.user_id) == ("a", "r", "VXNlcjox")


@pytest.mark.django_db
def test_tokens_and_persons_do_not_show_when_printed():
    # given
    tokens = accounts.Tokens(
        access="secret-a", refresh="secret-r", user_id="u", email="h@example.jp", is_staff=False
    )
    installation = models.Installation(
        saleor_api_url="http://shop.example.jp/graphql/",
        app_id="QXBwOjE=",
        auth_token="secret-t",
        installed_at=NOW,
    )
    shop = client.ShopClient.of_installation(installation)

    # then
    shown = f"{tokens!r} {installation!r} {installation} {shop!r}"
    assert "secret" not in shown
    assert "h@example.jp" not in shown


def test_nothing_that_is_said_is_logged(shop_saying, caplog):
    # given
    caplog.set_level(logging.DEBUG)
    refusal = {"data": {"tokenCreate": {"errors": [{"code": "INVALID", "message": "x"}]}}}

    # when
    with pytest.raises(errors.ShopRefused):
        accounts.token_create(
            email="hanako@example.jp", password="himitsu", shop=shop_saying(refusal)
        )

    # then
    assert "himitsu" not in caplog.text
    assert "hanako" not in caplog.text


def test_servers_are_reached_where_the_settings_say(settings):
    settings.SALEOR_INTERNAL_URLS = {"https://shop.example.jp/graphql/": "http://api:8000/graphql/"}

    assert client.internal_url("https://shop.example.jp/graphql/") == "http://api:8000/graphql/"
    assert client.internal_url("https://other.example.jp/graphql/").startswith("https://other")


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("http://127.0.0.1:8001/graphql/", True),
        ("http://localhost:8001/", True),
        ("http://[::1]:8001/", True),
        ("http://api:8000/graphql/", False),
        ("https://shop.example.jp/graphql/", False),
    ],
)
def test_a_proxy_is_never_used_for_this_machine(url, stays):
    assert client.is_loopback(url) is stays


@pytest.mark.django_db
def test_without_an_installation_the_shop_is_not_spoken_to():
    with pytest.raises(errors.ShopNotInstalled):
        client.shop_client()


NOT_PERMITTED = {
    "data": {"orders": None},
    "errors": [{"message": "x", "extensions": {"exception": {"code": "PermissionDenied"}}}],
}
ITSELF = {"data": {"app": {"id": "QXBwOjE=", "identifier": "jp.furusato-salon"}}}
NOBODY = {"data": {"app": None}, "errors": NOT_PERMITTED["errors"]}


def test_a_permission_that_is_missing_is_told_apart_from_a_token_that_is_lost(shop_saying):
    """The shop says "not permitted" to both."""
    with pytest.raises(errors.ShopRefused):
        shop_saying(NOT_PERMITTED, ITSELF).execute("order_find", {})
    with pytest.raises(errors.ShopTokenLost) as lost:
        shop_saying(NOT_PERMITTED, NOBODY).execute("order_find", {})

    assert not lost.value.has_maybe_happened


def test_while_the_shop_does_not_say_who_we_are_nothing_is_called_lost(shop_saying):
    with pytest.raises(errors.ShopUnavailable) as unsure:
        shop_saying(NOT_PERMITTED, httpx.ReadTimeout("silent")).execute("order_find", {})

    assert not isinstance(unsure.value, errors.ShopNotInstalled)


@pytest.mark.parametrize("options", [{"token": "a-persons"}, {"is_anonymous": True}])
def test_a_person_who_may_not_says_nothing_about_our_token(shop_saying, options):
    with pytest.raises(errors.ShopRefused):
        shop_saying(NOT_PERMITTED).execute("order_find", {}, **options)

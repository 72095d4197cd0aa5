"""Who is asking: by the session's cookie with proof of origin, or by a token of the shop."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.middleware.csrf import get_token
from django.test import RequestFactory
from jwt.algorithms import RSAAlgorithm

from saleor_ext.content import models as content_models
from saleor_ext.saleor_connector import jwks, models
from tests.builders import api as make
from tests.builders import api_client, world

pytestmark = pytest.mark.django_db

ME = "{ me { email isStaff membership { state } } }"
ENTER = 'mutation { eventEnter(slug: "ohanashi") { errors { code } event { hasEntered } } }'
OURS, FOREIGN = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@pytest.fixture
def shop(monkeypatch):
    """A shop that installed the app and publishes our test key."""
    published = {"keys": [json.loads(RSAAlgorithm.to_jwk(OURS.public_key())) | {"kid": "one"}]}
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=published))
    keys = jwks.KeySet(url="http://shop.example.jp/.well-known/jwks.json", transport=transport)
    monkeypatch.setattr(jwks, "key_set", lambda _installation: keys)
    return models.Installation.objects.create(
        saleor_api_url=settings.SALEOR_API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="not-a-real-token",
        installed_at=world.NOW,
    )


def token(key=OURS, *, kid="one", lasts=timedelta(minutes=5), **changes):
    issued = datetime.now(tz=UTC)
    claims = {
        "iat": issued,
        "exp": issued + lasts,
        "iss": settings.SALEOR_API_URL,
        "owner": "saleor",
        "type": "access",
        "user_id": "user-hanako",
        "email": "hanako@example.jp",
        "is_staff": False,
    }
    return jwt.encode(claims | changes, key, algorithm="RS256", headers={"kid": kid})


def test_a_token_of_the_shop_tells_who_is_asking(shop):
    # given
    membership = make.membership_make(donor=world.donor_make(), tier=world.free_tier_make())
    # when
    bearer = api_client.ApiClient(token=token()).ask(ME)
    other = api_client.anonymous().ask(ME, headers={"Authorization-Bearer": token()})
    # then
    me = {"email": "hanako@example.jp", "isStaff": False, "membership": {"state": "ACTIVE"}}
    assert bearer.data == other.data == {"me": me}
    assert membership.donor.saleor_user_id == "user-hanako"


def test_a_staff_token_is_staff(shop):
    # when
    answer = api_client.ApiClient(
        token=token(user_id="user-sato", email="sato@example.jp", is_staff=True)
    ).ask("{ me { isStaff } }")
    # then
    assert answer.data == {"me": {"isStaff": True}}


@pytest.mark.parametrize(
    "make_token",
    [
        lambda: "",
        lambda: "not.a.token",
        lambda: token(FOREIGN),
        lambda: token(lasts=timedelta(minutes=-5)),
        lambda: token(iss="https://another.example.jp/graphql/"),
        lambda: token(type="refresh"),
        lambda: token(type="thirdparty"),
        lambda: jwt.encode({"user_id": "user-hanako"}, "a-shared-secret-" * 4, algorithm="HS256"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_even_with_a_good_cookie(shop, make_token):
    # given
    client = api_client.as_donor()
    # when
    answer = client.ask(ME, headers={"Authorization": f"Bearer {make_token()}"})
    # then
    assert answer.status == 200
    assert answer.codes == ["UNAUTHENTICATED"]
    assert answer.body["data"] is None


def test_another_kind_of_authorization_is_refused(shop):
    # when
    answer = api_client.as_donor().ask(ME, headers={"Authorization": "Basic aGFuYWtv"})
    # then
    assert answer.codes == ["UNAUTHENTICATED"]


def test_without_an_installed_shop_no_token_holds():
    # when
    answer = api_client.ApiClient(token=token()).ask(ME)
    # then
    assert answer.codes == ["UNAUTHENTICATED"]


def test_when_the_shops_keys_cannot_be_had_nobody_is_called_a_liar(shop, monkeypatch):
    # given
    transport = httpx.MockTransport(lambda _request: httpx.Response(502))
    broken = jwks.KeySet(url="http://shop.example.jp/jwks.json", transport=transport)
    monkeypatch.setattr(jwks, "key_set", lambda _installation: broken)
    # when
    answer = api_client.ApiClient(token=token()).ask(ME)
    # then
    assert (answer.status, answer.codes) == (503, ["SHOP_UNAVAILABLE"])


def hanako_by_cookie():
    make.membership_make(donor=world.donor_make(), tier=world.free_tier_make())
    make.event_make()
    client = api_client.ApiClient(checks_csrf=True)
    return client.sign_in(user_id="user-hanako", email="hanako@example.jp")


def test_a_cookie_alone_may_ask_but_not_change(now):
    # given
    client = hanako_by_cookie()
    # when
    asked = client.ask(ME)
    changed = client.ask(ENTER)
    # then
    assert asked.data["me"]["email"] == "hanako@example.jp"
    assert (changed.status, changed.codes) == (403, ["CSRF_FAILED"])
    assert content_models.EventEntry.objects.count() == 0


def test_a_cookie_with_proof_of_origin_may_change(now):
    # given
    client = hanako_by_cookie()
    request = RequestFactory().get("/")
    shown = get_token(request)
    client.http.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    # when
    wrong = client.ask(ENTER, headers={"X-CSRFToken": "x" * 64})
    right = client.ask(ENTER, headers={"X-CSRFToken": shown})
    # then
    assert wrong.codes == ["CSRF_FAILED"]
    assert right.data == {"eventEnter": {"errors": [], "event": {"hasEntered": True}}}


def test_a_token_needs_no_proof_of_origin(shop, now):
    # given
    hanako_by_cookie()
    client = api_client.ApiClient(checks_csrf=True, token=token())
    # when
    answer = client.ask(ENTER)
    # then
    assert answer.data == {"eventEnter": {"errors": [], "event": {"hasEntered": True}}}

"""Which messages and tokens are believed, and which are not."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from saleor_ext.saleor_connector import errors, jwks, manifest

BODY = b'{"__typename":"OrderPaid","order":{"id":"T3JkZXI6MQ=="}}'


def reason_of(refused) -> str:
    return refused.value.fields["reason"]


def test_a_message_of_the_shop_is_believed(shop_keys, installation):
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)

    assert shop_keys.requests == ["http://shop.example.jp/.well-known/jwks.json"]


def test_keys_are_asked_for_at_the_internal_address(shop_keys, installation, settings):
    settings.SALEOR_INTERNAL_URLS = {installation.saleor_api_url: "http://api:8000/graphql/"}

    assert jwks.key_set(installation).url == "http://api:8000/.well-known/jwks.json"


@pytest.mark.parametrize("tampered", [BODY + b" ", BODY.replace(b"MQ", b"Mg"), b""])
def test_a_changed_body_is_refused(shop_keys, installation, tampered):
    signature = shop_keys.sign(BODY)

    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.webhook_verify(body=tampered, signature=signature, installation=installation)

    assert reason_of(refused) == "signature"


@pytest.mark.parametrize("signature", ["", "abc", "a.b.c", "..", "é"])
def test_rubbish_is_no_signature(shop_keys, installation, signature):
    with pytest.raises(errors.SignatureRefused):
        jwks.webhook_verify(body=BODY, signature=signature, installation=installation)


def test_a_customers_token_does_not_sign_a_message(shop_keys, installation):
    """It is a genuine JWS of the shop, but over its own payload and not over the body."""
    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.webhook_verify(body=BODY, signature=shop_keys.token(), installation=installation)

    assert reason_of(refused) == "not_detached"
    assert shop_keys.requests == []


def test_a_signature_with_a_shared_secret_is_refused(shop_keys, installation):
    signature = jwt.api_jws.PyJWS().encode(
        BODY,
        "the public key as a secret, long enough",
        algorithm="HS256",
        headers={"kid": "key-1", "crit": ["b64"], "b64": False},
        is_payload_detached=True,
    )

    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.webhook_verify(body=BODY, signature=signature, installation=installation)

    assert reason_of(refused) == "algorithm"


def test_a_key_that_was_changed_is_fetched_once_more(shop_keys, installation, monkeypatch):
    # given
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)
    shop_keys.rotate()
    monkeypatch.setattr(jwks, "COOLDOWN_S", 0.0)

    # when
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)

    # then
    assert len(shop_keys.requests) == 2


def test_an_old_key_is_refused_as_soon_as_the_new_list_was_read(
    shop_keys, installation, monkeypatch
):
    # given
    monkeypatch.setattr(jwks, "COOLDOWN_S", 0.0)
    old_signature, old_token = shop_keys.sign(BODY), shop_keys.token()
    jwks.webhook_verify(body=BODY, signature=old_signature, installation=installation)

    # when
    shop_keys.rotate()
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)

    # then
    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.webhook_verify(body=BODY, signature=old_signature, installation=installation)
    assert reason_of(refused) == "key"
    with pytest.raises(errors.SignatureRefused):
        jwks.token_verify(token=old_token, installation=installation)
    assert jwks.token_verify(token=shop_keys.token(), installation=installation).user_id


def test_an_old_key_ends_after_five_minutes_at_the_latest(shop_keys, installation, monkeypatch):
    # given
    old = shop_keys.sign(BODY)
    jwks.webhook_verify(body=BODY, signature=old, installation=installation)
    began_s = time.monotonic()
    shop_keys.rotate()

    # then
    monkeypatch.setattr(time, "monotonic", lambda: began_s + jwks.LIFESPAN_S - 1)
    jwks.webhook_verify(body=BODY, signature=old, installation=installation)
    monkeypatch.setattr(time, "monotonic", lambda: began_s + jwks.LIFESPAN_S + 1)
    with pytest.raises(errors.SignatureRefused):
        jwks.webhook_verify(body=BODY, signature=old, installation=installation)


def test_unknown_keys_do_not_make_us_ask_the_shop_each_time(shop_keys, installation):
    # given
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)
    shop_keys.rotate()
    signature = shop_keys.sign(BODY)

    # when
    for _ in range(5):
        with pytest.raises(errors.KeysUnavailable):
            jwks.webhook_verify(body=BODY, signature=signature, installation=installation)

    # then
    assert len(shop_keys.requests) == 1


def test_a_key_that_the_shop_does_not_publish_is_refused(shop_keys, installation):
    shop_keys.published = []

    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)

    assert reason_of(refused) == "key"


def test_when_the_keys_cannot_be_had_nobody_says_refused(shop_keys, installation):
    shop_keys.is_down = True

    with pytest.raises(errors.KeysUnavailable):
        jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)

    # and as soon as the shop is back the same message is believed
    shop_keys.is_down = False
    jwks.webhook_verify(body=BODY, signature=shop_keys.sign(BODY), installation=installation)


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_page_that_is_not_the_keys_is_an_outage(shop_keys, installation, status):
    shop_keys.status = status

    with pytest.raises(errors.KeysUnavailable):
        jwks.token_verify(token=shop_keys.token(), installation=installation)


def test_known_keys_go_on_working_while_the_shop_is_down(shop_keys, installation):
    jwks.token_verify(token=shop_keys.token(), installation=installation)
    shop_keys.is_down = True

    assert jwks.token_verify(token=shop_keys.token(), installation=installation).user_id


def test_an_access_token_says_who_it_is(shop_keys, installation):
    claims = jwks.token_verify(token=shop_keys.token(is_staff=True), installation=installation)

    assert (claims.user_id, claims.email, claims.is_staff) == (
        "VXNlcjox",
        "hanako@example.jp",
        True,
    )
    assert "hanako" not in repr(claims)


@pytest.mark.parametrize(
    "claims",
    [
        {"type": "refresh"},
        {"type": "thirdparty"},
        {"type": None},
        {"owner": "somebody"},
        {"iss": "http://shop.example.jp/graphql"},
        {"iss": "http://evil.example.com/graphql/"},
        {"iss": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"iat": None},
        {"aud": "custom:another"},
        {"user_id": None},
        {"user_id": 1},
    ],
)
def test_another_kind_of_token_is_no_access_token(shop_keys, installation, claims):
    with pytest.raises(errors.SignatureRefused):
        jwks.token_verify(token=shop_keys.token(**claims), installation=installation)


def test_a_token_signed_by_anybody_else_is_refused(shop_keys, installation):
    # given
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(shop_keys.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "key-1"})

    # then
    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.token_verify(token=forged, installation=installation)
    assert reason_of(refused) == "InvalidSignatureError"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_the_shops_own_algorithm_is_refused(shop_keys, installation, algorithm):
    claims = jwt.decode(shop_keys.token(), options={"verify_signature": False})
    secret = None if algorithm == "none" else "a secret that is long enough to be taken"
    forged = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": "key-1"})

    with pytest.raises(errors.SignatureRefused) as refused:
        jwks.token_verify(token=forged, installation=installation)
    assert reason_of(refused) == "algorithm"


def staff_token(shop_keys, **claims) -> str:
    ours = {
        "type": "thirdparty",
        "app": "QXBwOjE=",
        "aud": manifest.AUDIENCE,
        "is_staff": True,
        "permissions": ["MANAGE_ORDERS"],
        "user_permissions": ["MANAGE_ORDERS", "MANAGE_USERS"],
    }
    return shop_keys.token(**{**ours, **claims})


def test_the_dashboards_token_says_what_the_person_may(shop_keys, installation):
    claims = jwks.extension_token_verify(token=staff_token(shop_keys), installation=installation)

    assert claims.permissions == {"MANAGE_ORDERS", "MANAGE_USERS"}


@pytest.mark.parametrize(
    "claims",
    [{"app": "QXBwOjI="}, {"aud": "somebody"}, {"aud": None}, {"type": "access"}, {"app": None}],
)
def test_a_token_for_another_app_is_refused(shop_keys, installation, claims):
    with pytest.raises(errors.SignatureRefused):
        jwks.extension_token_verify(
            token=staff_token(shop_keys, **claims), installation=installation
        )


def test_the_dashboards_token_is_no_access_token(shop_keys, installation):
    with pytest.raises(errors.SignatureRefused):
        jwks.token_verify(token=staff_token(shop_keys), installation=installation)


def test_a_body_with_japanese_verifies_byte_by_byte(shop_keys, installation):
    body = json.dumps({"名": "山田 花子"}, ensure_ascii=False).encode()

    jwks.webhook_verify(body=body, signature=shop_keys.sign(body), installation=installation)

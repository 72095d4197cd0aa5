"""The shop's keys, as far as we see them: what it signs with and where it publishes it."""

import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from saleor_ext.saleor_connector import jwks, manifest, models
from tests.conftest import NOW

API_URL = "http://shop.example.jp/graphql/"
KEYS_URL = "http://shop.example.jp/.well-known/jwks.json"
STAFF_PERMISSIONS = ("HANDLE_PAYMENTS", "MANAGE_ORDERS", "MANAGE_USERS")


class ShopKeys:
    """The shop's signing keys and the place where it publishes them."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "key-1"
        self.published = [self._jwk("key-1")]
        self.requests: list[str] = []
        self.status = 200
        self.is_down = False

    def _jwk(self, kid: str) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": kid, "use": "sig", "alg": "RS256"}

    def rotate(self) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "key-2"
        self.published = [self._jwk("key-2")]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(str(request.url))
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(self.status, json={"keys": self.published})

    def sign(self, body: bytes) -> str:
        """The shop's detached signature over a body."""
        headers = {"kid": self.kid, "crit": ["b64"]}
        return jwt.api_jws.PyJWS().encode(
            body,
            self.private,
            algorithm="RS256",
            headers={**headers, "b64": False},
            is_payload_detached=True,
        )

    def token(self, **claims: Any) -> str:
        """One of the shop's tokens; a claim given as None is left out."""
        now_s = int(time.time())
        all_claims = {
            "iat": now_s,
            "exp": now_s + 300,
            "iss": API_URL,
            "type": "access",
            "owner": "saleor",
            "user_id": "VXNlcjox",
            "email": "hanako@example.jp",
            "is_staff": False,
        } | claims
        kept = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(kept, self.private, algorithm="RS256", headers={"kid": self.kid})

    def staff_token(self, *permissions: str, **claims: Any) -> str:
        """What the Dashboard hands to our pages for 佐藤, who may do everything by default."""
        ours = {
            "type": "thirdparty",
            "app": installation_make().app_id,
            "aud": manifest.AUDIENCE,
            "user_id": "user-sato",
            "email": "sato@example.jp",
            "is_staff": True,
            "permissions": [],
            "user_permissions": list(permissions or STAFF_PERMISSIONS),
        }
        return self.token(**{**ours, **claims})


def keys_publish(monkeypatch: pytest.MonkeyPatch, settings: Any) -> ShopKeys:
    """The keys of the shop we belong to, published where the connector looks for them."""
    settings.SALEOR_API_URL = API_URL
    settings.SALEOR_INTERNAL_URLS = {}
    keys = ShopKeys()
    key_set = jwks.KeySet(url=KEYS_URL, transport=httpx.MockTransport(keys.answer))
    monkeypatch.setattr(jwks, "_key_sets", {KEYS_URL: key_set})
    return keys


def installation_make() -> models.Installation:
    """The installed app, not saved."""
    return models.Installation(
        saleor_api_url=API_URL,
        domain="shop.example.jp",
        app_id="QXBwOjE=",
        identifier="jp.furusato-salon",
        auth_token="token-of-the-app",
        installed_at=NOW,
    )

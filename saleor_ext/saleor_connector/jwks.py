"""Proof that a message or a token comes from the shop: RS256 with the shop's published keys.

The address of the keys is derived from the stored installation, never from anything that a
message or token says about itself.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import httpx
import jwt
from jwt.api_jws import PyJWS

from saleor_ext.saleor_connector import client, errors, manifest, models

ALGORITHMS = ["RS256"]
LIFESPAN_S = 300.0
COOLDOWN_S = 5.0  # an unknown key id may cause one request in so many seconds, not one each
LEEWAY_S = 10
HTTP_OK = 200


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a genuine token says. `expires_at` is real time, also in the trial."""

    user_id: str
    email: str = field(repr=False)
    is_staff: bool
    permissions: frozenset[str]
    expires_at: datetime


class KeySet:
    """The published keys of one shop, fetched when needed and kept for some minutes."""

    def __init__(self, *, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url
        self._transport = transport
        self._keys: dict[str, Any] = {}
        self._fetched_s: float | None = None
        self._lock = threading.Lock()

    def key(self, kid: str) -> Any:
        """This will return the public key called `kid`, asking the shop again when it is new.

        Raises:
            KeysUnavailable: the shop cannot be asked, or was asked a moment ago.
            SignatureRefused: the shop has just said that it has no such key.
        """
        with self._lock:
            if kid in self._keys and self._age_s() < LIFESPAN_S:
                return self._keys[kid]
            if self._age_s() < COOLDOWN_S:
                raise errors.KeysUnavailable("unknown key, asked a moment ago")
            self._fetch(kid)
            if kid not in self._keys:
                raise errors.SignatureRefused(reason="key")
            return self._keys[kid]

    def count(self) -> int:
        """This will ask the shop for its keys now and count them.

        Raises:
            KeysUnavailable: the shop cannot be asked.
        """
        with self._lock:
            self._fetch("")
            return len(self._keys)

    def _age_s(self) -> float:
        return float("inf") if self._fetched_s is None else time.monotonic() - self._fetched_s

    def _fetch(self, kid: str) -> None:
        try:
            keys = self._download()
        except (httpx.HTTPError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
            raise errors.KeysUnavailable(type(error).__name__) from None
        self._keys = keys
        self._fetched_s = time.monotonic()

    def _download(self) -> dict[str, Any]:
        timeout = httpx.Timeout(5.0, connect=client.CONNECT_TIMEOUT_S)
        trust_env = not client.is_loopback(self.url)
        with httpx.Client(transport=self._transport, timeout=timeout, trust_env=trust_env) as http:
            response = http.get(self.url)
        if response.status_code != HTTP_OK:
            raise ValueError(f"HTTP {response.status_code}")
        published = [item for item in response.json()["keys"] if item.get("kty") == "RSA"]
        return {item["kid"]: jwt.PyJWK(item, algorithm="RS256").key for item in published}


_key_sets: dict[str, KeySet] = {}


def key_set(installation: models.Installation) -> KeySet:
    """This will return the keys of an installation's shop, shared within the process."""
    url = urljoin(client.internal_url(installation.saleor_api_url), "/.well-known/jwks.json")
    return _key_sets.setdefault(url, KeySet(url=url))


def webhook_verify(*, body: bytes, signature: str, installation: models.Installation) -> None:
    """This will prove that the shop signed exactly this body (detached JWS, RFC 7797).

    Raises:
        SignatureRefused: it did not.
        KeysUnavailable: nobody can say; answer 503 so that the shop sends it again.
    """
    header = _header(signature)
    # Without these two a complete token of the shop (any customer holds one) would verify by its
    # own payload, and any body could travel with it.
    if header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise errors.SignatureRefused(reason="not_detached")
    if signature.count(".") != 2 or signature.split(".")[1]:
        raise errors.SignatureRefused(reason="not_detached")
    key = _key(header, installation)
    try:
        PyJWS().decode_complete(signature, key, algorithms=ALGORITHMS, detached_payload=body)
    except jwt.PyJWTError:
        raise errors.SignatureRefused(reason="signature") from None


def token_verify(*, token: str, installation: models.Installation) -> Claims:
    """This will prove a person's access token and return what it says.

    Raises:
        SignatureRefused: forged, expired, of another shop, or not an access token.
        KeysUnavailable: nobody can say for the moment.
    """
    claims = _claims(token, installation, audience=None)
    _require(claims, type="access", owner="saleor")
    return _claims_read(claims, permissions=())


def extension_token_verify(*, token: str, installation: models.Installation) -> Claims:
    """This will prove the token that the Dashboard hands to our pages for a staff member.

    `permissions` are all of the person's own, not only those that our app has too.

    Raises:
        SignatureRefused: forged, expired, of another shop or app, or not such a token.
        KeysUnavailable: nobody can say for the moment.
    """
    claims = _claims(token, installation, audience=manifest.AUDIENCE)
    _require(claims, type="thirdparty", owner="saleor", app=installation.app_id)
    return _claims_read(claims, permissions=claims.get("user_permissions") or ())


def _header(token: str) -> dict[str, Any]:
    try:
        return dict(jwt.get_unverified_header(token))
    except jwt.PyJWTError:
        raise errors.SignatureRefused(reason="malformed") from None


def _key(header: Mapping[str, Any], installation: models.Installation) -> Any:
    kid = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(kid, str):
        raise errors.SignatureRefused(reason="algorithm")
    return key_set(installation).key(kid)


def _claims(
    token: str, installation: models.Installation, *, audience: str | None
) -> dict[str, Any]:
    key = _key(_header(token), installation)
    try:
        return dict(
            jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=installation.saleor_api_url,
                audience=audience,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "iss"]},
            )
        )
    except jwt.PyJWTError as error:
        raise errors.SignatureRefused(reason=type(error).__name__) from None


def _require(claims: Mapping[str, Any], **expected: str) -> None:
    for name, value in expected.items():
        if claims.get(name) != value:
            raise errors.SignatureRefused(reason=name)


def _claims_read(claims: Mapping[str, Any], *, permissions: Any) -> Claims:
    user_id = claims.get("user_id")
    if not isinstance(user_id, str) or not user_id:
        raise errors.SignatureRefused(reason="user_id")
    return Claims(
        user_id=user_id,
        email=str(claims.get("email") or ""),
        is_staff=claims.get("is_staff") is True,
        permissions=frozenset(str(code) for code in permissions),
        expires_at=datetime.fromtimestamp(float(claims["exp"]), tz=UTC),
    )

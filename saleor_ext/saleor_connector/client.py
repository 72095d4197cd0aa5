"""One way to speak GraphQL with the shop: bounded in time, pooled, silent about what it says."""

import functools
import ipaddress
import os
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from saleor_ext.common import sealing
from saleor_ext.operation import gate
from saleor_ext.saleor_connector import errors, models, operations, selectors

CONNECT_TIMEOUT_S = 2.0
POOL_TIMEOUT_S = 5.0
# The shop waits up to 18 s for our own payment handler before it answers us, so a call that makes
# it ask us back must be given longer than the handler.
PAYMENT_TIMEOUT_EXTRA_S = 7.0
POOL_CONNECTIONS = 20
IDENTITY = "app_identity"
NOT_PERMITTED = "PermissionDenied"
HTTP_SERVER_ERROR = 500
HTTP_BAD_REQUEST = 400
HTTP_TOO_MANY = 429
# The kinds of error at the top of an answer with which the shop says no. Any other kind is the
# name of an exception that nobody there had foreseen.
REFUSAL_CODES = frozenset(
    {
        "GRAPHQL_ERROR",
        "CircularSubscriptionSyncEvent",
        "DecodeError",
        "ExpiredSignatureError",
        "GraphQLError",
        "InvalidAudienceError",
        "InvalidIssuerError",
        "InvalidSignatureError",
        "InvalidTokenError",
        "MissingRequiredClaimError",
        "PermissionDenied",
        "QueryCostError",
        "ValidationError",
    }
)


class ShopClient:
    """A shop as seen by one caller: its address and, for our app, its token."""

    def __init__(
        self,
        *,
        saleor_api_url: str,
        app_token: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.saleor_api_url = saleor_api_url
        self._app_token = app_token
        self._transport = transport

    @classmethod
    def of_installation(cls, installation: models.Installation) -> Self:
        """This will speak with the shop of an installation, as our app.

        Raises:
            PlaceSealed: this is a copy of the salon, which must not act in the original's shop.
            ShopTokenSealed: the token cannot be opened.
        """
        if not gate.is_home():
            raise errors.PlaceSealed
        try:
            token = installation.auth_token
        except sealing.SealBroken:
            raise errors.ShopTokenSealed from None
        return cls(saleor_api_url=installation.saleor_api_url, app_token=token)

    def __repr__(self) -> str:
        return f"<ShopClient {self.saleor_api_url}>"

    def execute(
        self,
        operation: str,
        variables: Mapping[str, Any],
        *,
        token: str | None = None,
        is_anonymous: bool = False,
        client_ip: str = "",
        timeout_s: float | None = None,
    ) -> dict[str, Any]:
        """This will run one operation and return its `data`.

        It speaks as our app, or as the person whose access `token` is given, or as nobody.
        `client_ip` is the donor's own address, which the shop counts failed sign-ins by.

        Raises:
            ShopUnavailable: no usable answer; ask again later.
            ShopTokenLost: the shop no longer knows our app's token.
            ShopRefused: the request as a whole was refused (not permitted, token expired).
            ShopAnswerInvalid: the answer is no GraphQL answer.
        """
        headers = {} if is_anonymous else self._authorization(token)
        if client_ip:
            headers["X-Forwarded-For"] = client_ip
        body = {
            "operationName": operation,
            "query": operations.document(operation),
            "variables": dict(variables),
        }
        response = self._send(operation, body, headers, timeout_s or settings.SALEOR_TIMEOUT_S)
        try:
            return _answer_read(operation, response)
        except errors.ShopRefused as error:
            is_as_app = bool(self._app_token) and token is None and not is_anonymous
            if is_as_app and operation != IDENTITY and error.code == NOT_PERMITTED:
                self.app_identity()  # a token the shop has forgotten is told as "not permitted"
            raise

    def app_identity(self) -> dict[str, Any]:
        """This will ask the shop as which app it knows our token.

        Raises:
            ShopTokenLost: as none; the app was removed or switched off there.
            ShopUnavailable: no usable answer; ask again later.
        """
        try:
            app = self.execute(IDENTITY, {}).get("app")
        except errors.ShopRefused:
            app = None
        if not app:
            raise errors.ShopTokenLost
        return dict(app)

    def time_told(self) -> datetime | None:
        """This will return the moment, to the second, that the shop's server answers with.

        None when it tells none.

        Raises:
            ShopUnavailable: it does not answer.
        """
        body = {"operationName": IDENTITY, "query": operations.document(IDENTITY)}
        response = self._send(IDENTITY, body, {}, settings.SALEOR_TIMEOUT_S)
        try:
            return parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return None

    def mutate(
        self, operation: str, field: str, variables: Mapping[str, Any], **options: Any
    ) -> dict[str, Any]:
        """This will run one mutation and return what is under its root `field`.

        Raises:
            ShopRefused: the mutation's own `errors` are not empty; the first one is told.
            Everything that `execute` raises.
        """
        data = self.execute(operation, variables, **options)
        result = data.get(field)
        if not isinstance(result, dict):
            raise errors.ShopAnswerInvalid(f"no {field}", operation=operation)
        for error in result.get("errors") or []:
            raise errors.ShopRefused(
                code=str(error.get("code") or "UNKNOWN"),
                field=str(error.get("field") or ""),
                message=str(error.get("message") or ""),
                operation=operation,
            )
        return result

    def _authorization(self, token: str | None) -> dict[str, str]:
        bearer = token if token is not None else self._app_token
        return {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def _send(
        self, operation: str, body: dict[str, Any], headers: dict[str, str], timeout_s: float
    ) -> httpx.Response:
        timeout = httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S, pool=POOL_TIMEOUT_S)
        url = internal_url(self.saleor_api_url)
        try:
            return self._http(url).post(url, json=body, headers=headers, timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise errors.ShopUnavailable(
                type(error).__name__, operation=operation, has_maybe_happened=False
            ) from None
        except httpx.TransportError as error:
            raise errors.ShopUnavailable(type(error).__name__, operation=operation) from None

    def _http(self, url: str) -> httpx.Client:
        if self._transport is not None:
            return httpx.Client(transport=self._transport)
        parts = urlsplit(url)
        return _pool(os.getpid(), f"{parts.scheme}://{parts.netloc}")


def shop_client() -> ShopClient:
    """This will speak with the shop of SALEOR_API_URL as our app.

    Raises:
        PlaceSealed: this is a copy of the salon, which must not act in the original's shop.
        ShopNotInstalled: the shop has not installed this app, or no longer.
    """
    installation = selectors.installation_current()
    if installation is None:
        raise errors.ShopNotInstalled
    return ShopClient.of_installation(installation)


def public_client() -> ShopClient:
    """This will speak with the shop of SALEOR_API_URL as nobody or as a signed-in person."""
    return ShopClient(saleor_api_url=settings.SALEOR_API_URL)


def public_writer() -> ShopClient:
    """This will speak with the shop as nobody, to change something there.

    Raises:
        PlaceSealed: this is a copy of the salon, which must not change the original's shop.
    """
    if not gate.is_home():
        raise errors.PlaceSealed
    return public_client()


def internal_url(saleor_api_url: str) -> str:
    """This will turn a shop's public address into the one that our servers reach it at."""
    return str(settings.SALEOR_INTERNAL_URLS.get(saleor_api_url, saleor_api_url))


def payment_timeout_s() -> float:
    """This will return how long to wait when the shop asks our payment handler meanwhile."""
    return float(settings.SALEOR_TIMEOUT_S) + PAYMENT_TIMEOUT_EXTRA_S


def is_loopback(url: str) -> bool:
    """This will say whether an address stays on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@functools.cache
def _pool(process_id: int, origin: str) -> httpx.Client:
    """One pool per process (a forked child must not share its parent's sockets) and shop."""
    return httpx.Client(
        limits=httpx.Limits(
            max_connections=POOL_CONNECTIONS,
            max_keepalive_connections=POOL_CONNECTIONS,
            keepalive_expiry=4.0,  # less than a web server's usual 5 s, so none is closed under us
        ),
        follow_redirects=False,
        trust_env=not is_loopback(origin),
        headers={"User-Agent": "furusato-salon"},
    )


def _answer_read(operation: str, response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status >= HTTP_SERVER_ERROR or status == HTTP_TOO_MANY:
        raise errors.ShopUnavailable(f"HTTP {status}", operation=operation)
    try:
        answer = response.json()
    except ValueError:
        # Half an answer, or the words of something between us that cannot reach the shop.
        raise errors.ShopUnavailable(f"HTTP {status}, no JSON", operation=operation) from None
    if not isinstance(answer, dict):
        raise errors.ShopAnswerInvalid(f"HTTP {status}, no JSON object", operation=operation)
    for error in answer.get("errors") or []:
        raise _top_level_error(operation, error, status=status)
    data = answer.get("data")
    if status >= HTTP_BAD_REQUEST or not isinstance(data, dict):
        raise errors.ShopAnswerInvalid(f"HTTP {status}, no data", operation=operation)
    return data


def _top_level_error(operation: str, error: object, *, status: int) -> errors.ShopError:
    """A refusal, or an accident of the shop's (its database was locked, say) that may pass."""
    details: Mapping[str, Any] = error if isinstance(error, dict) else {}
    extensions = details.get("extensions") or {}
    code = (extensions.get("exception") or {}).get("code") or "GRAPHQL_ERROR"
    if code not in REFUSAL_CODES and status < HTTP_BAD_REQUEST:
        return errors.ShopUnavailable(f"the shop failed with {code}", operation=operation)
    path = ".".join(str(part) for part in details.get("path") or [])
    return errors.ShopRefused(
        code=str(code), field=path, message=str(details.get("message", "")), operation=operation
    )

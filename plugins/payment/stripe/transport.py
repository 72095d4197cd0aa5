"""How bytes reach Stripe: one httpx pool, and an error that says whether a request left us."""

import ssl
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import stripe

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECT_S = 5.0


class NotSent(stripe.APIConnectionError):
    """No byte of the request reached Stripe."""


class HttpxTransport(stripe.HTTPClient):
    """A thread-safe client with a bounded pool and explicit time limits.

    stripe-python's own clients cannot tell a refused connection from a lost answer; the whole
    difference between "try again" and "ask first" hangs on that, so this one can.
    """

    name = "httpx"

    def __init__(self, *, timeout_s: float, pool: int, api_base: str) -> None:
        super().__init__()
        connect_s = min(_CONNECT_S, timeout_s)
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=connect_s, pool=timeout_s),
            limits=httpx.Limits(max_connections=pool, max_keepalive_connections=pool),
            verify=ssl.create_default_context(cafile=stripe.ca_bundle_path),
            trust_env=urlsplit(api_base).hostname not in _LOOPBACK,
            follow_redirects=False,
        )

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_ignored: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """This will send one request and return body, status and headers.

        Raises:
            NotSent: the connection could not be opened.
            stripe.APIConnectionError: it broke or ran out of time later.
        """
        try:
            answer = self._client.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as failure:
            _translate(failure)
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """This will close all connections."""
        self._client.close()


def _translate(failure: httpx.HTTPError) -> NoReturn:
    reason = f"No answer from Stripe ({type(failure).__name__})"
    not_sent = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
    kind = NotSent if isinstance(failure, not_sent) else stripe.APIConnectionError
    raise kind(reason) from failure  # type: ignore[no-untyped-call]


def is_loopback(url: str) -> bool:
    """This will tell whether an address stays on this machine."""
    return urlsplit(url).hostname in _LOOPBACK

"""How bytes reach Stripe: one httpx pool, and an error that says whether a request left us."""

import ssl
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import stripe

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECT_S = 5.0


class NotSent(stripe.APIConnectionError):
    """No byte of the request reached Stripe."""


class HttpxTransport(stripe.HTTPClient):
    """A thread-safe client with a bounded pool and explicit time limits.

    stripe-python's own clients cannot tell a refused connection from a lost answer; the whole
    difference between "try again" and "ask first" hangs on that, so this one can. httpx's pool is
    used without its client: a day's donations are thousands of calls to one host, and cookies,
    redirects and the search for a proxy cost as much again as the call.
    """

    name = "httpx"

    def __init__(self, *, timeout_s: float, pool: int, api_base: str) -> None:
        super().__init__()
        connect_s = min(_CONNECT_S, timeout_s)
        timeout = httpx.Timeout(timeout_s, connect=connect_s, pool=timeout_s)
        self._extensions = {"timeout": timeout.as_dict()}
        self._pool = httpx.HTTPTransport(
            limits=httpx.Limits(max_connections=pool, max_keepalive_connections=pool),
            verify=ssl.create_default_context(cafile=stripe.ca_bundle_path),
            proxy=_proxy(api_base),
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
        request = httpx.Request(
            method, url, headers=headers, content=post_data, extensions=self._extensions
        )
        try:
            answer = self._pool.handle_request(request)
            try:
                answer.read()
            finally:
                answer.close()
        except httpx.HTTPError as failure:
            _translate(failure)
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """This will close all connections."""
        self._pool.close()


def _proxy(api_base: str) -> str | None:
    """The proxy the environment names for Stripe's address, if it has to be reached through one."""
    parts = urlsplit(api_base)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _translate(failure: httpx.HTTPError) -> NoReturn:
    reason = f"No answer from Stripe ({type(failure).__name__})"
    not_sent = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
    kind = NotSent if isinstance(failure, not_sent) else stripe.APIConnectionError
    raise kind(reason) from failure  # type: ignore[no-untyped-call]


def is_loopback(url: str) -> bool:
    """This will tell whether an address stays on this machine."""
    return urlsplit(url).hostname in _LOOPBACK

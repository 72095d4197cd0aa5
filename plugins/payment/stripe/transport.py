"""How bytes reach Stripe: one pool, and an error that says whether a request left us."""

import ssl
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import stripe
import urllib3

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECT_S = 5.0
_NOT_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.EmptyPoolError,
)


class NotSent(stripe.APIConnectionError):
    """No byte of the request reached Stripe."""


class PooledTransport(stripe.HTTPClient):
    """A thread-safe client with a bounded pool and explicit time limits.

    stripe-python's own clients cannot tell a refused connection from a lost answer; the whole
    difference between "try again" and "ask first" hangs on that, so this one can. It stands on
    urllib3, as they do: a day's donations are thousands of calls to one host, and httpx computes
    more than twice as long for each of them.
    """

    name = "urllib3"

    def __init__(self, *, timeout_s: float, pool: int, api_base: str) -> None:
        super().__init__()
        self._timeout_s = timeout_s
        self._timeout = urllib3.Timeout(connect=min(_CONNECT_S, timeout_s), read=timeout_s)
        options: dict[str, Any] = {
            "maxsize": pool,
            "block": True,
            "retries": False,
            "ssl_context": ssl.create_default_context(cafile=stripe.ca_bundle_path),
        }
        proxy = _proxy(api_base)
        self._pools = _through(proxy, options) if proxy else urllib3.PoolManager(**options)

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
            answer = self._pools.urlopen(
                method.upper(),
                url,
                redirect=False,
                headers=headers,
                body=post_data,
                timeout=self._timeout,
                pool_timeout=self._timeout_s,
            )
        except urllib3.exceptions.HTTPError as failure:
            _translate(failure)
        return answer.data.decode("utf-8", "replace"), answer.status, answer.headers

    def close(self) -> None:
        """This will close all connections."""
        self._pools.clear()


def _through(proxy: str, options: Mapping[str, Any]) -> urllib3.ProxyManager:
    parts = urlsplit(proxy)
    login = ":".join(unquote(part) for part in (parts.username, parts.password) if part)
    headers = urllib3.make_headers(proxy_basic_auth=login) if login else None
    return urllib3.ProxyManager(proxy, proxy_headers=headers, **options)


def _proxy(api_base: str) -> str | None:
    """The proxy the environment names for Stripe's address, if it has to be reached through one."""
    parts = urlsplit(api_base)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _translate(failure: urllib3.exceptions.HTTPError) -> NoReturn:
    """A proxy that was not reached counts as Stripe not reached. A broken TLS handshake cannot be
    told from TLS that broke later, so it counts as a lost answer.
    """
    reason = f"No answer from Stripe ({type(failure).__name__})"
    cause = getattr(failure, "original_error", failure)
    kind = NotSent if isinstance(cause, _NOT_SENT) else stripe.APIConnectionError
    raise kind(reason) from failure  # type: ignore[no-untyped-call]


def is_loopback(url: str) -> bool:
    """This will tell whether an address stays on this machine."""
    return urlsplit(url).hostname in _LOOPBACK

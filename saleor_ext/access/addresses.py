"""Where a request came from."""

import contextlib
import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """This will return the address the request came from, for rate limits.

    Behind our own proxies it is what the outermost of them saw; whatever stands further to the
    left in the header was written by the visitor himself and is not believed.
    """
    meta: dict[str, Any] = request.META
    seen = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if 0 < settings.PROXY_COUNT <= len(seen):
        with contextlib.suppress(ValueError):
            return str(ipaddress.ip_address(seen[-settings.PROXY_COUNT]))
    return str(meta.get("REMOTE_ADDR", ""))

"""One line in the log for each request, and a name that all its other lines carry."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from saleor_ext.common import logs

logger = logging.getLogger("furusato.request")

Handler = Callable[[HttpRequest], HttpResponse]
HEADER = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = frozenset({"health/", "ready/", "metrics/"})


class RequestLogMiddleware:
    """Writes method, the address's pattern (never the address itself), status and duration.

    The name comes from the proxy's X-Request-Id where it looks like one, and goes back with the
    answer, so that a person's complaint and our lines can be brought together.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        started = time.monotonic()
        with logs.request_named(name):
            response = self.get_response(request)
            self._line_write(request, response, started)
        response.headers[HEADER] = name
        return response

    def _line_write(self, request: HttpRequest, response: HttpResponse, started: float) -> None:
        route = request.resolver_match.route if request.resolver_match else ""
        if route in QUIET:
            return
        logger.info(
            "request",
            extra={
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "duration_ms": round((time.monotonic() - started) * 1000),
            },
        )

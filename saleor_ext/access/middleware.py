"""Puts the acting person and the security headers on every request."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from saleor_ext.access import sessions

Handler = Callable[[HttpRequest], HttpResponse]

_NOBODY = "'none'"


class PrincipalMiddleware:
    """Sets `request.principal`, looked up only when somebody asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not hasattr(request, "principal"):
            found = SimpleLazyObject(lambda: sessions.principal_of(request))
            request.principal = found  # type: ignore[attr-defined]
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Sends the content security policy and keeps personal pages out of caches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        ancestors: tuple[str, ...] = getattr(response, "frame_ancestors", ())
        response.headers.setdefault("Content-Security-Policy", _policy(nonce, ancestors))
        if not ancestors:
            response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


def _policy(nonce: str, ancestors: tuple[str, ...]) -> str:
    payment = " ".join(settings.PAYMENT_CSP_SOURCES)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' {payment}",
            "style-src 'self'",
            "img-src 'self' data:",
            f"frame-src {payment}",
            f"connect-src 'self' {payment}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(ancestors) or _NOBODY}",
        ]
    )

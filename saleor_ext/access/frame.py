"""Staff pages inside the shop's Dashboard.

There the browser holds no cookie of ours. The Dashboard hands our script a token that the shop
signed for the person at the keyboard; it comes with each request as a header, never in an
address. A request with such a header is decided by the token alone: its cookies are thrown away,
so nobody's session can be used from a foreign page, and the token is proof enough against forged
forms, because a foreign page cannot set the header.
"""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from saleor_ext.access import sessions
from saleor_ext.access.notices import NOTICE_HEADER
from saleor_ext.access.principal import Principal
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector import jwks
from saleor_ext.saleor_connector import selectors as shop_selectors

Handler = Callable[[HttpRequest], HttpResponse]

STAFF_PREFIX = "/staff/"
LOCATION_HEADER = "Frame-Location"
SEARCH_HEADER = "Frame-Search"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FrameMiddleware:
    """Finds out who asks by header, and answers such requests in a way a script can follow."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _token(request)
        request.is_framed = token is not None  # type: ignore[attr-defined]
        if token is None:
            return self.get_response(request)
        request.COOKIES = {}
        _search_read(request)
        try:
            request.principal = _principal(token)  # type: ignore[attr-defined]
        except shop_errors.SignatureRefused:
            return _refused()
        except shop_errors.KeysUnavailable:
            return _plain(
                "お店に確かめられませんでした。しばらくしてからもう一度お試しください。", 503
            )
        response = self.get_response(request)
        response.cookies.clear()
        return _followable(response)


class FrameCsrfMiddleware(CsrfViewMiddleware):
    """Asks no form token of a request whose sender has proven himself by a header."""

    def process_view(self, request, callback, callback_args, callback_kwargs):  # type: ignore[no-untyped-def]
        """This will let requests from the frame pass and check all others."""
        if request.is_framed:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


def _token(request: HttpRequest) -> str | None:
    """The token of a request to the staff pages; None when there is no such header at all."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not request.path.startswith(STAFF_PREFIX):
        return None
    return token.strip()


def _search_read(request: HttpRequest) -> None:
    """What was searched for may be somebody's name: it comes as a header, not in the address."""
    searched = unquote(request.headers.get(SEARCH_HEADER, ""))
    if searched:
        query = request.GET.copy()
        query["q"] = searched
        request.GET = query  # type: ignore[assignment]


def _principal(token: str) -> Principal:
    installation = shop_selectors.installation_current()
    if installation is None:
        raise shop_errors.SignatureRefused(reason="not_installed")
    claims = jwks.extension_token_verify(token=token, installation=installation)
    return sessions.principal_make(
        user_id=claims.user_id,
        email=claims.email,
        is_staff=claims.is_staff,
        permissions=claims.permissions,
    )


def _followable(response: HttpResponse) -> HttpResponse:
    """A browser follows redirects behind the script's back and drops what came with them."""
    if response.status_code not in REDIRECTS:
        return response
    answer = HttpResponse(status=204, headers={LOCATION_HEADER: response.headers["Location"]})
    if NOTICE_HEADER in response.headers:
        answer.headers[NOTICE_HEADER] = response.headers[NOTICE_HEADER]
    return answer


def _refused() -> HttpResponse:
    response = _plain("許可の期限が切れたか、この画面のものではありません。", 401)
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")

"""How views answer: a page, a redirect after a form, or 404 for what is not there."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from saleor_ext.common.errors import NotFound
from storefront.pages import parts

INVALID = 422
UNAVAILABLE = 503
AWAY_CODES = frozenset({"shop_unavailable", "provider_unavailable"})

View = Callable[..., HttpResponse]


def show(
    request: HttpRequest, template: str, page: parts.Page, *, status: int = 200
) -> HttpResponse:
    """This will render a page."""
    return render(request, f"pages/{template}.html", {"page": page}, status=status)


def see_other(name: str, *args: object) -> HttpResponse:
    """This will send the browser on to another page of the storefront (303)."""
    return go_to(reverse(f"storefront:{name}", args=args))


def go_to(address: str) -> HttpResponse:
    """This will send the browser on to an address (303), which turns POST into GET."""
    return HttpResponseRedirect(address, status=303)


def status_of(code: str) -> int:
    """This will choose the status for a form that was refused."""
    return UNAVAILABLE if code in AWAY_CODES else INVALID


def pdf(content: bytes, *, name: str) -> HttpResponse:
    """This will show a PDF, under a name to keep it by."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def next_url(request: HttpRequest) -> str:
    """This will return where to go after signing in: only ever a page of our own, else ""."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own and wanted.startswith("/") else ""


def missing_is_404(view: View) -> View:
    """This will answer 404 when a selector finds nothing."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error

    return answered

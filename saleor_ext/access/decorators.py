"""Doors: who may enter a view. Others' rooms do not exist (404), one's own need a sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """This will let only signed-in people through and send others to sign in."""
    return _guard(view, lambda principal: True)


def producer_only(view: View) -> View:
    """This will let only producers through."""
    return _guard(view, lambda principal: principal.is_producer)


def staff_only(view: View) -> View:
    """This will let only the town's staff through."""
    return _guard(view, lambda principal: principal.is_staff)


def _guard(view: View, may_enter: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        principal = request.principal  # type: ignore[attr-defined]
        if not principal.is_signed_in:
            return _to_sign_in(request)
        if not may_enter(principal):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    address = reverse("storefront:signin")
    return HttpResponseRedirect(
        f"{address}?{urlencode({'next': request.get_full_path()})}", status=303
    )

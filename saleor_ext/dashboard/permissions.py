"""Doors of the staff and producer pages, beyond those in `access.decorators`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from saleor_ext.access.decorators import View, staff_only
from saleor_ext.access.principal import Principal
from saleor_ext.access.roles import Act
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import messages


class MemberRequest(HttpRequest):
    """A request after the principal has been put on it."""

    principal: Principal


def staff_may(act: Act) -> Callable[[View], View]:
    """This will let only staff through whose role allows an act; others read whose it is."""

    def decorate(view: View) -> View:
        @staff_only
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            principal: Principal = request.principal  # type: ignore[attr-defined]
            if not principal.may(act):
                return forbidden(request, act=act)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def people_only(view: View) -> View:
    """This will let only staff through who may see customers in the shop; others read so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        principal: Principal = request.principal  # type: ignore[attr-defined]
        if not principal.may_see_people:
            labels = [messages.people_label()]
            return render(
                request, "dashboard/staff/forbidden.html", {"role_labels": labels}, status=403
            )
        return view(request, *args, **kwargs)

    return guarded


def forbidden(request: HttpRequest, *, act: Act) -> HttpResponse:
    """This will say in plain words which roles may do this and who gives them."""
    context = {"role_labels": messages.role_labels(act)}
    return render(request, "dashboard/staff/forbidden.html", context, status=403)


def others_are_not_found(view: View) -> View:
    """This will answer 404 when a service or selector says that there is no such object here."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None

    return guarded

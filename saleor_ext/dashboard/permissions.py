"""Doors of the staff and producer pages, beyond those in `access.decorators`.

The shop's own permissions decide: MANAGE_USERS opens people's personal data, MANAGE_ORDERS lets
staff stop a membership, start the monthly run and repeat failed work.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from saleor_ext.access.decorators import View, staff_only
from saleor_ext.access.principal import Principal
from saleor_ext.common.errors import NotFound

MANAGE_USERS = "MANAGE_USERS"
MANAGE_ORDERS = "MANAGE_ORDERS"
PERMISSION_LABELS = {
    MANAGE_USERS: "お客様(会員)の管理",
    MANAGE_ORDERS: "注文の管理",
}


class MemberRequest(HttpRequest):
    """A request after the principal has been put on it."""

    principal: Principal


def may_see_people(principal: Principal) -> bool:
    """This will say whether names, addresses and the like may be shown."""
    return MANAGE_USERS in principal.permissions


def may_act(principal: Principal) -> bool:
    """This will say whether memberships may be stopped and work be started."""
    return MANAGE_ORDERS in principal.permissions


def staff_with(permission: str) -> Callable[[View], View]:
    """This will let only staff with a shop permission through; others read why they may not."""

    def decorate(view: View) -> View:
        @staff_only
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            principal: Principal = request.principal  # type: ignore[attr-defined]
            if permission not in principal.permissions:
                return forbidden(request, permission=permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def forbidden(request: HttpRequest, *, permission: str) -> HttpResponse:
    """This will say in plain words which permission is missing and who can give it."""
    context = {"permission_label": PERMISSION_LABELS[permission]}
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

"""Attempts whose end nobody knows: what is known, and what staff may do about them."""

from collections.abc import Callable, Mapping

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.dashboard.forms.unclear import NamedPaymentForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import unclear as queries
from saleor_ext.donations import models, states
from saleor_ext.flows.month import unclear


@staff_may(Act.LOOK)
@require_GET
def unclear_list(request: MemberRequest) -> HttpResponse:
    """All of them, those parked for staff first."""
    return _list_page(request)


def _list_page(request: MemberRequest, *, error: str = "", typed: str = "") -> HttpResponse:
    context = {
        "page": queries.unclear_page(),
        "section": "unclear",
        "may_settle": request.principal.may(Act.MONEY_SETTLE),
        "error": error,
        "typed": typed,
    }
    status = 422 if error else 200
    return render(request, "dashboard/staff/unclear.html", context, status=status)


@staff_may(Act.LOOK)
@require_GET
def attempt(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """One of them, with all that is known."""
    return _attempt_page(request, attempt_id)


def _attempt_page(
    request: MemberRequest,
    attempt_id: int,
    *,
    about: str = "",
    error: str = "",
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    line, notes = queries.unclear_line(attempt_id=attempt_id)
    context = {
        "line": line,
        "notes": notes,
        "is_open": line.attempt.state in states.ATTEMPT_OPEN,
        "section": "unclear",
        "may_settle": request.principal.may(Act.MONEY_SETTLE),
        "about": about,
        "error": error,
        "typed": request.POST if typed is None else typed,
    }
    status = 422 if error else 200
    return render(request, "dashboard/staff/unclear_attempt.html", context, status=status)


@staff_may(Act.MONEY_SETTLE)
@require_POST
def ask(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """The provider is asked at once."""
    return _settle(
        request,
        attempt_id,
        about="ask",
        write=lambda: unclear.attempt_ask(
            attempt_id=attempt_id, now=clock.now(), actor=request.principal.actor
        ),
    )


@staff_may(Act.MONEY_SETTLE)
@require_POST
def name(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """The payment on the provider's page is named; he must confirm it."""
    form = NamedPaymentForm(request.POST)
    if not form.is_valid():
        return _attempt_page(
            request, attempt_id, about="name", error=_first_error(form), typed=form.data
        )
    return _settle(
        request,
        attempt_id,
        about="name",
        write=lambda: unclear.attempt_name(
            attempt_id=attempt_id,
            provider_ref=form.cleaned_data["provider_ref"],
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
        ),
    )


@staff_may(Act.MONEY_SETTLE)
@require_POST
def close(request: MemberRequest, attempt_id: int) -> HttpResponse:
    """Staff saw on the provider's page that no money was taken."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _attempt_page(
            request, attempt_id, about="close", error=_first_error(form), typed=form.data
        )
    return _settle(
        request,
        attempt_id,
        about="close",
        write=lambda: unclear.attempt_close(
            attempt_id=attempt_id,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
        ),
    )


def _first_error(form: ReasonForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _settle(
    request: MemberRequest,
    attempt_id: int,
    *,
    about: str,
    write: Callable[[], models.PaymentAttempt],
) -> HttpResponse:
    queries.unclear_line(attempt_id=attempt_id)
    try:
        settled = write()
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return _attempt_page(request, attempt_id, about=about, error=words)
    if settled.state in states.ATTEMPT_OPEN:
        notices.info(request, "決済会社に問い合わせましたが、まだ決まっていません。")
    else:
        notices.success(request, f"結果がわかりました:{settled.get_state_display()}")
    address = reverse("staff:unclear_attempt", args=[attempt_id])
    return HttpResponseRedirect(address, status=303)


@staff_may(Act.MONEY_SETTLE)
@require_POST
def resume(request: MemberRequest) -> HttpResponse:
    """All memberships that waited for the provider's word and have it now go on."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _list_page(request, error=_first_error(form), typed=form.data.get("reason", ""))
    resumed = unclear.memberships_resume(
        reason=form.cleaned_data["reason"], now=clock.now(), actor=request.principal.actor
    )
    if resumed.count:
        notices.success(request, f"{resumed.count}件の会員契約を再開しました。")
    if resumed.left:
        notices.warning(request, messages.left_parked_words(resumed.left))
    return HttpResponseRedirect(reverse("staff:unclear"), status=303)

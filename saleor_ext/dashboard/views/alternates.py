"""Gifts that cannot be sent: a producer or staff propose another one, or take that back."""

from dataclasses import dataclass

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.decorators import producer_only
from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.alternates import AlternateForm
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.dashboard.permissions import MemberRequest, others_are_not_found, staff_may
from saleor_ext.dashboard.queries import alternates as queries
from saleor_ext.flows.swaps import proposing


@dataclass(frozen=True, kw_only=True)
class Side:
    """Whose page it is: a producer's own gifts, or all of them."""

    template: str
    home: str
    producer_id: int | None = None


STAFF = Side(template="dashboard/staff/alternates.html", home="staff:alternates")


def _producer(request: MemberRequest) -> Side:
    producer_id = request.principal.producer_id
    if producer_id is None:
        raise NotFound(what="producer")
    return Side(
        template="dashboard/producer/alternates.html",
        home="producer:alternates",
        producer_id=producer_id,
    )


@producer_only
@require_GET
@others_are_not_found
def producer_alternates(request: MemberRequest) -> HttpResponse:
    """The producer's own gifts in the coming boxes."""
    return _page(request, _producer(request))


@producer_only
@require_POST
@others_are_not_found
def producer_propose(request: MemberRequest) -> HttpResponse:
    """The producer proposes one of his own gifts."""
    return _propose(request, _producer(request))


@producer_only
@require_POST
@others_are_not_found
def producer_withdraw(request: MemberRequest, alternate_id: int) -> HttpResponse:
    """The gift can be sent after all."""
    return _withdraw(request, _producer(request), alternate_id)


@staff_may(Act.LOOK)
@require_GET
def staff_alternates(request: MemberRequest) -> HttpResponse:
    """Every gift in the coming boxes, and what is proposed. No personal data."""
    return _page(request, STAFF)


@staff_may(Act.ALTERNATE_PROPOSE)
@require_POST
@others_are_not_found
def staff_propose(request: MemberRequest) -> HttpResponse:
    """Staff propose any gift."""
    return _propose(request, STAFF)


@staff_may(Act.ALTERNATE_PROPOSE)
@require_POST
@others_are_not_found
def staff_withdraw(request: MemberRequest, alternate_id: int) -> HttpResponse:
    """The gift can be sent after all."""
    return _withdraw(request, STAFF, alternate_id)


def _page(
    request: MemberRequest, side: Side, *, error: str = "", typed: AlternateForm | None = None
) -> HttpResponse:
    page = queries.alternates_page(today=clock.today(), producer_id=side.producer_id)
    context = {
        "page": page,
        "error": error,
        "typed": _typed(typed),
        "section": "alternates",
        "may_propose": side.producer_id is not None or request.principal.may(Act.ALTERNATE_PROPOSE),
        "propose_url": reverse(f"{side.home}_propose"),
        "withdraw_name": f"{side.home}_withdraw",
    }
    return render(request, side.template, context, status=422 if error else 200)


def _propose(request: MemberRequest, side: Side) -> HttpResponse:
    form = AlternateForm(request.POST)
    if not form.is_valid():
        return _page(request, side, error=_first_error(form), typed=form)
    given = form.cleaned_data
    try:
        made = proposing.alternate_propose(
            box_plan_id=given["box"],
            gift_id=given["gift"],
            alternate_id=given["alternate"],
            reason=given["reason"],
            now=clock.now(),
            actor=request.principal.actor,
            producer_id=side.producer_id,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return _page(request, side, error=words, typed=form)
    notices.success(
        request,
        f"{made.gift.name}の代わりに{made.alternate.name}を提案しました。"
        "会員のご希望に合わせて、お伺いするか、差し替えます。",
    )
    return HttpResponseRedirect(reverse(side.home), status=303)


def _typed(form: AlternateForm | None) -> dict[str, str]:
    """What was typed, so that nobody types it again; numbers as text."""
    if form is None:
        return {}
    names = ("box", "gift", "alternate", "reason")
    return {name: str(form.data.get(name, "")) for name in names}


def _first_error(form: AlternateForm) -> str:
    for name in ("alternate", "reason"):
        if name in form.errors:
            return str(form.errors[name][0])
    return messages.REFUSALS["not_found"]


def _withdraw(request: MemberRequest, side: Side, alternate_id: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, side, error=str(form.errors["reason"][0]))
    try:
        proposing.alternate_withdraw(
            alternate_id=alternate_id,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
            producer_id=side.producer_id,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, side, error=messages.refusal_words(code=refusal.code))
    notices.success(
        request, "提案を取り下げました。まだ決まっていない月は、もとの品でお届けします。"
    )
    return HttpResponseRedirect(reverse(side.home), status=303)

"""The coming months rehearsed, for all members or for one. Nothing is touched."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import csv_files, messages
from saleor_ext.dashboard.forms.rehearsal import AssumptionsForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import rehearsal as queries
from saleor_ext.flows.rehearsal import assuming, rehearsing
from saleor_ext.operation import models as operation_models


@staff_may(Act.LOOK)
@require_GET
def rehearsal(request: MemberRequest) -> HttpResponse:
    """The latest rehearsal: its progress, or its report."""
    context = {
        "section": "rehearsal",
        "page": queries.rehearsal_page(now=clock.now()),
        "may_rehearse": request.principal.may(Act.REHEARSE),
        "observed": assuming.observed(today=clock.today()),
    }
    return render(request, "dashboard/staff/rehearsal.html", context)


@staff_may(Act.REHEARSE)
@require_POST
def start(request: MemberRequest) -> HttpResponse:
    """The work is handed to the worker; one that is at work goes on instead."""
    form = AssumptionsForm(request.POST)
    if not form.is_valid():
        notices.error(request, messages.REFUSALS["percent_invalid"])
        return HttpResponseRedirect(reverse("staff:rehearsal"), status=303)
    rehearsing.rehearsal_start(
        today=clock.today(),
        now=clock.now(),
        actor=request.principal.actor,
        assumed=form.assumptions,
    )
    notices.success(
        request,
        "予行を始めました。会員にも、お店にも、決済会社にも、何も起こりません。"
        "このページを開き直すと、進み具合が見えます。",
    )
    return HttpResponseRedirect(reverse("staff:rehearsal"), status=303)


@staff_may(Act.LOOK)
@require_GET
def report_csv(request: MemberRequest, rehearsal_id: int) -> HttpResponseBase:
    """A report's figures to keep."""
    done = operation_models.Rehearsal.objects.filter(pk=rehearsal_id).exclude(report={}).first()
    if done is None:
        raise Http404
    return csv_files.download(
        name=f"rehearsal-{done.as_of:%Y%m%d}",
        header=("区分", "名前", "月", "数"),
        rows=queries.report_rows(done),
    )


@staff_may(Act.LOOK)
@require_GET
def member(request: MemberRequest, public_id: str) -> HttpResponse:
    """One member's coming months, reckoned at once."""
    try:
        page = queries.member_page(public_id=public_id, today=clock.today())
    except NotFound:
        raise Http404 from None
    context = {"section": "members", "page": page}
    return render(request, "dashboard/staff/member_rehearsal.html", context)


@staff_may(Act.LOOK)
@require_GET
def member_csv(request: MemberRequest, public_id: str) -> HttpResponseBase:
    """The same to keep."""
    try:
        rows = list(queries.member_rows(public_id=public_id, today=clock.today()))
    except NotFound:
        raise Http404 from None
    return csv_files.download(
        name=f"rehearsal-{public_id}",
        header=("日", "月", "出来事", "内容", "円"),
        rows=rows,
    )

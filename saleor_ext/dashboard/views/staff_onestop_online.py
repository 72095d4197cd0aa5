"""Results of online applications for those who answer for donations: upload, look, take in."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.dashboard import access_log, messages
from saleor_ext.dashboard.permissions import (
    MemberRequest,
    others_are_not_found,
    people_only,
    staff_may,
)
from saleor_ext.dashboard.queries import onestop_online as queries
from saleor_ext.flows.onestop import online_results
from saleor_ext.onestop import errors, importing

SECTION = "onestop_online"
BYTES_MOST = 6_000_000


@staff_may(Act.ONESTOP)
@people_only
@require_GET
def online(request: MemberRequest) -> HttpResponse:
    """The form for a file of results, and the files read so far."""
    return _page(request)


def _page(
    request: MemberRequest, *, faults: list[queries.FaultLine] | None = None, count: int = 0
) -> HttpResponse:
    context = {
        "page": queries.online_page(),
        "faults": faults,
        "fault_count": count,
        "section": SECTION,
    }
    return render(
        request, "dashboard/staff/onestop_online.html", context, status=422 if faults else 200
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def read(request: MemberRequest) -> HttpResponse:
    """A file is read. With any fault nothing of it is kept."""
    file = request.FILES.get("file")
    if file is None:
        missing = queries.FaultLine(where="ファイル", text="選んでください。")
        return _page(request, faults=[missing], count=1)
    made = online_results.file_read(
        service=request.POST.get("service", ""),
        content=file.read(BYTES_MOST),
        now=clock.now(),
        actor=request.principal.actor,
    )
    if made.online_import is None:
        return _page(request, faults=queries.fault_lines(made.faults), count=len(made.faults))
    return _to(made.online_import.pk)


@staff_may(Act.ONESTOP)
@people_only
@require_GET
@others_are_not_found
def online_import(request: MemberRequest, import_id: int) -> HttpResponse:
    """A file's results with what each would do. That staff looked is written down."""
    page = queries.import_page(import_id=import_id, today=clock.today())
    access_log.look_note(principal=request.principal, what="onestop_online", object_ids=[import_id])
    context = {"page": page, "section": SECTION}
    return render(request, "dashboard/staff/onestop_import.html", context)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def apply(request: MemberRequest, import_id: int) -> HttpResponse:
    """The results are taken in as they were shown, by a worker."""
    try:
        online_results.import_apply_ask(
            import_id=import_id,
            seen=request.POST.get("seen", ""),
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        )
    except NotFound:
        raise
    except errors.OnlineImportChanged:
        notices.warning(
            request, "見ているあいだに変わったところがあります。もう一度確かめてください。"
        )
    except Refusal as error:
        notices.error(request, messages.refusal_words(code=error.code))
    else:
        notices.success(request, "取り込んでいます。このページを開き直すと、ようすが出ます。")
    return _to(import_id)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def drop(request: MemberRequest, import_id: int) -> HttpResponse:
    """The results are put away; nothing is taken in."""
    importing.import_get(import_id=import_id)
    try:
        importing.import_drop(import_id=import_id)
    except Refusal as error:
        notices.error(request, messages.refusal_words(code=error.code))
        return _to(import_id)
    notices.success(request, "取り込まずに終えました。申請は何も変わっていません。")
    return HttpResponseRedirect(reverse("staff:onestop_online"), status=303)


def _to(import_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:onestop_import", args=[import_id]), status=303)

"""A year's receipts: how many there are, and files of thousands made by a worker."""

from itertools import chain

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import access_log, inputs, refusals
from saleor_ext.dashboard.permissions import (
    MemberRequest,
    others_are_not_found,
    people_only,
    staff_may,
)
from saleor_ext.dashboard.queries import receipts as queries
from saleor_ext.flows.receipts import bulk
from saleor_ext.receipts import printing, selectors, states

YEAR_FIRST = 2019
_PDF, _ZIP = ("application/pdf", "pdf"), ("application/zip", "zip")


@staff_may(Act.RECEIPTS)
@require_GET
def prints(request: MemberRequest) -> HttpResponse:
    """Counts of a year, the buttons that start a job, and the jobs with their progress."""
    today = clock.today()
    try:
        year = _year_read(request.GET.get("year", ""), latest=today.year)
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:receipt_prints"))
    context = {
        "page": queries.prints_page(year=year, today=today),
        "section": "receipt_prints",
        "may_see_people": request.principal.may_see_people,
    }
    return render(request, "dashboard/staff/receipt_prints.html", context)


def _year_read(text: str, *, latest: int) -> int:
    number = inputs.number_read(text)
    if number is None:
        return latest
    if not YEAR_FIRST <= number <= latest:
        raise inputs.BadInput("その年の受領証はありません。一覧から選び直してください。")
    return number


@staff_may(Act.RECEIPTS)
@people_only
@require_POST
def start(request: MemberRequest) -> HttpResponse:
    """A worker makes the file; the page shows how far it is."""
    kind, year = request.POST.get("kind", ""), request.POST.get("year", "")
    if kind not in states.PrintKind.values or not (
        year.isascii() and year.isdigit() and len(year) == 4
    ):
        raise Http404
    with refusals.as_notice(request):
        bulk.print_begin(
            year=int(year),
            kind=kind,
            is_window_envelope=request.POST.get("window") == "on",
            now=clock.now(),
            actor=request.principal.actor,
        )
        notices.success(request, "作り始めました。できあがりは、このページに出ます。")
    return _back(year)


@staff_may(Act.RECEIPTS)
@people_only
@require_POST
@others_are_not_found
def retry(request: MemberRequest, job_id: int) -> HttpResponse:
    """A job that failed goes on where it stopped."""
    job = selectors.print_job_get(job_id=job_id)
    with refusals.as_notice(request):
        printing.print_retry(job_id=job.pk)
        notices.success(request, "続きから作り直します。")
    return _back(str(job.year))


@staff_may(Act.RECEIPTS)
@people_only
@require_GET
@others_are_not_found
def file(request: MemberRequest, job_id: int) -> HttpResponseBase:
    """The finished file, piece by piece."""
    job = selectors.print_job_get(job_id=job_id)
    if job.state != states.PrintState.FINISHED:
        raise Http404
    access_log.export_note(
        principal=request.principal, what=f"receipts_{job.kind}", row_count=job.done
    )
    pieces = selectors.print_file(job_id=job_id)
    first = next(pieces, b"")
    content_type, ending = _PDF if first.startswith(b"%PDF") else _ZIP
    response = StreamingHttpResponse(chain([first], pieces), content_type=content_type)
    name = f"receipts-{job.year}-{job.pk}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _back(year: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('staff:receipt_prints')}?year={year}", status=303)

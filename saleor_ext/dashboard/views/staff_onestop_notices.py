"""Notices to home municipalities for those who answer for donations."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import access_log, inputs, messages, refusals
from saleor_ext.dashboard.forms.onestop_notices import HomeForm, ReturnForm, SentForm
from saleor_ext.dashboard.permissions import (
    MemberRequest,
    others_are_not_found,
    people_only,
    staff_may,
)
from saleor_ext.dashboard.queries import onestop_notices as queries
from saleor_ext.flows.onestop import home_notices, notice_export
from saleor_ext.law.errors import LawDataInvalid
from saleor_ext.onestop import notices as services
from saleor_ext.onestop import selectors

SECTION = "onestop_notices"


@staff_may(Act.ONESTOP)
@people_only
@require_GET
def overview(request: MemberRequest) -> HttpResponse:
    """A year's notices by municipality, what is to be made, and the files."""
    try:
        year = _year_read(request.GET.get("year", ""))
    except inputs.BadInput as error:
        return inputs.problem(request, text=str(error), back_url=reverse("staff:onestop_notices"))
    return _overview(request, year=year)


def _overview(
    request: MemberRequest, *, year: int, home: HomeForm | None = None, about: int = 0
) -> HttpResponse:
    page = queries.notices_page(year=year, today=clock.today())
    if page.unknown:
        access_log.look_note(
            principal=request.principal,
            what="onestop_home_unknown",
            object_ids=[row.donor_id for row in page.unknown],
        )
    context = {
        "page": page,
        "section": SECTION,
        "failed": home,
        "about": about,
        "today": clock.today(),
    }
    return render(
        request, "dashboard/staff/onestop_notices.html", context, status=422 if home else 200
    )


def _year_read(text: str) -> int:
    number = inputs.number_read(text)
    if number is None:
        return home_notices.year_now(now=clock.now())
    if not queries.YEAR_FIRST <= number <= clock.today().year:
        raise inputs.BadInput("その年の通知はありません。一覧から選び直してください。")
    return number


def _year_of(request: MemberRequest) -> int:
    try:
        return _year_read(request.POST.get("year", ""))
    except inputs.BadInput:
        raise Http404 from None


@staff_may(Act.ONESTOP)
@people_only
@require_POST
def make(request: MemberRequest) -> HttpResponse:
    """A worker makes a year's notices."""
    year = _year_of(request)
    with refusals.as_notice(request):
        home_notices.notices_make_ask(year=year, today=clock.today(), actor=request.principal.actor)
        notices.success(request, "通知を作っています。このページを開き直すと、進みぐあいが出ます。")
    return _back(year)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def home(request: MemberRequest, onestop_year_id: int) -> HttpResponse:
    """The office names the municipality of a donor; his notice is made at once."""
    row = selectors.year_get(onestop_year_id=onestop_year_id)
    form = HomeForm(request.POST)
    if form.is_valid():
        with refusals.on_form(form, "home_code"):
            notice = home_notices.home_set(
                onestop_year_id=row.pk,
                home_code=form.cleaned_data["home_code"],
                home_name=form.cleaned_data["home_name"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, f"{notice.home_name}への通知を作りました。")
            return HttpResponseRedirect(
                reverse("staff:onestop_notice", args=[notice.pk]), status=303
            )
    current = selectors.notice_current(onestop_year_id=row.pk)
    if request.POST.get("from") == "notice" and current is not None:
        return _notice(request, current.pk, home=form)
    return _overview(request, year=row.year, home=form, about=row.pk)


@staff_may(Act.ONESTOP)
@people_only
@require_GET
def municipality(request: MemberRequest) -> HttpResponse:
    """The notices to one municipality, with names. That staff looked is written down."""
    code = request.GET.get("code", "")
    try:
        year = _year_read(request.GET.get("year", ""))
    except inputs.BadInput:
        raise Http404 from None
    lines = queries.home_lines(year=year, home_code=code)
    if not lines:
        raise Http404
    access_log.look_note(
        principal=request.principal,
        what="onestop_notices",
        object_ids=[line.notice.pk for line in lines],
    )
    context = {"lines": lines, "year": year, "section": SECTION, "first": lines[0].notice}
    return render(request, "dashboard/staff/onestop_municipality.html", context)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
def export(request: MemberRequest) -> HttpResponse:
    """A year's waiting notices, or those to one municipality, are taken out as a file."""
    year = _year_of(request)
    try:
        notice_export.export_make(
            year=year,
            home_code=request.POST.get("code", ""),
            now=clock.now(),
            actor=request.principal.actor,
        )
    except Refusal as error:
        notices.error(request, messages.refusal_words(code=error.code))
    except LawDataInvalid as error:
        notices.error(request, f"通知の列の設定が読めません。{error}")
    else:
        notices.success(
            request, "ファイルを作りました。下の「書き出したファイル」から取り出します。"
        )
    return _back(year)


@staff_may(Act.ONESTOP)
@people_only
@require_GET
@others_are_not_found
def file(request: MemberRequest, export_id: int) -> HttpResponse:
    """The file: a ZIP with a CSV for each municipality. That it was taken is written down."""
    try:
        made = notice_export.export_file(export_id=export_id)
    except LawDataInvalid as error:
        return inputs.problem(
            request,
            text=f"通知の列の設定が読めません。{error}",
            back_url=reverse("staff:onestop_notices"),
        )
    access_log.export_note(
        principal=request.principal, what="onestop_notices", row_count=made.written
    )
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def sent(request: MemberRequest, export_id: int) -> HttpResponse:
    """That a file, or its part for one municipality, was sent."""
    year = _year_of(request)
    form = SentForm(request.POST, today=clock.today())
    if not form.is_valid():
        notices.error(request, form.errors["sent_on"][0])
        return _back(year)
    with refusals.as_notice(request):
        noted = home_notices.sent_note(
            export_id=export_id,
            home_code=request.POST.get("code", ""),
            sent_on=form.cleaned_data["sent_on"],
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        )
        notices.success(request, f"{noted}件を「送付済み」として記録しました。")
    return _back(year)


@staff_may(Act.ONESTOP)
@people_only
@require_GET
@others_are_not_found
def notice(request: MemberRequest, notice_id: int) -> HttpResponse:
    """One notice with everything that happened to it."""
    return _notice(request, notice_id)


def _notice(
    request: MemberRequest,
    notice_id: int,
    *,
    home: HomeForm | None = None,
    returned: ReturnForm | None = None,
) -> HttpResponse:
    page = queries.notice_page(notice_id=notice_id)
    access_log.look_note(principal=request.principal, what="onestop_notice", object_ids=[notice_id])
    context = {
        "page": page,
        "section": SECTION,
        "home": home or HomeForm(),
        "returned": returned or ReturnForm(initial={"returned_on": clock.today()}),
        "failed": home or returned,
    }
    status = 422 if home or returned else 200
    return render(request, "dashboard/staff/onestop_notice.html", context, status=status)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def came_back(request: MemberRequest, notice_id: int) -> HttpResponse:
    """A notice came back: when, why, what next."""
    form = ReturnForm(request.POST)
    if form.is_valid():
        with refusals.on_form(form):
            home_notices.notice_came_back(
                notice_id=notice_id,
                returned_on=form.cleaned_data["returned_on"],
                reason=form.cleaned_data["reason"],
                step=form.cleaned_data["step"],
                note=form.cleaned_data["note"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "返戻を記録しました。")
            return _back_to(notice_id)
    selectors.notice_get(notice_id=notice_id)
    return _notice(request, notice_id, returned=form)


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def done(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Nothing more is to be done for a notice."""
    selectors.notice_get(notice_id=notice_id)
    with refusals.as_notice(request):
        services.notice_done(notice_id=notice_id, now=clock.now(), actor=request.principal.actor)
        notices.success(request, "この通知を「完了」にしました。")
    return _back_to(notice_id)


def _back(year: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('staff:onestop_notices')}?year={year}", status=303)


def _back_to(notice_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:onestop_notice", args=[notice_id]), status=303)

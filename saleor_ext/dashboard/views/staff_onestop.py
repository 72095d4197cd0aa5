"""The one-stop desk: an application found by QR or number, and what is done with it."""

from collections.abc import Callable

from django import forms as django_forms
from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import access_log, messages, refusals
from saleor_ext.dashboard.forms import onestop as forms
from saleor_ext.dashboard.permissions import (
    MemberRequest,
    others_are_not_found,
    people_only,
    staff_may,
)
from saleor_ext.dashboard.queries import onestop as queries
from saleor_ext.flows.onestop import changing, desk, wishing
from saleor_ext.onestop import models, selectors, states

_A = states.ApplicationState
MOVES: dict[str, tuple[type[django_forms.Form], frozenset[_A]]] = {
    "receive": (forms.ReceiveForm, states.APPLICATION_AWAITED),
    "accept": (forms.AcceptForm, frozenset({_A.RECEIVED, _A.REVIEWING})),
    "incomplete": (forms.IncompleteForm, frozenset({_A.RECEIVED, _A.REVIEWING})),
    "review": (forms.ReviewForm, frozenset({_A.RECEIVED, _A.INCOMPLETE})),
    "void": (forms.VoidForm, frozenset(set(_A) - {_A.VOID})),
}
"""What can be done with applications, and from which states."""


@staff_may(Act.ONESTOP)
@people_only
@require_GET
@others_are_not_found
def application(request: MemberRequest, public_id: str) -> HttpResponse:
    """An application, as the QR of its form opens it. That staff looked is written down."""
    page = queries.desk_page(public_id=public_id, today=clock.today())
    access_log.look_note(
        principal=request.principal, what="onestop", object_ids=[page.application.pk]
    )
    return _page(request, page)


def _page(
    request: MemberRequest,
    page: queries.DeskPage,
    *,
    bound: dict[str, django_forms.Form] | None = None,
) -> HttpResponse:
    bound = bound or {}
    context = {
        "page": page,
        "section": "onestop",
        "failed": next(iter(bound.values()), None),
        **{f"{name}_form": bound.get(name) or _form(name, page) for name in MOVES},
        "note_form": bound.get("note")
        or forms.NoteForm(initial={"note": page.application.note}, prefix="note"),
        "change_form": bound.get("change")
        or forms.PaperChangeForm(
            onestop_year=page.year, initial={"received_on": clock.today()}, prefix="change"
        ),
        "change_received_form": bound.get("change_received")
        or forms.ChangeReceivedForm(
            initial={"received_on": clock.today()}, prefix="change_received"
        ),
    }
    status = 422 if bound else 200
    return render(request, "dashboard/staff/onestop_application.html", context, status=status)


def _form(name: str, page: queries.DeskPage, data: object | None = None) -> django_forms.Form:
    kind, froms = MOVES[name]
    initial = {"applications": [str(page.application.pk)], "received_on": clock.today()}
    return kind(
        data,
        prefix=name,
        initial=initial,
        choices=queries.choices_for(page, froms=froms),
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def receive(request: MemberRequest, public_id: str) -> HttpResponse:
    """The forms came in."""
    return _move(
        request,
        public_id,
        "receive",
        write=lambda form: desk.applications_receive(
            application_ids=form.application_ids,
            received_as=form.cleaned_data["received_as"],
            received_on=form.cleaned_data["received_on"],
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        ),
        done="受け取りを記録しました。ご本人にメールでお知らせします。",
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def accept(request: MemberRequest, public_id: str) -> HttpResponse:
    """They are complete."""
    return _move(
        request,
        public_id,
        "accept",
        write=lambda form: desk.applications_accept(
            application_ids=form.application_ids,
            identity_kind=form.cleaned_data["identity_kind"],
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        ),
        done="受付済みにしました。ご本人に受付のメールをお送りします。",
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def incomplete(request: MemberRequest, public_id: str) -> HttpResponse:
    """Something is missing."""
    return _move(
        request,
        public_id,
        "incomplete",
        write=lambda form: desk.applications_incomplete(
            application_ids=form.application_ids,
            missing=form.cleaned_data["missing"],
            now=clock.now(),
            actor=request.principal.actor,
        ),
        done="不備を記録しました。足りないものをご本人にメールでお知らせします。",
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def review(request: MemberRequest, public_id: str) -> HttpResponse:
    """They are looked at, or what they lacked came in."""
    return _move(
        request,
        public_id,
        "review",
        write=lambda form: desk.applications_review(
            application_ids=form.application_ids, now=clock.now(), actor=request.principal.actor
        ),
        done="審査中にしました。",
    )


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def void(request: MemberRequest, public_id: str) -> HttpResponse:
    """They do not hold."""
    return _move(
        request,
        public_id,
        "void",
        write=lambda form: desk.applications_void(
            application_ids=form.application_ids,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
        ),
        done="無効にしました。ご本人に、次になさることをメールでお知らせします。",
    )


def _move(
    request: MemberRequest,
    public_id: str,
    name: str,
    *,
    write: Callable[[forms.ReceiveForm], models.OneStopYear],
    done: str,
) -> HttpResponse:
    page = queries.desk_page(public_id=public_id, today=clock.today())
    form = _form(name, page, data=request.POST)
    if form.is_valid():
        with refusals.on_form(form):
            write(form)  # type: ignore[arg-type]
            notices.success(request, done)
            return _back(public_id)
    return _page(request, page, bound={name: form})


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def note(request: MemberRequest, public_id: str) -> HttpResponse:
    """What staff want to remember."""
    page = queries.desk_page(public_id=public_id, today=clock.today())
    form = forms.NoteForm(request.POST, prefix="note")
    if form.is_valid():
        desk.note_set(application_id=page.application.pk, note=form.cleaned_data["note"])
        notices.success(request, "メモを保存しました。")
        return _back(public_id)
    return _page(request, page, bound={"note": form})


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def change(request: MemberRequest, public_id: str) -> HttpResponse:
    """A report of a change came on paper only."""
    page = queries.desk_page(public_id=public_id, today=clock.today())
    form = forms.PaperChangeForm(request.POST, onestop_year=page.year, prefix="change")
    if form.is_valid():
        with refusals.on_form(form):
            changing.change_from_paper(
                onestop_year_id=page.year.pk,
                after=form.after,
                received_on=form.cleaned_data["received_on"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "変更届出を記録しました。ご本人にメールでお知らせします。")
            return _back(public_id)
    return _page(request, page, bound={"change": form})


@staff_may(Act.ONESTOP)
@people_only
@require_POST
@others_are_not_found
def change_received(request: MemberRequest, public_id: str, change_id: str) -> HttpResponse:
    """The paper of a report came in that the donor had written on his page."""
    page = queries.desk_page(public_id=public_id, today=clock.today())
    found = selectors.change_get(public_id=change_id)
    if found.onestop_year_id != page.year.pk:
        raise NotFound(what="one-stop change")
    form = forms.ChangeReceivedForm(request.POST, prefix="change_received")
    if form.is_valid():
        with refusals.on_form(form):
            changing.change_received(
                public_id=change_id,
                received_on=form.cleaned_data["received_on"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "変更届出の受け取りを記録しました。")
            return _back(public_id)
    return _page(request, page, bound={"change_received": form})


@staff_may(Act.ONESTOP)
@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def reception(request: MemberRequest) -> HttpResponse:
    """Find one by its number, or note many that came by the same post."""
    find = forms.FindForm(_sent(request, "find-number"), prefix="find")
    register = forms.RegisterForm(_sent(request, "register-receipt"), prefix="register")
    batch = forms.BatchForm(
        _sent(request, "batch-numbers"),
        prefix="batch",
        initial={"received_on": clock.today()},
    )
    report = None
    if register.is_bound and register.is_valid():
        try:
            registered = wishing.wish_at_office(
                typed=register.cleaned_data["receipt"],
                now=clock.now(),
                actor=request.principal.actor,
            )
        except NotFound:
            register.add_error("receipt", "この番号の寄附がないか、返金されています。")
        else:
            return _back(registered.public_id)
    if find.is_bound and find.is_valid():
        found = desk.application_find(typed=find.cleaned_data["number"])
        if found is not None:
            return _back(found.public_id)
        find.add_error("number", "この番号の申請はありません。1桁ずつ見比べてください。")
    if batch.is_bound and batch.is_valid():
        report = desk.batch_receive(
            typed=batch.cleaned_data["numbers"],
            received_as=batch.cleaned_data["received_as"],
            received_on=batch.cleaned_data["received_on"],
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        )
        access_log.look_note(
            principal=request.principal, what="onestop_batch", object_ids=report.application_ids
        )
        batch = forms.BatchForm(prefix="batch", initial={"received_on": clock.today()})
    failed = next((form for form in (find, register, batch) if form.errors), None)
    context = {
        "section": "onestop_reception",
        "find": find,
        "batch": batch,
        "register": register,
        "report": report,
        "rows": [
            (line, messages.refusal_words(code=line.code) if line.code else "")
            for line in (report.lines if report else ())
        ],
        "failed": failed,
    }
    status = 422 if failed else 200
    return render(request, "dashboard/staff/onestop_reception.html", context, status=status)


def _sent(request: MemberRequest, name: str) -> QueryDict | None:
    """One of the page's forms, if it is the one that was sent."""
    return request.POST if name in request.POST else None


def _back(public_id: str) -> HttpResponse:
    address = reverse("staff:onestop_application", args=[public_id])
    return HttpResponseRedirect(address, status=303)

"""A donor's one-stop exception: wish, forms, changes, and taking the wish back."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock, jptime
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows.onestop import changing, papers, wishing
from saleor_ext.membership import models as membership_models
from saleor_ext.onestop import selectors, states
from storefront import messages, visitor
from storefront.forms import onestop as forms
from storefront.pages import onestop as pages
from storefront.views import answers


@require_safe
@decorators.signed_in
def onestop(request: HttpRequest) -> HttpResponse:
    """This will show every year with what can be done."""
    page = pages.onestop_page(donor=visitor.donor_of(request), today=clock.today())
    return answers.show(request, "my/onestop", page)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def wish(request: HttpRequest, year: int) -> HttpResponse:
    """This will ask the questions about eligibility, and note the wish where it may be used."""
    if not wishing.year_is_open(year=year, today=clock.today()):
        raise NotFound(what="one-stop year")
    form = forms.WishForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_bound and form.is_valid():
        donor = visitor.donor_ensure(request, now=clock.now())
        try:
            wishing.wish_choose(
                donor_id=donor.pk,
                year=year,
                answers=form.answers,
                origin=states.WishOrigin.PAGE,
                now=clock.now(),
                actor=visitor.actor_of(donor),
            )
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
        else:
            flash.success(request, f"{year}年分のワンストップ特例のご希望を承りました。")
            return answers.see_other("my_onestop")
    page = pages.wish_page(year=year, form=form, refusal=refusal)
    status = answers.INVALID if form.is_bound else 200
    return answers.show(request, "my/onestop_wish", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def back(request: HttpRequest, year: int) -> HttpResponse:
    """This will take the wish back, after showing what becomes of each application."""
    donor = _donor(request)
    row = selectors.year_of(donor_id=donor.pk, year=year)
    if row is None or not row.is_wanted:
        raise NotFound(what="one-stop year")
    form = forms.BackForm(request.POST if request.method == "POST" else None)
    reason, refusal = "", None
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        if request.POST.get("confirmed") == "1":
            try:
                wishing.wish_withdraw(
                    donor_id=donor.pk,
                    year=year,
                    reason=reason,
                    now=clock.now(),
                    actor=visitor.actor_of(donor),
                )
            except Refusal as error:
                refusal = messages.refusal_message(error.code)
            else:
                flash.success(request, f"{year}年分のワンストップ特例を取り下げました。")
                return answers.see_other("my_onestop")
    page = pages.back_page(
        year=year,
        form=form,
        reason=reason,
        reason_words=forms.BACK_WORDS[states.VoidReason(reason)] if reason else "",
        applications=list(selectors.applications_of(donor_id=donor.pk, year=year)),
        today=clock.today(),
        refusal=refusal,
    )
    is_wrong = refusal is not None or (form.is_bound and not reason)
    status = answers.INVALID if is_wrong else 200
    return answers.show(request, "my/onestop_back", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
@answers.missing_is_404
def change(request: HttpRequest, year: int) -> HttpResponse:
    """This will show what changed since an application was accepted, and write the report."""
    donor = _donor(request)
    row = selectors.year_of(donor_id=donor.pk, year=year)
    if row is None:
        raise NotFound(what="one-stop year")
    refusal = None
    if request.method == "POST":
        try:
            changing.change_from_details(
                donor_id=donor.pk, year=year, now=clock.now(), actor=visitor.actor_of(donor)
            )
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
        else:
            words = jptime.words(row.deadline)
            flash.success(
                request,
                f"変更届出書ができました。印刷して、{words}までに届くようにお送りください。",
            )
            return answers.see_other("my_onestop")
    page = pages.change_page(
        year=year,
        differing=changing.differences(onestop_year=row, donor=donor),
        refusal=refusal,
    )
    status = answers.INVALID if refusal else 200
    return answers.show(request, "my/onestop_change", page, status=status)


@require_safe
@decorators.signed_in
@answers.missing_is_404
def forms_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """This will give the forms of a year that have not come in, behind one cover."""
    donor = _donor(request)
    content = papers.year_set_take(
        donor_id=donor.pk, year=year, now=clock.now(), actor=visitor.actor_of(donor)
    )
    return answers.pdf(content, name=f"onestop-{year}.pdf")


@require_safe
@decorators.signed_in
@answers.missing_is_404
def form(request: HttpRequest, public_id: str) -> HttpResponse:
    """This will give the form of one donation."""
    donor = _donor(request)
    content = papers.form_take(
        public_id=public_id, donor_id=donor.pk, now=clock.now(), actor=visitor.actor_of(donor)
    )
    return answers.pdf(content, name="onestop.pdf")


@require_safe
@decorators.signed_in
@answers.missing_is_404
def change_form(request: HttpRequest, public_id: str) -> HttpResponse:
    """This will give the form of a reported change."""
    donor = _donor(request)
    content = papers.change_take(public_id=public_id, donor_id=donor.pk, now=clock.now())
    return answers.pdf(content, name="onestop-change.pdf")


def _donor(request: HttpRequest) -> membership_models.Donor:
    donor = visitor.donor_of(request)
    if donor is None:
        raise NotFound(what="donor")
    return donor

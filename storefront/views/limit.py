"""The deduction limit: computed for anybody, kept for those who are signed in."""

from django.contrib import messages as flash
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from saleor_ext.access import decorators
from saleor_ext.common import clock, money
from saleor_ext.common.errors import Refusal
from saleor_ext.law import limit_tables
from saleor_ext.membership import states, year_limits
from storefront import messages, visitor
from storefront.forms import limit as forms
from storefront.pages import limit as pages
from storefront.views import answers

KEPT_FOR_S = 24 * 3600
YEAR_DIGITS = 4


@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: HttpRequest) -> HttpResponse:
    """This will compute the limit. The figures are sent by POST: they stand in no address."""
    kind = request.POST.get("kind", forms.SALARY)
    if kind not in forms.FORMS:
        kind = forms.SALARY
    tables = limit_tables.limit_tables()
    choices = pages.limit_forms(
        data=request.POST if request.method == "POST" else None, kind=kind, today=clock.today()
    )
    form, result, refusal = choices[kind], None, None
    if form.is_bound and form.is_valid():
        try:
            result = form.compute(tables=tables)
        except Refusal as error:
            refusal = messages.refusal_message(error.code)
    page = pages.limit_page(
        choices=choices,
        kind=kind,
        result=result,
        refusal=refusal,
        principal=visitor.principal_of(request),
        tables=tables,
    )
    is_wrong = form.is_bound and result is None
    return answers.show(request, "limit/limit", page, status=answers.INVALID if is_wrong else 200)


@require_POST
@decorators.signed_in
def keep(request: HttpRequest) -> HttpResponse:
    """This will keep a computed limit as the donor's own. What is kept is what we computed."""
    try:
        kept = signing.loads(request.POST.get("result", ""), salt=pages.KEPT, max_age=KEPT_FOR_S)
    except signing.BadSignature:
        flash.error(request, "計算の結果が古くなりました。お手数ですが、もう一度計算してください。")
        return answers.see_other("limit")
    form = forms.KeepLimitForm(request.POST)
    if not form.is_valid():
        flash.error(request, "上限をこえる月をどうするか、選んでください。")
        return answers.see_other("limit")
    donor = visitor.donor_ensure(request, now=clock.now())
    year_limits.year_limit_set(
        donor_id=donor.pk,
        year=kept["year"],
        limit_yen=kept["limit_yen"],
        origin=states.LimitOrigin.CALCULATOR,
        when_reached=form.cleaned_data["when_reached"],
        now=clock.now(),
    )
    flash.success(
        request, f"{kept['year']}年の上限を {money.words(kept['limit_yen'])} にしました。"
    )
    return answers.see_other("my_limit")


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def my_limit(request: HttpRequest) -> HttpResponse:
    """This will show the limits with the plan of each year, and let the donor set one by hand."""
    today = clock.today()
    form = forms.OwnLimitForm(
        request.POST if request.method == "POST" else None, years=(today.year, today.year + 1)
    )
    if form.is_bound and form.is_valid():
        donor = visitor.donor_ensure(request, now=clock.now())
        year_limits.year_limit_set(
            donor_id=donor.pk,
            year=form.cleaned_data["year"],
            limit_yen=form.cleaned_data["limit"],
            origin=states.LimitOrigin.BY_HAND,
            when_reached=form.cleaned_data["when_reached"],
            now=clock.now(),
        )
        done = f"{form.cleaned_data['year']}年の上限を {money.words(form.cleaned_data['limit'])}"
        flash.success(request, f"{done} にしました。")
        return answers.see_other("my_limit")
    page = pages.my_limit_page(donor=visitor.donor_of(request), form=form, today=today)
    return answers.show(request, "my/limit", page, status=answers.INVALID if form.is_bound else 200)


@require_POST
@decorators.signed_in
def my_limit_remove(request: HttpRequest) -> HttpResponse:
    """This will forget a year's limit."""
    donor = visitor.donor_of(request)
    year = request.POST.get("year", "")
    if donor is not None and year.isascii() and year.isdigit() and len(year) == YEAR_DIGITS:
        year_limits.year_limit_remove(donor_id=donor.pk, year=int(year))
        flash.success(request, f"{year}年の上限をなくしました。")
    return answers.see_other("my_limit")

"""A member's own pages."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.flows.onestop import changing
from saleor_ext.membership import services
from storefront import visitor
from storefront.forms import details as forms
from storefront.pages import my as pages
from storefront.pages import receipts
from storefront.views import answers


@require_safe
@decorators.signed_in
def my(request: HttpRequest) -> HttpResponse:
    """This will show a member's first page."""
    page = pages.my_page(donor=visitor.donor_of(request), now=clock.now(), today=clock.today())
    return answers.show(request, "my/my", page)


@require_safe
@decorators.signed_in
def donations(request: HttpRequest) -> HttpResponse:
    """This will list all donations."""
    page = pages.donations_page(donor=visitor.donor_of(request), today=clock.today())
    return answers.show(request, "my/donations", page)


@require_safe
@decorators.signed_in
def shipments(request: HttpRequest) -> HttpResponse:
    """This will list all parcels."""
    page = pages.shipments_page(donor=visitor.donor_of(request))
    return answers.show(request, "my/shipments", page)


@require_http_methods(["GET", "HEAD", "POST"])
@decorators.signed_in
def details(request: HttpRequest) -> HttpResponse:
    """This will change name and addresses."""
    donor = visitor.donor_ensure(request, now=clock.now())
    form = forms.DetailsForm(
        request.POST if request.method == "POST" else None,
        initial=forms.details_initial(donor),
        today=clock.today(),
    )
    if form.is_bound and form.is_valid():
        stored = services.donor_details_set(donor_id=donor.pk, details=form.details())
        words = pages.counts_words(donor=stored, today=clock.today())
        flash.success(request, f"ご登録内容を保存しました。{words}")
        if spelt := receipts.spelling_words(donor=stored):
            flash.info(request, spelt)
        if years := changing.years_to_report(donor=stored, today=clock.today()):
            words = "、".join(f"{year}年分" for year in years)
            flash.info(
                request,
                f"{words}のワンストップ特例は受付が済んでいます。お名前やご住所が変わった方は、"
                "「ワンストップ特例」のページから、変更の届け出をお願いします。",
            )
        return answers.see_other("my_details")
    page = pages.details_page(donor=donor, form=form, today=clock.today())
    return answers.show(
        request, "my/details", page, status=answers.INVALID if form.is_bound else 200
    )


@require_POST
@decorators.signed_in
@answers.missing_is_404
def resident_wish(request: HttpRequest) -> HttpResponse:
    """This will note whether the member goes on without boxes should he move into the town."""
    donor = visitor.donor_ensure(request, now=clock.now())
    is_pure = request.POST.get("wish") == "pure"
    services.membership_resident_wish_set(donor_id=donor.pk, is_pure=is_pure)
    flash.success(request, "町に移られたときのご希望を控えました。次に決まる月から反映します。")
    return answers.see_other("my")

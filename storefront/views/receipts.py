"""A donor's receipts as files, and the page on which anybody can check one."""

from urllib.parse import quote

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows.receipts import bundle, hand_out, verify
from saleor_ext.membership import models as membership_models
from saleor_ext.receipts import services
from storefront import messages, visitor
from storefront.forms import receipts as forms
from storefront.pages import receipts as pages
from storefront.views import answers

REISSUE_REASON = "ご本人の申し出"
TOO_MANY = 429


@require_safe
@decorators.signed_in
def receipts(request: HttpRequest) -> HttpResponse:
    """This will list all receipts."""
    return _receipts_page(request, visitor.donor_of(request))


def _receipts_page(
    request: HttpRequest,
    donor: membership_models.Donor | None,
    *,
    form: forms.SpellingForm | None = None,
) -> HttpResponse:
    listed = (
        hand_out.receipts_of_donor(donor_id=donor.pk, today=clock.today(), now=clock.now())
        if donor
        else []
    )
    page = pages.receipts_page(
        donor=donor,
        receipts=listed,
        spelling_form=form or forms.SpellingForm(),
        today=clock.today(),
    )
    status = answers.INVALID if form is not None else 200
    return answers.show(request, "my/receipts", page, status=status)


@require_safe
@decorators.signed_in
@answers.missing_is_404
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """This will give a donor one receipt as PDF."""
    donor = _donor(request)
    try:
        content = hand_out.receipt_fetch(
            receipt_id=receipt_id,
            donor_id=donor.pk,
            today=clock.today(),
            now=clock.now(),
            actor=visitor.actor_of(donor),
        )
    except NotFound:
        raise
    except Refusal as error:
        flash.error(request, str(messages.refusal_message(error.code)))
        return answers.see_other("my_receipts")
    return _file(content, name=f"receipt-{receipt_id}.pdf", kind="application/pdf", is_shown=True)


@require_POST
@decorators.signed_in
@answers.missing_is_404
def reissue(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """This will issue a receipt again; it is fetched like any other after that."""
    donor = _donor(request)
    try:
        again = hand_out.receipt_reissue(
            receipt_id=receipt_id,
            donor_id=donor.pk,
            reason=REISSUE_REASON,
            today=clock.today(),
            now=clock.now(),
            actor=visitor.actor_of(donor),
        )
    except NotFound:
        raise
    except Refusal as error:
        flash.error(request, str(messages.refusal_message(error.code)))
    else:
        flash.success(
            request, f"{again.number} を再発行しました。PDFをひらいて、お手元に保存してください。"
        )
    return answers.see_other("my_receipts")


@require_safe
@decorators.signed_in
@answers.missing_is_404
def year(request: HttpRequest, year: int) -> HttpResponse:
    """This will give a donor everything of a year in one file."""
    donor = _donor(request)
    try:
        packed = bundle.year_bundle(
            donor_id=donor.pk,
            year=year,
            today=clock.today(),
            now=clock.now(),
            actor=visitor.actor_of(donor),
        )
    except Refusal as error:
        flash.error(request, str(messages.refusal_message(error.code)))
        return answers.see_other("my_receipts")
    return _file(packed.content, name=packed.name, kind="application/zip", is_shown=False)


@require_POST
@decorators.signed_in
@answers.missing_is_404
def spelling(request: HttpRequest) -> HttpResponse:
    """This will keep how a donor wants his name written for e-Tax."""
    donor = _donor(request)
    form = forms.SpellingForm(request.POST)
    listed = hand_out.receipts_of_donor(donor_id=donor.pk, today=clock.today(), now=clock.now())
    if not form.is_valid():
        return _receipts_page(request, donor, form=form)
    names = {one.donor_name for one in listed} | {donor.full_name}
    name = request.POST.get("name", "")
    if name not in names:
        raise NotFound(what="name")
    services.spelling_set(
        donor_id=donor.pk, name=name, etax_name=form.cleaned_data["etax_name"], now=clock.now()
    )
    flash.success(request, "電子データでの表記を控えました。次に取り出すデータから使います。")
    return answers.see_other("my_receipts")


@require_http_methods(["GET", "HEAD", "POST"])
def verify_receipt(request: HttpRequest) -> HttpResponse:
    """This will say whether a receipt is real. What is asked is sent by POST: it is no address."""
    form = forms.VerifyForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return answers.show(request, "about/verify", pages.verify_page(form=form))
    if not form.is_valid():
        page = pages.verify_page(form=form)
        return answers.show(request, "about/verify", page, status=answers.INVALID)
    try:
        found = verify.receipt_verify(
            number=form.cleaned_data["number"],
            code=form.cleaned_data["code"],
            address=visitor.client_ip(request),
            now=clock.now(),
        )
    except Refusal as error:
        page = pages.verify_page(form=form, refusal=messages.refusal_message(error.code))
        return answers.show(request, "about/verify", page, status=TOO_MANY)
    page = pages.verify_page(form=form, asked=True, found=found)
    return answers.show(request, "about/verify", page)


def _donor(request: HttpRequest) -> membership_models.Donor:
    donor = visitor.donor_of(request)
    if donor is None:
        raise NotFound(what="donor")
    return donor


def _file(content: bytes, *, name: str, kind: str, is_shown: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    way = "inline" if is_shown else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{quote(name)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

"""One receipt for those who answer for donations: look, issue again, correct to whom."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.dashboard import access_log, messages, refusals
from saleor_ext.dashboard.forms.receipts import CorrectForm, WhyForm
from saleor_ext.dashboard.permissions import (
    MemberRequest,
    others_are_not_found,
    people_only,
    staff_may,
)
from saleor_ext.dashboard.queries import receipts as queries
from saleor_ext.flows.receipts import hand_out


@staff_may(Act.RECEIPTS)
@people_only
@require_GET
@others_are_not_found
def receipt(request: MemberRequest, receipt_id: int) -> HttpResponse:
    """A receipt with everything that happened to it. That staff looked is written down."""
    page = queries.receipt_page(receipt_id=receipt_id)
    access_log.look_note(principal=request.principal, what="receipt", object_ids=[receipt_id])
    return _page(request, page)


def _page(
    request: MemberRequest,
    page: queries.ReceiptPage,
    *,
    reissue: WhyForm | None = None,
    correct: CorrectForm | None = None,
) -> HttpResponse:
    initial = {
        "donor_name": page.receipt.donor_name,
        "donor_address": page.receipt.donor_address,
    }
    context = {
        "page": page,
        "section": "receipts",
        "reissue": reissue or WhyForm(prefix="reissue"),
        "correct": correct or CorrectForm(prefix="correct", initial=initial),
        "failed": reissue or correct,
    }
    status = 422 if reissue or correct else 200
    return render(request, "dashboard/staff/receipt.html", context, status=status)


@staff_may(Act.RECEIPTS)
@people_only
@require_GET
@others_are_not_found
def paper(request: MemberRequest, receipt_id: int) -> HttpResponse:
    """The receipt as PDF, as it stands. It is not handed out by that."""
    try:
        content = hand_out.receipt_look(
            receipt_id=receipt_id,
            today=clock.today(),
            now=clock.now(),
            actor=request.principal.actor,
        )
    except NotFound:
        raise
    except Refusal as error:
        notices.error(request, messages.refusal_words(code=error.code))
        return _back(receipt_id)
    access_log.look_note(principal=request.principal, what="receipt_pdf", object_ids=[receipt_id])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id}.pdf"'
    return response


@staff_may(Act.RECEIPTS)
@people_only
@require_POST
@others_are_not_found
def reissue(request: MemberRequest, receipt_id: int) -> HttpResponse:
    """Issue it again: same number, marked and counted, with the reason."""
    form = WhyForm(request.POST, prefix="reissue")
    if form.is_valid():
        with refusals.on_form(form):
            hand_out.receipt_reissue(
                receipt_id=receipt_id,
                donor_id=None,
                reason=form.cleaned_data["reason"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "再発行しました。番号は同じで、再発行と記されます。")
            return _back(receipt_id)
    return _page(request, queries.receipt_page(receipt_id=receipt_id), reissue=form)


@staff_may(Act.RECEIPTS)
@people_only
@require_POST
@others_are_not_found
def correct(request: MemberRequest, receipt_id: int) -> HttpResponse:
    """Correct to whom it is made out: it is withdrawn, and another one replaces it."""
    form = CorrectForm(request.POST, prefix="correct")
    if form.is_valid():
        with refusals.on_form(form):
            replacement = hand_out.addressee_correct(
                receipt_id=receipt_id,
                donor_name=form.cleaned_data["donor_name"],
                donor_address=form.cleaned_data["donor_address"],
                reason=form.cleaned_data["reason"],
                today=clock.today(),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "訂正した証明書に替えました。もとの証明書は取り消しました。")
            return _back(replacement.pk)
    return _page(request, queries.receipt_page(receipt_id=receipt_id), correct=form)


def _back(receipt_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:receipt", args=[receipt_id]), status=303)

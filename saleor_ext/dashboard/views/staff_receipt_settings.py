"""How the town issues receipts: form, seal, certificate, and a sample on paper."""

from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import messages, refusals
from saleor_ext.dashboard.forms.receipts import (
    TO_CONFIRM,
    CertificateForm,
    ReceiptSettingsForm,
    SealForm,
)
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import receipts as queries
from saleor_ext.flows.receipts import sample as sample_flow
from saleor_ext.law import messages as law_messages
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import errors, selectors, services
from saleor_ext.receipts.etax import signature

UPLOAD_BYTES_MOST = 500_000


@staff_may(Act.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """The settings as they are; sent, they are changed all together or not at all."""
    town = membership_selectors.municipality_get()
    row = selectors.settings_of(municipality_id=town.pk)
    form = ReceiptSettingsForm(request.POST if request.method == "POST" else None, settings=row)
    if form.is_bound and form.is_valid():
        values = form.values(before=row.confirmed, today=clock.today().isoformat())
        with refusals.on_form(form, "number_format"):
            services.settings_set(municipality_id=town.pk, values=values)
            notices.success(request, "受領証の設定を保存しました。次に発行する証明書から使います。")
            return _back()
    return _page(request, form=form, status=422 if form.is_bound else 200)


def _page(
    request: MemberRequest,
    *,
    form: ReceiptSettingsForm | None = None,
    seal_form: SealForm | None = None,
    certificate_form: CertificateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    town = membership_selectors.municipality_get()
    row = selectors.settings_of(municipality_id=town.pk)
    certificate = selectors.certificate_current(municipality_id=town.pk)
    shown = form or ReceiptSettingsForm(None, settings=row)
    context: dict[str, Any] = {
        "form": shown,
        "seal_form": seal_form or SealForm(),
        "certificate_form": certificate_form or CertificateForm(),
        "failed": next(
            (one for one in (form, seal_form, certificate_form) if _is_wrong(one)), None
        ),
        "seal_url": queries.seal_url(municipality_id=town.pk),
        "certificate": certificate,
        "expiry": queries.expiry_words(certificate, now=clock.now()),
        "default_issuer": queries.default_issuer(town),
        "unconfirmed": [label for name, label in TO_CONFIRM.items() if name not in row.confirmed],
        "to_confirm": law_messages.TO_CONFIRM,
        "section": "receipt_prints",
    }
    return render(request, "dashboard/staff/receipt_settings.html", context, status=status)


def _is_wrong(form: forms.Form | None) -> bool:
    return form is not None and form.is_bound and bool(form.errors)


@staff_may(Act.SETTINGS_CHANGE)
@require_POST
def seal(request: MemberRequest) -> HttpResponse:
    """A new picture of the seal, for receipts issued from now on."""
    form = SealForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals.on_form(form, "picture"):
            services.seal_keep(
                municipality_id=membership_selectors.municipality_get().pk,
                content=form.cleaned_data["picture"].read(services.SEAL_BYTES_MOST + 1),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, "公印の画像を替えました。次に発行する証明書から使います。")
            return _back()
    return _page(request, seal_form=form, status=422)


@sensitive_post_parameters("passphrase")
@staff_may(Act.SETTINGS_CHANGE)
@require_POST
def certificate(request: MemberRequest) -> HttpResponse:
    """A new certificate. Its key is sealed at once; the passphrase is kept nowhere."""
    form = CertificateForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            signer = signature.signer_read(
                content=form.cleaned_data["file"].read(UPLOAD_BYTES_MOST),
                passphrase=form.cleaned_data["passphrase"],
            )
            services.certificate_keep(
                municipality_id=membership_selectors.municipality_get().pk,
                signer=signer,
                is_test=False,
                now=clock.now(),
                actor=request.principal.actor,
            )
        except signature.KeyUnreadable as error:
            refused = errors.CertificateRefused(str(error))
            form.add_error("file", messages.refusal_words(code=refused.code))
        except Refusal as error:
            form.add_error("file", messages.refusal_words(code=error.code))
        else:
            notices.success(request, "証明書を替えました。次に出すe-Tax用のデータから使います。")
            return _back()
    return _page(request, certificate_form=form, status=422)


@staff_may(Act.SETTINGS_CHANGE)
@require_GET
def sample(request: MemberRequest) -> HttpResponse:
    """A receipt of nobody as it would look today, to hold against the envelope."""
    content = sample_flow.sample_pdf(today=clock.today(), now=clock.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="sample.pdf"'
    return response


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:receipt_settings"), status=303)

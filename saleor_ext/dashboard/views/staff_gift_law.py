"""What the law asks of gifts and of benefits, written down by staff."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import refusals
from saleor_ext.dashboard.forms.gift_law import VALUE_ADDED, BenefitForm, GiftLawForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.flows.books import gift_costs
from saleor_ext.fulfilment import gift_law
from saleor_ext.fulfilment import selectors as fulfilment
from saleor_ext.membership import models as membership_models

CHANGES_SHOWN = 20


@staff_may(Act.LOOK)
@require_GET
def gifts(request: MemberRequest) -> HttpResponse:
    """All gifts with their category, and all tiers with what their benefits cost."""
    context = {
        "section": "law",
        "gifts": fulfilment.gifts_all(),
        "tiers": membership_models.Tier.objects.order_by("sort_order", "pk"),
        "may_change": request.principal.may(Act.GIFT_LAW_CHANGE),
    }
    return render(request, "dashboard/staff/gift_law.html", context)


@staff_may(Act.GIFT_LAW_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def gift(request: MemberRequest, gift_id: int) -> HttpResponse:
    """One gift's category, evidence and certificate."""
    row = get_object_or_404(fulfilment.gifts_all(), pk=gift_id)
    form = GiftLawForm(request.POST if request.method == "POST" else None, gift=row)
    if form.is_bound and form.is_valid():
        with refusals.on_form(form):
            gift_law.gift_law_set(
                gift_id=row.pk,
                local_category=form.cleaned_data["local_category"],
                local_evidence=form.cleaned_data["local_evidence"],
                certificate=_certificate(form),
                now=clock.now(),
                actor=request.principal.actor,
            )
            notices.success(request, f"{row.name}の要件を保存しました。")
            return HttpResponseRedirect(reverse("staff:gift_law"), status=303)
    context = {
        "section": "law",
        "gift": row,
        "form": form,
        "changes": row.law_changes.order_by("-pk")[:CHANGES_SHOWN],
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/staff/gift_law_form.html", context, status=status)


def _certificate(form: GiftLawForm) -> gift_law.Certificate | None:
    values = form.cleaned_data
    if values["local_category"] != VALUE_ADDED:
        return None
    is_standard = bool(values["is_standard_method"])
    return gift_law.Certificate(
        share_permille=int(values["share_percent"] * 10),
        is_standard_method=is_standard,
        other_method="" if is_standard else values["other_method"],
        other_reason="" if is_standard else values["other_reason"],
        made_in=values["made_in"],
        retail_price_yen=values["retail_price_yen"],
        published_on=values["published_on"],
    )


@staff_may(Act.GIFT_LAW_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def tier_benefits(request: MemberRequest, tier_id: int) -> HttpResponse:
    """What a tier's benefits for members cost."""
    tier = get_object_or_404(membership_models.Tier, pk=tier_id)
    form = BenefitForm(
        request.POST if request.method == "POST" else None,
        initial={"benefit_cost_yen": tier.benefit_cost_yen},
    )
    if form.is_bound and form.is_valid():
        gift_costs.benefit_cost_change(
            tier_id=tier.pk,
            cost_yen=form.cleaned_data["benefit_cost_yen"],
            now=clock.now(),
            actor=request.principal.actor,
        )
        notices.success(request, f"{tier.name}の特典の費用を、次に確定する月から数えます。")
        return HttpResponseRedirect(reverse("staff:gift_law"), status=303)
    context = {
        "section": "law",
        "tier": tier,
        "form": form,
        "changes": tier.benefit_costs.order_by("-pk")[:CHANGES_SHOWN],
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/staff/tier_benefits.html", context, status=status)

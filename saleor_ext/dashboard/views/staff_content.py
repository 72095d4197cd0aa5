"""When what members read opens: at once, or after so many months with the town."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from saleor_ext.access.roles import Act
from saleor_ext.content import selectors, services
from saleor_ext.content.states import Audience, ContentKind
from saleor_ext.dashboard import refusals
from saleor_ext.dashboard.forms.content import OpeningForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may


@staff_may(Act.LOOK)
@require_GET
def content(request: MemberRequest) -> HttpResponse:
    """Every piece with its audience and when it opens."""
    context = {
        "section": "content",
        "groups": [
            (kind.value, kind.label, list(selectors.content_of_kind(kind=kind)))
            for kind in ContentKind
        ],
        "public": Audience.PUBLIC,
        "may_change": request.principal.may(Act.CONTENT_CHANGE),
    }
    return render(request, "dashboard/staff/content.html", context)


@staff_may(Act.CONTENT_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: MemberRequest, kind: str, slug: str) -> HttpResponse:
    """After how many months with the town one piece opens."""
    if kind not in ContentKind.values:
        raise Http404
    item = get_object_or_404(selectors.content_of_kind(kind=kind), slug=slug)
    initial = {"months": item.opens_after_months}
    form = OpeningForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals.on_form(form, "months"):
            services.opening_set(kind=kind, slug=slug, months=form.cleaned_data["months"])
            notices.success(request, f"「{item.title}」のひらく時期を保存しました。")
            return HttpResponseRedirect(reverse("staff:content"), status=303)
    context = {"section": "content", "item": item, "kind": kind, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/staff/content_form.html", context, status=status)

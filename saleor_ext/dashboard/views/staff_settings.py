"""The town's settings: a form for administrators, and who changed what when."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard import refusals
from saleor_ext.dashboard.forms.town_settings import SettingsForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import town_settings as queries
from saleor_ext.membership import selectors, town_settings


@staff_may(Act.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """The settings as they are; sent, they are changed all together or not at all."""
    town = selectors.municipality_get()
    form = SettingsForm(request.POST if request.method == "POST" else None, town=town)
    if form.is_bound and form.is_valid():
        with refusals.on_form(form):
            changes = town_settings.settings_change(
                values=form.cleaned_data, now=clock.now(), actor=request.principal.actor
            )
            done = (
                f"設定を{len(changes)}件変えました。" if changes else "変わったところはありません。"
            )
            notices.success(request, done)
            return HttpResponseRedirect(reverse("staff:settings"), status=303)
    context = {
        "page": queries.settings_page(form=form),
        "form": form,
        "section": "settings",
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/staff/settings.html", context, status=status)

"""How the town handles the one-stop exception."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard.forms import onestop as forms
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.law import messages as law_messages
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.onestop import selectors, services


@staff_may(Act.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """The settings as they are; sent, they are changed all together or not at all."""
    town = membership_selectors.municipality_get()
    row = selectors.settings_of(municipality_id=town.pk)
    form = forms.SettingsForm(request.POST if request.method == "POST" else None, settings=row)
    if form.is_bound and form.is_valid():
        values = form.values(before=row.confirmed, today=clock.today().isoformat())
        services.settings_set(municipality_id=town.pk, values=values)
        notices.success(request, "ワンストップ特例の設定を保存しました。")
        return HttpResponseRedirect(reverse("staff:onestop_settings"), status=303)
    context = {
        "section": "onestop_settings",
        "form": form,
        "to_confirm": law_messages.TO_CONFIRM,
        "unconfirmed": [
            label for name, label in forms.TO_CONFIRM.items() if name not in row.confirmed
        ],
        "failed": form if form.is_bound else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/staff/onestop_settings.html", context, status=status)

"""The switch that stops all taking of donations, and lets it go on."""

from datetime import datetime
from typing import Protocol

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.views import staff_run
from saleor_ext.operation import gate, services


class ChargingSwitch(Protocol):
    """A service that stops donations or lets them go on, for a reason."""

    def __call__(self, *, reason: str, actor: str, now: datetime) -> bool: ...


@staff_may(Act.CHARGING_SWITCH)
@require_POST
def charging_stop(request: MemberRequest) -> HttpResponse:
    """No donation is taken any more, here and in every worker, from this moment."""
    return _switch(
        request,
        write=services.charging_stop,
        done="寄附の受け取りを止めました。進行中だった決済の結果は、これまでどおり記録されます。",
        was_so="寄附の受け取りは、すでに止まっています。",
    )


@staff_may(Act.CHARGING_SWITCH)
@require_POST
def charging_start(request: MemberRequest) -> HttpResponse:
    """What fell due meanwhile is taken by the next run."""
    return _switch(
        request,
        write=services.charging_start,
        done="寄附の受け取りを再開しました。止まっていたあいだに期日が来た分は、次の処理で受け取ります。",
        was_so="寄附の受け取りは止まっていません。",
    )


def _switch(
    request: MemberRequest, *, write: ChargingSwitch, done: str, was_so: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        words = str(form.errors["reason"][0])
        return staff_run.run_page(request, error=words, typed=form.data.get("reason", ""))
    gate.status()  # a salon used for the first time is bound to its place before anything else
    is_changed = write(
        reason=form.cleaned_data["reason"], actor=request.principal.actor, now=clock.now()
    )
    notices.success(request, done if is_changed else was_so)
    return HttpResponseRedirect(reverse("staff:run"), status=303)

"""Deciding about donations that were missed during a stop."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock, jobs
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.catch_up import CatchUpForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.views import staff_run
from saleor_ext.flows.month import catch_up

DONE = {
    "charge": "受け取ることに決めました。処理を始めました。",
    "ask": "一人ずつ尋ねることに決めました。メールをお送りします。",
    "skip": "見送ることに決めました。ご本人にメールでお知らせします。",
}


@staff_may(Act.MONEY_SETTLE)
@require_POST
def decide(request: MemberRequest) -> HttpResponse:
    """Only what was shown is decided upon; if it has changed, it is shown anew."""
    form = CatchUpForm(request.POST)
    is_valid = form.is_valid()
    typed = form.data.get("reason", "")
    if not is_valid:
        return staff_run.run_page(request, catch_up_error=form.words(), catch_up_typed=typed)
    actor = request.principal.actor
    try:
        catch_up.decide(**form.decided(), now=clock.now(), actor=actor)
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return staff_run.run_page(request, catch_up_error=words, catch_up_typed=typed)
    decision = form.cleaned_data["decision"]
    jobs.enqueue("cycles.run", actor=actor)
    notices.success(request, DONE[decision])
    return HttpResponseRedirect(reverse("staff:run"), status=303)

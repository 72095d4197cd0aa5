"""Cards whose holder's name is not their donor's, or could not be compared: staff look at them."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.forms.parking import ReasonForm
from saleor_ext.dashboard.permissions import MemberRequest, staff_may
from saleor_ext.dashboard.queries import holders as queries
from saleor_ext.donations import card_changes, states
from saleor_ext.law.messages import TO_CONFIRM


@staff_may(Act.LOOK)
@require_GET
def holders(request: MemberRequest) -> HttpResponse:
    """Those with another name first. No name stands here: neither the donor's nor the card's."""
    return _page(request)


def _page(
    request: MemberRequest, *, error: str = "", typed: str = "", about: int = 0
) -> HttpResponse:
    found = queries.holder_lines()
    context = {
        "lines": [line for line in found if line.differs],
        "unclear": [line for line in found if not line.differs],
        "settled": queries.settled_lines(),
        "section": "holders",
        "to_confirm": TO_CONFIRM,
        "may_settle": request.principal.may(Act.MEMBERSHIP_PARK),
        "error": error,
        "typed": typed,
        "about": about,
    }
    return render(request, "dashboard/staff/holders.html", context, status=422 if error else 200)


@staff_may(Act.MEMBERSHIP_PARK)
@require_POST
def holder_clear(request: MemberRequest, donor_id: int) -> HttpResponse:
    """The card is the donor's own after all, or staff have found another way: it is noted why."""
    form = ReasonForm(request.POST)
    is_valid = form.is_valid()
    typed = form.data.get("reason", "")
    if not is_valid:
        words = str(form.errors["reason"][0])
        return _page(request, error=words, typed=typed, about=donor_id)
    try:
        card_changes.holder_settle(
            donor_id=donor_id,
            to=states.HolderState.CLEARED,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
            actor=request.principal.actor,
        )
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return _page(request, error=words, typed=typed, about=donor_id)
    notices.success(request, "確認済みにしました。")
    return HttpResponseRedirect(reverse("staff:holders"), status=303)

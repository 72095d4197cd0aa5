"""One member for staff, and what they can do: park a membership, let it go on, and say how many
boxes of a term fall away.
"""

from datetime import datetime
from functools import partial
from typing import Protocol

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from saleor_ext.access.roles import Act
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.dashboard import access_log, messages
from saleor_ext.dashboard.forms.parking import ReasonForm, TermPartForm
from saleor_ext.dashboard.permissions import MemberRequest, others_are_not_found, staff_may
from saleor_ext.dashboard.queries import member as queries
from saleor_ext.flows.errors import RuleBroken
from saleor_ext.flows.month import holding
from saleor_ext.flows.payments import term_part as term_part_flow
from saleor_ext.membership import models, services, states


class MembershipWrite(Protocol):
    """A service that moves a membership for a reason."""

    def __call__(
        self, *, membership_id: int, now: datetime, actor: str, reason: str
    ) -> models.Membership: ...


@staff_may(Act.LOOK)
@require_GET
@others_are_not_found
def member(request: MemberRequest, donor_id: int) -> HttpResponse:
    """A member with everything that belongs to him; personal data only with the permission."""
    return _member_page(request, donor_id)


def _member_page(
    request: MemberRequest, donor_id: int, *, error: str = "", typed: str = "", about: str = ""
) -> HttpResponse:
    people = request.principal.may_see_people
    page = queries.member_page(donor_id=donor_id, today=clock.today(), are_people_shown=people)
    if people:
        access_log.look_note(principal=request.principal, what="member", object_ids=[donor_id])
    context = {
        "page": page,
        "section": "members",
        "may_park": request.principal.may(Act.MEMBERSHIP_PARK),
        "error": error,
        "typed": typed,
        "about": about,
    }
    status = 422 if error else 200
    return render(request, "dashboard/staff/member.html", context, status=status)


@staff_may(Act.MEMBERSHIP_PARK)
@require_POST
@others_are_not_found
def park(request: MemberRequest, public_id: str) -> HttpResponse:
    """Nothing automatic happens to this membership until staff let it go on."""
    return _move(
        request,
        public_id,
        write=services.membership_park,
        done="止めました。職員が再開するまで、寄附も発送も動きません。",
    )


@staff_may(Act.MEMBERSHIP_PARK)
@require_POST
@others_are_not_found
def unpark(request: MemberRequest, public_id: str) -> HttpResponse:
    """The membership goes on from where it was."""
    fixed_month = request.POST.get("fixed_month", holding.FixedMonth.AS_IS)
    return _move(
        request,
        public_id,
        write=partial(holding.membership_resume, fixed_month=fixed_month),
        done="再開しました。もとの状態に戻っています。",
    )


@staff_may(Act.MEMBERSHIP_PARK)
@require_POST
@others_are_not_found
def term_part(request: MemberRequest, public_id: str) -> HttpResponse:
    """Part of a term's donation was given back: so many of its last boxes fall away."""
    form = TermPartForm(request.POST)
    fixed_month = request.POST.get("fixed_month", holding.FixedMonth.AS_IS)
    said = form.cleaned_data if form.is_valid() else {}
    write = partial(
        term_part_flow.part_decide,
        boxes=said.get("boxes", 0),
        paying_n=said.get("n"),
        fixed_month=fixed_month,
    )
    return _move(
        request,
        public_id,
        write=write,
        done="終える箱の数を決め、会員を再開しました。",
        done_so_far="終える箱の数を決めました。返金された別のまとめて寄附についても決めると、再開します。",
        form=form,
    )


def _move(
    request: MemberRequest,
    public_id: str,
    *,
    write: MembershipWrite,
    done: str,
    done_so_far: str = "",
    form: ReasonForm | None = None,
) -> HttpResponse:
    """`done_so_far` is said where the membership is still parked."""
    membership = queries.membership_by_public_id(public_id=public_id)
    form = form or ReasonForm(request.POST)
    is_valid = form.is_valid()
    typed = form.data.get("reason", "")
    if not is_valid:
        words = str(next(iter(form.errors.values()))[0])
        return _member_page(request, membership.donor_id, error=words, typed=typed, about=public_id)
    try:
        moved = write(
            membership_id=membership.pk,
            now=clock.now(),
            actor=request.principal.actor,
            reason=form.cleaned_data["reason"],
        )
    except RuleBroken as refusal:
        words = messages.broken_words(refusal.codes)
        return _member_page(request, membership.donor_id, error=words, typed=typed, about=public_id)
    except Refusal as refusal:
        words = messages.refusal_words(code=refusal.code)
        return _member_page(request, membership.donor_id, error=words, typed=typed, about=public_id)
    is_so_far = bool(done_so_far) and moved.state == states.MembershipState.PARKED
    notices.success(request, done_so_far if is_so_far else done)
    address = reverse("staff:member", args=[membership.donor_id])
    return HttpResponseRedirect(address, status=303)

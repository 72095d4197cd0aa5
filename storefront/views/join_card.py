"""Joining: the card, the way back from the card company, and the welcome."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from saleor_ext.access import decorators, sessions
from saleor_ext.common import clock
from saleor_ext.common.errors import NotFound, Refusal
from saleor_ext.flows.joining import join as join_flow
from saleor_ext.membership import models, selectors, states
from storefront import visitor
from storefront.pages import join as pages
from storefront.views import answers
from storefront.views import join as join_views

RETURNED = "back"


def _own(request: HttpRequest, public_id: str) -> models.Membership:
    """Somebody else's membership does not exist for this reader."""
    membership = selectors.membership_by_public_id(public_id=public_id)
    if membership.donor_id != visitor.principal_of(request).donor_id:
        raise NotFound(what="membership")
    return membership


@require_safe
@decorators.signed_in
@answers.missing_is_404
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    """This will show the card field. Reload, double click and back button find the same attempt."""
    membership = _own(request, public_id)
    if membership.state != states.MembershipState.DRAFT:
        return _not_draft(membership)
    try:
        step = join_flow.join_pay(
            membership_id=membership.pk,
            access_token=sessions.token_renew(request),
            now=clock.now(),
            actor=f"donor:{membership.donor_id}",
        )
    except NotFound:
        raise
    except Refusal as error:
        return _refused(request, membership, error.code)
    if step.state == "done":
        return answers.see_other("join_done", public_id)
    if step.state == "waiting":
        return answers.see_other("join_return", public_id)
    page = pages.card_page(
        membership=membership,
        step=step,
        return_url=request.build_absolute_uri(reverse("storefront:join_return", args=[public_id])),
        has_returned=RETURNED in request.GET,
    )
    return answers.show(request, "join/card", page)


def _not_draft(membership: models.Membership) -> HttpResponse:
    """A membership given up for another tier leads to its tier, a begun one to the welcome."""
    if membership.started_at is None:
        return answers.see_other("tier", membership.tier.slug)
    return answers.see_other("join_done", membership.public_id)


def _refused(request: HttpRequest, membership: models.Membership, code: str) -> HttpResponse:
    if code == "sign_in_failed":
        sessions.session_end(request)
        return answers.go_to(f"{reverse('storefront:signin')}?next={request.path}")
    if code in answers.AWAY_CODES:
        return join_views.barred(request, code, retry_url=request.path)
    if code == "attempt_open":
        return answers.see_other("join_return", membership.public_id)
    return join_views.barred(
        request, code, retry_url=reverse("storefront:join_confirm", args=[membership.tier.slug])
    )


@require_safe
@decorators.signed_in
@answers.missing_is_404
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """This will find out what became of the card, after the browser is back."""
    membership = _own(request, public_id)
    try:
        step = join_flow.join_finish(
            membership_id=membership.pk,
            now=clock.now(),
            actor=f"donor:{membership.donor_id}",
        )
    except NotFound:
        raise
    except Refusal as error:
        return join_views.barred(
            request, error.code, retry_url=reverse("storefront:join_card", args=[public_id])
        )
    if step.state == "done":
        return answers.see_other("join_done", public_id)
    if step.state == "waiting":
        return answers.show(request, "join/waiting", pages.waiting_page(check_url=request.path))
    return answers.go_to(f"{reverse('storefront:join_card', args=[public_id])}?{RETURNED}=1")


@require_safe
@decorators.signed_in
@answers.missing_is_404
def done(request: HttpRequest, public_id: str) -> HttpResponse:
    """This will welcome a new member."""
    membership = _own(request, public_id)
    if membership.state == states.MembershipState.DRAFT:
        return answers.see_other("join_card", public_id)
    first = selectors.cycles_of(membership_id=membership.pk).last()
    return answers.show(request, "join/done", pages.done_page(membership=membership, first=first))

"""Making up for a month whose donation did not go through."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.limits import year_gate
from saleor_ext.flows.month import recover as recover_flow
from saleor_ext.membership import models, selectors
from storefront import visitor
from storefront.pages import join as join_pages
from storefront.pages import recover as pages
from storefront.views import answers
from storefront.views import join as join_views
from storefront.views.join_card import RETURNED


def _current(request: HttpRequest) -> models.Membership | None:
    donor_id = visitor.principal_of(request).donor_id
    return selectors.membership_current(donor_id=donor_id) if donor_id else None


@require_safe
@decorators.signed_in
def recover(request: HttpRequest) -> HttpResponse:
    """This will explain what happened. Nothing is begun before the donor asks for the card page."""
    donor = visitor.donor_ensure(request, now=clock.now())
    membership = _current(request)
    if membership is not None and _is_year_over(membership):
        return answers.see_other("my_year_turn")
    page = pages.recover_page(donor=donor, membership=membership, today=clock.today())
    return answers.show(request, "my/recover", page)


def _is_year_over(membership: models.Membership) -> bool:
    cycle = recover_flow.owed_cycle(membership_id=membership.pk)
    return cycle is not None and year_gate.is_held_back(cycle, today=clock.today())


@require_safe
@decorators.signed_in
def card(request: HttpRequest) -> HttpResponse:
    """This will show the card field for the owed month."""
    membership = _current(request)
    if membership is None:
        return answers.see_other("recover")
    try:
        step = recover_flow.recover_pay(
            membership_id=membership.pk, now=clock.now(), actor=f"donor:{membership.donor_id}"
        )
    except Refusal as error:
        return _refused(request, error.code)
    if step.state in {"done", "waiting"}:
        return answers.see_other("recover_return")
    page = pages.recover_card_page(
        step=step,
        return_url=request.build_absolute_uri(reverse("storefront:recover_return")),
        has_returned=RETURNED in request.GET,
    )
    return answers.show(request, "my/recover_card", page)


def _refused(request: HttpRequest, code: str) -> HttpResponse:
    if code == "year_is_over":
        return answers.see_other("my_year_turn")
    if code in {"nothing_owed", "pay_day_over", "box_asked"}:
        return answers.see_other("recover")
    if code == "attempt_open":
        return _waiting(request)
    return join_views.barred(request, code, retry_url=reverse("storefront:recover_card"))


def _waiting(request: HttpRequest) -> HttpResponse:
    page = join_pages.waiting_page(check_url=reverse("storefront:recover_return"))
    return answers.show(request, "join/waiting", page)


@require_safe
@decorators.signed_in
def back(request: HttpRequest) -> HttpResponse:
    """This will find out what became of the card, after the browser is back."""
    membership = _current(request)
    if membership is None:
        return answers.see_other("recover")
    try:
        step = recover_flow.recover_finish(
            membership_id=membership.pk, now=clock.now(), actor=f"donor:{membership.donor_id}"
        )
    except Refusal as error:
        return _refused(request, error.code)
    if step.state == "done":
        flash.success(
            request, "ご寄附をお受けしました。ありがとうございます。お届けの支度を始めます。"
        )
        return answers.see_other("my")
    if step.state == "waiting":
        return _waiting(request)
    return answers.go_to(f"{reverse('storefront:recover_card')}?{RETURNED}=1")

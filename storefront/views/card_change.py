"""Another card for the donations that come."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from saleor_ext.access import decorators
from saleor_ext.common import clock
from saleor_ext.common.errors import InvalidTransition, NotFound, Refusal
from saleor_ext.donations import card_changes, states
from saleor_ext.flows.choices import card_change as flow
from storefront import visitor
from storefront.pages import card_change as pages
from storefront.pages import join as join_pages
from storefront.views import answers
from storefront.views import join as join_views
from storefront.views.join_card import RETURNED


@require_safe
@decorators.signed_in
@answers.missing_is_404
def card(request: HttpRequest) -> HttpResponse:
    """This will say what a new card would be charged for. Nothing is begun yet."""
    preview = flow.card_change_preview(donor_id=_donor_id(request), today=clock.today())
    return answers.show(request, "my/card", pages.card_page(preview))


@require_safe
@decorators.signed_in
@answers.missing_is_404
def enter(request: HttpRequest) -> HttpResponse:
    """This will show the card field. Reload and back button find the same entering."""
    donor_id = _donor_id(request)
    try:
        step = flow.card_change_choose(
            donor_id=donor_id, now=clock.now(), actor=f"donor:{donor_id}"
        )
    except NotFound:
        raise
    except Refusal as error:
        return join_views.barred(request, error.code, retry_url=request.path)
    if step.state in {"done", "waiting"}:
        return answers.see_other("my_card_return")
    page = pages.enter_page(
        step=step,
        return_url=request.build_absolute_uri(reverse("storefront:my_card_return")),
        has_returned=RETURNED in request.GET,
    )
    return answers.show(request, "my/card_enter", page)


@require_safe
@decorators.signed_in
@answers.missing_is_404
def back(request: HttpRequest) -> HttpResponse:
    """This will find out what became of the card, after the browser is back."""
    donor_id = _donor_id(request)
    owed = flow.owed_cycles(donor_id=donor_id, today=clock.today()).exists()
    step = flow.card_change_finish(donor_id=donor_id, now=clock.now(), actor=f"donor:{donor_id}")
    if step.state == "waiting":
        page = join_pages.waiting_page(check_url=request.path)
        return answers.show(request, "join/waiting", page)
    if step.state != "done":
        return answers.go_to(f"{reverse('storefront:my_card_enter')}?{RETURNED}=1")
    flash.success(request, pages.done_words(was_owing=owed))
    return answers.see_other("my")


@require_POST
@decorators.signed_in
@answers.missing_is_404
def holder(request: HttpRequest) -> HttpResponse:
    """The donor says that a card whose name could not be compared is his own."""
    donor_id = _donor_id(request)
    try:
        card_changes.holder_settle(
            donor_id=donor_id,
            to=states.HolderState.CONFIRMED,
            reason="",
            now=clock.now(),
            actor=f"donor:{donor_id}",
        )
    except InvalidTransition:
        return answers.see_other("my")  # asked again, or staff are looking into it
    flash.success(request, "ご本人の名義であることを確かめました。ありがとうございます。")
    return answers.see_other("my")


def _donor_id(request: HttpRequest) -> int:
    donor_id = visitor.principal_of(request).donor_id
    if donor_id is None:
        raise NotFound(what="donor")
    return donor_id

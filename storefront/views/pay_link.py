"""Making up for one month by the link in a mail, without signing in."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from saleor_ext.common import clock
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.dunning import pay_link
from saleor_ext.flows.errors import PayLinkBroken
from saleor_ext.membership import models
from storefront.pages import join as join_pages
from storefront.pages import pay_link as pages
from storefront.views import answers
from storefront.views import join as join_views
from storefront.views.join_card import RETURNED

GONE = 410
SETTLED = frozenset({"nothing_owed", "pay_day_over", "year_is_over", "box_asked"})
LinkView = Callable[[HttpRequest, models.Cycle, str], HttpResponse]


def _by_link(view: LinkView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Whoever has the link may open it; a token that is none of ours opens nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            cycle = pay_link.link_cycle(token=token)
        except PayLinkBroken:
            return answers.show(request, "pay/broken", pages.broken_page(), status=GONE)
        return view(request, cycle, token)

    return guarded


@require_safe
@_by_link
def pay(request: HttpRequest, cycle: models.Cycle, token: str) -> HttpResponse:
    """This will explain the month. Nothing is begun before the donor asks for the card page."""
    state = pay_link.link_state(cycle=cycle, today=clock.today())
    page = pages.pay_page(cycle=cycle, state=state, token=token)
    return answers.show(request, "pay/pay", page)


@require_safe
@_by_link
def card(request: HttpRequest, cycle: models.Cycle, token: str) -> HttpResponse:
    """This will show the card field."""
    try:
        step = pay_link.link_pay(cycle=cycle, now=clock.now())
    except Refusal as error:
        return _refused(request, error.code, token)
    back = reverse("storefront:pay_return", args=[token])
    if step.state in {"done", "waiting"}:
        return answers.go_to(back)
    page = pages.card_page(
        step=step,
        token=token,
        return_url=request.build_absolute_uri(back),
        has_returned=RETURNED in request.GET,
    )
    return answers.show(request, "pay/card", page)


@require_safe
@_by_link
def back(request: HttpRequest, cycle: models.Cycle, token: str) -> HttpResponse:
    """This will find out what became of the card, after the browser is back."""
    try:
        step = pay_link.link_finish(cycle=cycle, now=clock.now())
    except Refusal as error:
        return _refused(request, error.code, token)
    if step.state == "done":
        return answers.go_to(reverse("storefront:pay", args=[token]))
    if step.state == "waiting":
        return _waiting(request, token)
    return answers.go_to(f"{reverse('storefront:pay_card', args=[token])}?{RETURNED}=1")


def _refused(request: HttpRequest, code: str, token: str) -> HttpResponse:
    if code in SETTLED:
        return answers.go_to(reverse("storefront:pay", args=[token]))
    if code == "attempt_open":
        return _waiting(request, token)
    retry_url = reverse("storefront:pay_card", args=[token])
    return join_views.barred(request, code, retry_url=retry_url)


def _waiting(request: HttpRequest, token: str) -> HttpResponse:
    page = join_pages.waiting_page(check_url=reverse("storefront:pay_return", args=[token]))
    return answers.show(request, "join/waiting", page)

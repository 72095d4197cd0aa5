"""A donor's answer about a missed donation, by the link in his mail; no signing in is needed.

Opening the link changes nothing: mail programs open links, too.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from saleor_ext.common import clock
from saleor_ext.flows.errors import LimitReached, YearIsOver
from saleor_ext.flows.month import catch_up
from saleor_ext.operation.errors import CatchUpOver
from storefront.pages import missed as pages
from storefront.views import answers
from storefront.views import join as join_views

OVER = 410


@require_http_methods(["GET", "HEAD", "POST"])
def missed(request: HttpRequest, token: str) -> HttpResponse:
    """The question, and the answer to it."""
    try:
        if request.method == "POST":
            return _answer(request, token)
        month = catch_up.asked_month(token=token, today=clock.today())
    except (LimitReached, YearIsOver) as error:
        return join_views.barred(request, error.code)
    except CatchUpOver:
        return answers.show(request, "missed/answered", pages.over_page(), status=OVER)
    return answers.show(request, "missed/question", pages.missed_page(month=month, token=token))


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    wish = request.POST.get("wish")
    if wish not in {"give", "skip"}:
        month = catch_up.asked_month(token=token, today=clock.today())
        page = pages.missed_page(month=month, token=token)
        return answers.show(request, "missed/question", page, status=answers.INVALID)
    month = catch_up.answer(token=token, is_wanted=wish == "give", now=clock.now())
    return answers.show(request, "missed/answered", pages.answered_page(month=month))

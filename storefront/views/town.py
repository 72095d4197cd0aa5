"""Open pages: the first page, tiers, the town, producers and gifts."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from saleor_ext.common import clock
from storefront import visitor
from storefront.pages import home as home_pages
from storefront.pages import tiers as tier_pages
from storefront.pages import town as town_pages
from storefront.views import answers


@require_safe
@answers.missing_is_404
def home(request: HttpRequest) -> HttpResponse:
    """This will show the first page."""
    page = home_pages.home_page(
        now=clock.now(), today=clock.today(), reader=visitor.reader_of(request)
    )
    return answers.show(request, "home/home", page)


@require_safe
def tiers(request: HttpRequest) -> HttpResponse:
    """This will show all tiers."""
    return answers.show(request, "tiers/list", tier_pages.tiers_page())


@require_safe
@answers.missing_is_404
def tier(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show one tier with its coming boxes and dates."""
    page = tier_pages.tier_page(slug=slug, today=clock.today())
    return answers.show(request, "tiers/tier", page)


@require_safe
@answers.missing_is_404
def town(request: HttpRequest) -> HttpResponse:
    """This will show the town."""
    return answers.show(request, "town/town", town_pages.town_page())


@require_safe
def producers(request: HttpRequest) -> HttpResponse:
    """This will show all producers."""
    return answers.show(request, "town/producers", town_pages.producers_page())


@require_safe
@answers.missing_is_404
def producer(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show one producer."""
    page = town_pages.producer_page(slug=slug, now=clock.now(), reader=visitor.reader_of(request))
    return answers.show(request, "town/producer", page)


@require_safe
@answers.missing_is_404
def gift(request: HttpRequest, slug: str) -> HttpResponse:
    """This will show one gift."""
    return answers.show(request, "town/gift", town_pages.gift_page(slug=slug, today=clock.today()))

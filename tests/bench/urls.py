"""The product's addresses, and one that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from saleor_ext.config import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def empty(request: HttpRequest) -> HttpResponse:
    """This will answer with nothing."""
    return HttpResponse()


urlpatterns = [path("bench/empty/", empty), *urls.urlpatterns]

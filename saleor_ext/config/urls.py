"""All addresses of the product."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("saleor_ext.api.urls")),
    path("staff/", include("saleor_ext.dashboard.urls_staff")),
    path("", include("saleor_ext.dashboard.urls_frame")),
    path("producer/", include("saleor_ext.dashboard.urls_producer")),
    path("", include("storefront.urls")),
]
if settings.IS_TRIAL:
    urlpatterns.insert(0, path("", include("fixtures.trial.urls")))

handler400 = "storefront.views.errors.bad_request"
handler403 = "storefront.views.errors.forbidden"
handler404 = "storefront.views.errors.not_found"
handler500 = "storefront.views.errors.server_error"

"""What the shop's Dashboard opens in a frame, under /frame."""

from django.urls import path

from saleor_ext.dashboard.views import frame

app_name = "frame"

urlpatterns = [
    path("", frame.frame, {"rest": ""}, name="first"),
    path("/<path:rest>", frame.frame, name="page"),
    path("/", frame.frame, {"rest": ""}),
]

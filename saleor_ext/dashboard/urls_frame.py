"""What the shop's Dashboard opens in a frame, under /frame."""

from django.urls import path

from saleor_ext.dashboard.views import frame

app_name = "frame"

urlpatterns = [
    path("frame", frame.frame, {"rest": ""}, name="first"),
    path("frame/", frame.frame, {"rest": ""}),
    path("frame/<path:rest>", frame.frame, name="page"),
]

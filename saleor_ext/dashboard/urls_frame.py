"""What the shop's Dashboard opens in a frame, under /frame."""

from django.urls import re_path

from saleor_ext.dashboard.views import frame

app_name = "frame"

urlpatterns = [
    # With or without a slash: the Dashboard takes it away.
    re_path(r"^frame(?:/(?P<rest>.*))?$", frame.frame, name="page"),
]

"""Django's view of this app."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """職員と生産者のページ"""

    name = "saleor_ext.dashboard"
    label = "dashboard"

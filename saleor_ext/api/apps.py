"""Django's view of this app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """API"""

    name = "saleor_ext.api"
    label = "api"

"""Django's view of this app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """サインイン"""

    name = "saleor_ext.access"
    label = "access"

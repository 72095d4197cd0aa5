"""Django's view of this app."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """会員のための窓口"""

    name = "storefront"

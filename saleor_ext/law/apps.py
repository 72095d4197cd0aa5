"""Django's view of this app."""

from django.apps import AppConfig


class LawConfig(AppConfig):
    """法令"""

    name = "saleor_ext.law"
    label = "law"
    default_auto_field = "django.db.models.BigAutoField"

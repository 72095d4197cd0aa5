"""Django's view of this app."""

from django.apps import AppConfig


class CostsConfig(AppConfig):
    """募集に要する費用"""

    name = "saleor_ext.costs"
    label = "costs"
    default_auto_field = "django.db.models.BigAutoField"

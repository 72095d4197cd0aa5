"""Django's view of this app."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """お届け"""

    name = "saleor_ext.fulfilment"
    label = "fulfilment"
    default_auto_field = "django.db.models.BigAutoField"

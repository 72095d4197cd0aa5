"""Django's view of this app."""

from django.apps import AppConfig


class OnestopConfig(AppConfig):
    """ワンストップ特例"""

    name = "saleor_ext.onestop"
    label = "onestop"
    default_auto_field = "django.db.models.BigAutoField"

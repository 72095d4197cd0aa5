"""Django's view of this app."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """読みもの"""

    name = "saleor_ext.content"
    label = "content"
    default_auto_field = "django.db.models.BigAutoField"

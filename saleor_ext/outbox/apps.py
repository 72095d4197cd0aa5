"""Django's view of this app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """送り出し"""

    name = "saleor_ext.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

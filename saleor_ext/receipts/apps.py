"""Django's view of this app."""

from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    """寄附金受領証明書"""

    name = "saleor_ext.receipts"
    label = "receipts"
    default_auto_field = "django.db.models.BigAutoField"

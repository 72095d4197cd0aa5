"""Django's view of this app."""

from django.apps import AppConfig


class BalanceConfig(AppConfig):
    """決済会社の残高"""

    name = "saleor_ext.balance"
    label = "balance"
    default_auto_field = "django.db.models.BigAutoField"

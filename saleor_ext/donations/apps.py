"""Django's view of this app."""

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """寄附"""

    name = "saleor_ext.donations"
    label = "donations"
    default_auto_field = "django.db.models.BigAutoField"

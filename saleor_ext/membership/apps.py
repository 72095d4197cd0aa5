"""Django's view of this app."""

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    """会員契約"""

    name = "saleor_ext.membership"
    label = "membership"
    default_auto_field = "django.db.models.BigAutoField"

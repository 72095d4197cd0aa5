"""Django's view of this app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """サインイン"""

    name = "saleor_ext.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """This will have sessions end with the accounts they belong to."""
        from saleor_ext.access import account_events

        account_events.register()

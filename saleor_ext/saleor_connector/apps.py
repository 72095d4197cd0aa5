"""Django's view of this app."""

from django.apps import AppConfig

MIRRORED_EVENTS = (
    "order_created",
    "order_updated",
    "order_paid",
    "order_fully_paid",
    "order_cancelled",
    "order_refunded",
    "order_fulfilled",
)


class SaleorConnectorConfig(AppConfig):
    """ショップとの接続"""

    name = "saleor_ext.saleor_connector"
    label = "saleor_connector"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """This will have the mirror of our orders hear of every change."""
        from saleor_ext.saleor_connector import inbox, services

        for event in MIRRORED_EVENTS:
            inbox.handler_register(event, services.order_message_handle)

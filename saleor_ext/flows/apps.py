"""Django's view of this app."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """業務の流れ"""

    name = "saleor_ext.flows"
    label = "flows"

    def ready(self) -> None:
        """This will have the flows hear of the shop's messages."""
        from saleor_ext.flows.accounts import account_events
        from saleor_ext.flows.orders import shop_events, stray_orders

        account_events.register()
        shop_events.register()
        stray_orders.register()

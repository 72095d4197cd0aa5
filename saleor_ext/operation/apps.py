"""Django's view of this app."""

from django.apps import AppConfig


class OperationConfig(AppConfig):
    """運用"""

    name = "saleor_ext.operation"
    label = "operation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """This will keep a copied database from speaking with the payment provider."""
        from saleor_ext.common import registry
        from saleor_ext.operation import gate

        registry.provider_guard_set(gate.provider_guard)

"""Reading the connector's own rows."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from saleor_ext.saleor_connector import models, states


def installation_current() -> models.Installation | None:
    """This will return the installation of the shop named in SALEOR_API_URL, if it is active."""
    return installation_find(saleor_api_url=settings.SALEOR_API_URL)


def installation_find(*, saleor_api_url: str) -> models.Installation | None:
    """This will return a shop's active installation by its public address, or None."""
    rows = models.Installation.objects.filter(saleor_api_url=saleor_api_url, is_active=True)
    return rows.first()


def shop_order_find(*, external_reference: str) -> models.ShopOrder | None:
    """This will return the mirror of the order made for one of our cycles, or None."""
    return models.ShopOrder.objects.filter(external_reference=external_reference).first()


def deliveries_due(*, received_before: datetime, limit: int = 100) -> list[int]:
    """This will list messages that arrived before a moment and are still to be handled."""
    due = models.WebhookDelivery.objects.filter(
        state=states.DeliveryState.RECEIVED, received_at__lt=received_before
    )
    return list(due.order_by("received_at", "id").values_list("id", flat=True)[:limit])


def deliveries_failed() -> QuerySet[models.WebhookDelivery]:
    """This will return the messages that were given up, newest first, for staff."""
    failed = models.WebhookDelivery.objects.filter(state=states.DeliveryState.FAILED)
    return failed.order_by("-received_at")

"""Reading the connector's own rows."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from saleor_ext.saleor_connector import models, states


def installation_current() -> models.Installation | None:
    """This will return the installation of the shop named in SALEOR_API_URL, if we may speak."""
    installation = installation_known()
    if installation is None or installation.state != states.InstallationState.ACTIVE:
        return None
    return installation


def installation_known() -> models.Installation | None:
    """This will return the installation of the shop named in SALEOR_API_URL, lost or not.

    What a shop signs can be proven without a token, so messages of a lost one are still good.
    """
    return models.Installation.objects.filter(saleor_api_url=settings.SALEOR_API_URL).first()


def installation_is_lost() -> bool:
    """This will say whether the shop we sell through no longer knows us."""
    lost = states.InstallationState.LOST
    rows = models.Installation.objects.filter(saleor_api_url=settings.SALEOR_API_URL, state=lost)
    return rows.exists()


def installations_other() -> QuerySet[models.Installation]:
    """This will return the shops that installed us and that we do not sell through."""
    others = models.Installation.objects.exclude(saleor_api_url=settings.SALEOR_API_URL)
    return others.order_by("saleor_api_url")


def shop_order_find(*, external_reference: str) -> models.ShopOrder | None:
    """This will return the mirror of the order made for one of our cycles, or None."""
    return models.ShopOrder.objects.filter(external_reference=external_reference).first()


def shop_order_of_id(*, order_id: str) -> models.ShopOrder | None:
    """This will return the mirror of an order by the shop's own id, or None."""
    return models.ShopOrder.objects.filter(order_id=order_id).first()


def shop_orders_of(*, external_references: Collection[str]) -> Mapping[str, models.ShopOrder]:
    """This will find the mirrors of several cycles' orders, by our reference; some have none."""
    rows = models.ShopOrder.objects.filter(external_reference__in=external_references)
    return {row.external_reference: row for row in rows}


def mark_get(*, name: str) -> datetime | None:
    """This will return up to which of the shop's moments something was looked through."""
    return models.ShopMark.objects.filter(name=name).values_list("moment", flat=True).first()


FIRST_SWEEP = timedelta(minutes=2)


def deliveries_due(*, now: datetime, attempts_limit: int, limit: int = 100) -> list[int]:
    """This will list messages that were not handled when they came and whose time has come again.

    Two minutes after a message came it is looked at again, then after 4, 8, 16 and so on: what
    fails for an hour, such as a mail server, must not use up its attempts in a few minutes.
    """
    is_time = Q(pk__in=[])
    for attempts in range(attempts_limit):
        is_time |= Q(attempts=attempts, received_at__lt=now - FIRST_SWEEP * 2**attempts)
    due = models.WebhookDelivery.objects.filter(is_time, state=states.DeliveryState.RECEIVED)
    return list(due.order_by("received_at", "id").values_list("id", flat=True)[:limit])


def delivery_is_known(*, digest: str) -> bool:
    """This will say whether a message has been taken in, whatever became of it."""
    return models.WebhookDelivery.objects.filter(digest=digest).exists()


def deliveries_failed() -> QuerySet[models.WebhookDelivery]:
    """This will return the messages that were given up, newest first, for staff."""
    failed = models.WebhookDelivery.objects.filter(state=states.DeliveryState.FAILED)
    return failed.order_by("-received_at")

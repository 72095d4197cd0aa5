"""Changing the connector's own rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from saleor_ext.common import sealing
from saleor_ext.common.states import state_claim
from saleor_ext.saleor_connector import client, errors, manifest, models, orders, states


def installation_register(
    *,
    domain: str,
    saleor_api_url: str,
    auth_token: str,
    now: datetime,
    shop: client.ShopClient | None = None,
) -> models.Installation:
    """This will accept the token that a shop offers when it installs our app.

    The offer is not signed, so the shop's address must be on our list and the token must work
    when we call that address ourselves. Installing again replaces the token and keeps the row.

    Raises:
        InstallationRefused: not our shop, or the token does not work there as our app.
        ShopUnavailable: the shop cannot be asked just now.
    """
    _address_check(saleor_api_url)
    speaker = shop or client.ShopClient(saleor_api_url=saleor_api_url, app_token=auth_token)
    app_id = _app_id_prove(speaker, auth_token)
    with transaction.atomic():
        installation, _ = models.Installation.objects.update_or_create(
            saleor_api_url=saleor_api_url,
            defaults={
                "domain": domain,
                "app_id": app_id,
                "identifier": manifest.APP_IDENTIFIER,
                "sealed_token": sealing.seal(auth_token, purpose=models.SEAL_PURPOSE),
                "installed_at": now,
                "state": states.InstallationState.ACTIVE,
                "lost_at": None,
            },
        )
    return installation


def installation_lost(*, installation_id: int, now: datetime) -> None:
    """This will note that the shop no longer knows our token.

    Raises:
        InvalidTransition: it was noted before.
    """
    state_claim(
        models.Installation.objects.filter(pk=installation_id),
        to=states.InstallationState.LOST,
        transitions=states.INSTALLATION_TRANSITIONS,
        lost_at=now,
    )


def installation_back(*, installation_id: int) -> None:
    """This will note that the shop knows our token again, as after the app was switched on.

    Raises:
        InvalidTransition: it was not lost.
    """
    state_claim(
        models.Installation.objects.filter(pk=installation_id),
        to=states.InstallationState.ACTIVE,
        transitions=states.INSTALLATION_TRANSITIONS,
        lost_at=None,
    )


def seals_renew() -> int:
    """This will seal every shop's token with the first of SEALING_KEYS, and count them.

    Raises:
        SealBroken: none of the keys opens one; nothing is changed then.
    """
    with transaction.atomic():
        rows = list(models.Installation.objects.select_for_update().order_by("pk"))
        for row in rows:
            row.sealed_token = sealing.renew(row.sealed_token, purpose=models.SEAL_PURPOSE)
            row.save(update_fields=["sealed_token"])
    return len(rows)


def shop_order_record(*, order: orders.Order | orders.OrderSeen) -> models.ShopOrder | None:
    """This will mirror an order of ours unless a newer view of it is here already.

    Orders without our cycle key are none of ours; None then.
    """
    if not order.external_reference:
        return None
    seen = {
        "order_id": order.id,
        "number": order.number,
        "status": order.status,
        "transaction_id": order.transaction_id,
        "is_paid": order.is_paid,
        "charged_yen": order.charged_yen,
        "updated_at": order.updated_at,
    }
    with transaction.atomic():
        row, is_new = models.ShopOrder.objects.get_or_create(
            external_reference=order.external_reference, defaults=seen
        )
        if is_new:
            return row
        older = models.ShopOrder.objects.filter(pk=row.pk, updated_at__lte=order.updated_at)
        older.update(**seen)
    row.refresh_from_db()
    return row


def mark_set(*, name: str, moment: datetime) -> None:
    """This will note up to which of the shop's moments something was looked through."""
    models.ShopMark.objects.update_or_create(name=name, defaults={"moment": moment})


def order_message_handle(payload: Mapping[str, Any]) -> None:
    """This will mirror the order of a webhook about one of our orders."""
    if payload.get("order"):
        shop_order_record(order=orders.order_seen_from_shop(payload["order"]))


def _address_check(saleor_api_url: str) -> None:
    parts = urlsplit(saleor_api_url)
    if parts.netloc not in settings.ALLOWED_SALEOR_DOMAINS:
        raise errors.InstallationRefused(reason="domain")
    if parts.scheme not in {"http", "https"} or not parts.path.endswith("/graphql/"):
        raise errors.InstallationRefused(reason="address")


def _app_id_prove(shop: client.ShopClient, auth_token: str) -> str:
    try:
        app = shop.execute("app_identity", {}, token=auth_token).get("app")
    except errors.ShopRefused:
        raise errors.InstallationRefused(reason="token") from None
    if not app:
        raise errors.InstallationRefused(reason="token")
    if app["identifier"] != manifest.APP_IDENTIFIER:
        raise errors.InstallationRefused(reason="identifier")
    return str(app["id"])

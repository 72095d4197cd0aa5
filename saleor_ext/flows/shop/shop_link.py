"""The link to the shop: made when the app is installed, watched, lost and found again."""

from datetime import datetime

from django.db import transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import client, errors, models, selectors, services, states

CHECK_JOB = "shop.link_check"
# What outbox messages say that wait for the app to be installed, switched on or permitted.
WAITING = (
    "ShopNotInstalled",
    "ShopTokenLost",
    "ShopTokenSealed",
    "PermissionDenied",
    "InvalidTokenError",
)


def shop_installed(
    *, domain: str, saleor_api_url: str, auth_token: str, now: datetime
) -> models.Installation:
    """This will take a shop's token, and let the work that waited for it go on.

    Raises:
        InstallationRefused: not our shop, or the token does not work there as our app.
        ShopUnavailable: the shop cannot be asked just now.
    """
    installation = services.installation_register(
        domain=domain, saleor_api_url=saleor_api_url, auth_token=auth_token, now=now
    )
    outbox.messages_hurry(because_of=WAITING, now=now)
    return installation


def link_check(*, now: datetime) -> str:
    """This will ask the shop whether it still knows us, and return the link's state.

    "" when no shop installed us. A shop that cannot be asked leaves the state as it was.
    """
    installation = selectors.installation_known()
    if installation is None:
        return ""
    try:
        client.ShopClient.of_installation(installation).app_identity()
    except errors.ShopNotInstalled:
        _lost(installation, now=now)
    except errors.ShopUnavailable:
        return installation.state
    else:
        _back(installation, now=now)
    installation.refresh_from_db()
    return installation.state


def _lost(installation: models.Installation, *, now: datetime) -> None:
    if installation.state == states.InstallationState.LOST:
        return
    try:
        with transaction.atomic():
            services.installation_lost(installation_id=installation.pk, now=now)
            outbox.message_put(
                topic="mail.staff",
                key=f"mail:shop_lost:{installation.pk}:{now.isoformat()}",
                payload={"name": "shop_lost"},
                now=now,
            )
    except InvalidTransition:
        return  # another process noted it, and told


def _back(installation: models.Installation, *, now: datetime) -> None:
    if installation.state == states.InstallationState.ACTIVE:
        return
    try:
        services.installation_back(installation_id=installation.pk)
    except InvalidTransition:
        return
    outbox.messages_hurry(because_of=WAITING, now=now)

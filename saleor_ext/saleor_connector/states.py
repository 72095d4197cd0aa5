"""States of the link to a shop and of the webhook inbox."""

from django.db.models import TextChoices


class InstallationState(TextChoices):
    """active: we may speak with the shop. lost: it no longer knows our token, so work for it waits
    until the app is installed or activated again; staff are told.
    """

    ACTIVE = "active", "接続中"
    LOST = "lost", "接続切れ"


INSTALLATION_TRANSITIONS: dict[str, frozenset[str]] = {
    InstallationState.ACTIVE: frozenset({InstallationState.LOST}),
    InstallationState.LOST: frozenset({InstallationState.ACTIVE}),
}


class DeliveryState(TextChoices):
    """received: to be handled. handled: done. failed: given up; staff see it."""

    RECEIVED = "received", "受信"
    HANDLED = "handled", "処理済"
    FAILED = "failed", "要確認"

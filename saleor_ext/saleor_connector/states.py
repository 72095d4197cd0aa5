"""States of the webhook inbox."""

from django.db.models import TextChoices


class DeliveryState(TextChoices):
    """received: to be handled. handled: done. failed: given up; staff see it."""

    RECEIVED = "received", "受信"
    HANDLED = "handled", "処理済"
    FAILED = "failed", "要確認"

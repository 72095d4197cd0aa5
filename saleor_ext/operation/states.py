"""What can happen to a place."""

from django.db.models import TextChoices


class PlaceEventKind(TextChoices):
    """sealed: first used here. confirmed: a person said so. stopped, started: donations."""

    SEALED = "sealed", "使い始め"
    CONFIRMED = "confirmed", "移転を確認"
    STOPPED = "stopped", "寄附の停止"
    STARTED = "started", "寄附の再開"

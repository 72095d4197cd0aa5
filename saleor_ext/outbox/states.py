"""States of outbox messages."""

from django.db.models import TextChoices


class MessageState(TextChoices):
    """pending: to be done. done: done. failed: given up; staff see it."""

    PENDING = "pending", "未処理"
    DONE = "done", "完了"
    FAILED = "failed", "要確認"

"""Work that must follow a change, written in the same transaction as the change."""

from django.db import models
from django.db.models import Q

from saleor_ext.common.states import state_values
from saleor_ext.outbox import states


class OutboxMessage(models.Model):
    """One thing to do outside the database. Its key makes sure it is asked for once.

    Messages of one `lane` are done one at a time and in the order they were written; those
    without a lane wait for nobody.
    """

    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    lane = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=states.MessageState.choices, default="pending")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.MessageState)), name="outbox_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="outbox_done_at_chk",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at", "id"], name="outbox_due_idx"),
            models.Index(
                fields=["lane", "id"],
                condition=Q(state="pending") & ~Q(lane=""),
                name="outbox_lane_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"

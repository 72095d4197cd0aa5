"""Where this salon runs, who let it run there, and when its regular work was last done."""

from django.db import models
from django.db.models import Q

from saleor_ext.common.states import state_values
from saleor_ext.operation import states

ONLY = 1


class Place(models.Model):
    """The place this database is bound to, and whether donations may be taken. One row.

    `parts` is what the mark was made of, so that a person can see what has changed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.CharField(max_length=64)
    parts = models.JSONField(default=dict)
    bound_at = models.DateTimeField()
    is_confirmed = models.BooleanField(default=False)
    is_charging_stopped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=ONLY), name="place_only_chk"),
            models.CheckConstraint(condition=~Q(mark=""), name="place_mark_chk"),
        ]

    def __str__(self) -> str:
        return f"place {self.mark}"


class PlaceEvent(models.Model):
    """What was said about the place: when, by whom, why."""

    kind = models.CharField(max_length=10, choices=states.PlaceEventKind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)
    mark_before = models.CharField(max_length=64, blank=True)
    mark_after = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=state_values(states.PlaceEventKind)), name="place_event_chk"
            ),
            models.CheckConstraint(
                condition=Q(kind="sealed") | ~Q(reason=""), name="place_event_reason_chk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark_after}"


class JobRun(models.Model):
    """The last time a regular job ran. Real moments, also where the trial's clock was moved."""

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    is_good = models.BooleanField(null=True, blank=True)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name

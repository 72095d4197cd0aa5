"""Where this salon runs and who let it run there; its runs of the month and regular work, the pace
that they keep together, donations missed in a stop, and rehearsals.
"""

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


class MonthRun(models.Model):
    """One run of the month (毎月の処理の記録): what it set out to charge, and what came of it.

    Moments are the salon's, as everywhere; `seen_at` is when the run last gave a sign of life.
    `planned_yen` is the most the run may charge: what it found due when it began. `phase_at` is
    when it came to what it is at just now.
    """

    as_of = models.DateField()
    actor = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=states.RunState.choices, default="running")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=10, choices=states.RunPhase.choices, default="planning")
    phase_at = models.DateTimeField(null=True, blank=True)
    planned_count = models.PositiveIntegerField(default=0)
    planned_yen = models.BigIntegerField(default=0)
    stopped = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.RunState)), name="month_run_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(phase__in=state_values(states.RunPhase)), name="month_run_phase_chk"
            ),
            models.CheckConstraint(condition=Q(planned_yen__gte=0), name="month_run_planned_chk"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True)
                | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="month_run_ended_chk",
            ),
            models.CheckConstraint(
                condition=Q(state="stopped") | Q(stopped=""), name="month_run_stopped_chk"
            ),
        ]
        indexes = [models.Index(fields=["state", "as_of"], name="month_run_state_idx")]

    def __str__(self) -> str:
        return f"run {self.pk} for {self.as_of}"


class Pace(models.Model):
    """How fast something may be asked by all processes together (共通の速さ): the next free slot.

    By the database's own clock, also where the trial's clock was moved.
    """

    name = models.CharField(max_length=40, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CatchUp(models.Model):
    """Missed donations after a stop (受け取れなかった寄附), put before staff: charge, ask or skip.

    One waits at a time; it grows and shrinks with what is overdue until staff have decided, and
    each of its months is decided upon once.
    """

    state = models.CharField(max_length=8, choices=states.CatchUpState.choices, default="waiting")
    as_of = models.DateField()
    last_done_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.CatchUpState)), name="catch_up_state_chk"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by="")
                | (~Q(state="waiting") & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="catch_up_decided_chk",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="waiting"), name="catch_up_one_waiting_uniq"
            ),
        ]

    def __str__(self) -> str:
        return f"catch-up {self.pk}"


class CatchUpMonth(models.Model):
    """One month of a catch-up, with the amount that was shown to whoever decided."""

    catch_up = models.ForeignKey(CatchUp, models.PROTECT, related_name="months")
    cycle = models.ForeignKey("membership.Cycle", models.PROTECT, related_name="catch_ups")
    due_on = models.DateField()
    amount_yen = models.BigIntegerField()
    state = models.CharField(
        max_length=8, choices=states.CatchUpMonthState.choices, default="waiting"
    )
    answer_until = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.CatchUpMonthState)),
                name="catch_up_month_state_chk",
            ),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="catch_up_month_amount_chk"),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(answer_until__isnull=False),
                name="catch_up_month_asked_chk",
            ),
            models.UniqueConstraint(fields=["catch_up", "cycle"], name="catch_up_month_uniq"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(state__in=sorted(states.CATCH_UP_HELD)),
                name="catch_up_month_held_once_uniq",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="catch_up_month_state_idx")]

    def __str__(self) -> str:
        return f"cycle {self.cycle_id} of catch-up {self.catch_up_id}"


class Rehearsal(models.Model):
    """A rehearsal (予行) of the coming months for all members: asked for, at work, its report.

    The report holds sums and a few donors' numbers, nothing that names a person. `open_slot` is
    taken while it is not over, so that there is one at a time. `declined_percent` and
    `recovered_percent` are what it takes for granted: so many of a hundred donations are declined
    at first, and so many of those come later.
    """

    as_of = models.DateField()
    months = models.PositiveSmallIntegerField()
    declined_percent = models.PositiveSmallIntegerField(default=0)
    recovered_percent = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=states.RehearsalState.choices, default="wanted")
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    actor = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    open_slot = models.PositiveSmallIntegerField(null=True, blank=True, default=1, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.RehearsalState)),
                name="rehearsal_state_chk",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["wanted", "running"], ended_at__isnull=True, open_slot__isnull=False
                )
                | Q(state__in=["done", "failed"], ended_at__isnull=False, open_slot__isnull=True),
                name="rehearsal_ended_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"rehearsal {self.pk}"

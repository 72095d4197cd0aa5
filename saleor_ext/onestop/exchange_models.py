"""What goes out to other offices and comes in from online services, as far as it must be known.

Part of `models`.
"""

from django.db import models
from django.db.models import Q

from saleor_ext.common.states import state_values
from saleor_ext.onestop import states


class NoticeExport(models.Model):
    """Notices taken out as one file (通知の書き出し), so that what was sent can be noted."""

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    encoding = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        indexes = [models.Index(fields=["year", "id"], name="notice_export_idx")]

    def __str__(self) -> str:
        return f"notice export {self.pk}"


class NoticeExportItem(models.Model):
    """One notice of an exported file (書き出した通知). `left_out` names the column that could not
    be written; `sent_on` is the day on which the town says it sent it.
    """

    export = models.ForeignKey(NoticeExport, models.PROTECT, related_name="items")
    notice = models.ForeignKey("onestop.HomeNotice", models.PROTECT, related_name="export_items")
    left_out = models.CharField(max_length=100, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    sent_by = models.CharField(max_length=100, blank=True)
    # The notice itself has followed, or could not any more.
    is_followed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "notice"], name="notice_export_once_uniq"),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True, sent_by="", is_followed=False)
                | (Q(sent_on__isnull=False, left_out="") & ~Q(sent_by="")),
                name="notice_export_sent_chk",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(sent_on__isnull=False, is_followed=False),
                name="notice_export_waiting_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} of export {self.export_id}"


class OnlineImport(models.Model):
    """Results of online applications as read from a file (オンライン申請の結果の取り込み).

    `rows` holds references, our numbers, outcomes and moments; the file itself is never kept.
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    service = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=states.ImportState.choices)
    rows = models.JSONField()
    read_at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=state_values(states.ImportState)), name="import_state_chk"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["applying", "applied"], applied_at__isnull=False))
                | (~Q(state__in=["applying", "applied"]) & Q(applied_at__isnull=True)),
                name="import_applied_at_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"online import {self.pk}"


class OnlineResult(models.Model):
    """One result of an online application that was taken in (オンライン申請の結果).

    Each of a service's references with its outcome counts once, however often it is reported.
    """

    municipality = models.ForeignKey("membership.Municipality", models.PROTECT, related_name="+")
    online_import = models.ForeignKey(OnlineImport, models.PROTECT, related_name="results")
    onestop_year = models.ForeignKey(
        "onestop.OneStopYear", models.PROTECT, related_name="online_results"
    )
    service = models.CharField(max_length=30)
    reference = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10, choices=states.OnlineOutcome.choices)
    identity = models.CharField(max_length=10, choices=states.OnlineIdentity.choices)
    applied_at = models.DateTimeField()
    numbers = models.JSONField()
    taken_at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "service", "reference", "outcome"],
                name="online_result_once_uniq",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=state_values(states.OnlineOutcome)),
                name="online_result_outcome_chk",
            ),
        ]

    def __str__(self) -> str:
        return f"online result {self.pk}"

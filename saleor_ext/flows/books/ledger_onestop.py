"""What must always hold of one-stop applications and notices: they say what the ledger says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.functions import Coalesce

from saleor_ext.onestop import models, states

# A refund voids at once; a dispute that was lost is followed by the sweep.
GRACE = timedelta(hours=1)


def breaches(*, now: datetime) -> Iterator[tuple[str, str]]:
    """This will yield (code, text) of every application or notice that is not what it must be."""
    live = models.OneStopApplication.objects.exclude(state=states.ApplicationState.VOID)
    corrected = live.filter(donation__corrections__recorded_at__lt=now - GRACE).values("pk")
    left = F("donation__amount_yen") + Coalesce(Sum("donation__corrections__amount_yen"), 0)
    gone = live.filter(pk__in=corrected).annotate(left_yen=left).filter(left_yen__lte=0)
    for application_id in gone.values_list("pk", flat=True):
        yield "onestop_for_money_gone", f"one-stop application {application_id}"
    others = models.OneStopApplication.objects.filter(donation__corrects__isnull=False)
    others |= models.OneStopApplication.objects.exclude(
        donation__donor_id=F("onestop_year__donor_id"),
        donation__receipt_year=F("onestop_year__year"),
    )
    for application_id in others.distinct().values_list("pk", flat=True):
        yield "onestop_of_another", f"one-stop application {application_id}"
    yield from _notices()


def _notices() -> Iterator[tuple[str, str]]:
    current = models.HomeNotice.objects.exclude(state=states.NoticeState.REPLACED)
    lines = models.HomeNoticeLine.objects.filter(notice_id=OuterRef("pk"))
    empty = current.filter(~Exists(lines), is_withdrawal=False)
    for notice_id in empty.values_list("pk", flat=True):
        yield "notice_without_application", f"home notice {notice_id}"
    sums = models.HomeNotice.objects.annotate(sum_yen=Coalesce(Sum("lines__amount_yen"), 0))
    for notice_id in sums.exclude(sum_yen=F("total_yen")).values_list("pk", flat=True):
        yield "notice_sum", f"home notice {notice_id}"
    never = models.HomeNoticeLine.objects.filter(application__accepted_on__isnull=True)
    for notice_id in never.values_list("notice_id", flat=True).distinct():
        yield "notice_not_accepted", f"home notice {notice_id}"

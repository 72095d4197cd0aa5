"""What is looked at while chaos goes on."""

from datetime import date, timedelta

from django.db.models import Count, Max

from saleor_ext.common import clock
from saleor_ext.donations import models as donation_models
from saleor_ext.flows.month import charge_run, listing, locking
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage

TURNED = ("charged", "skipped", "failed", "void")
DECEMBER = 12


def turned() -> int:
    """This will count the months that have come to an end."""
    return models.Cycle.objects.filter(state__in=TURNED).count()


def is_much_left(most: int) -> bool:
    """This will say whether a donation of today is still to be taken or its month to be locked, or
    more than `most` messages and parcels are still to be seen to.
    """
    today = clock.today()
    if locking.cycles_to_lock(as_of=today, after_id=0, limit=1):
        return True
    if charge_run.cycles_due(as_of=today).exists():
        return True
    pending = OutboxMessage.objects.filter(state="pending", next_try_at__lte=clock.now())
    if pending[: most + 1].count() > most:
        return True
    return listing.cycles_to_list(as_of=today)[: most + 1].count() > most


def broken_now() -> list[str]:
    """This will say what is wrong of what must hold at every moment, however much is open."""
    wrong = []
    received = donation_models.PaymentAttempt.objects.filter(state__in=["succeeded", "refunded"])
    firsts = donation_models.Donation.objects.filter(corrects__isnull=True)
    if received.count() != firsts.count():
        wrong.append(f"{received.count()} successes and {firsts.count()} donations")
    doubled = received.values("cycle_id").annotate(times=Count("pk")).filter(times__gt=1)
    if doubled.exists():
        wrong.append(f"{doubled.count()} months were paid more than once")
    for year in (
        firsts.order_by()
        .values("receipt_year")
        .annotate(count=Count("pk"), last=Max("receipt_number"))
    ):
        if year["count"] != year["last"]:
            wrong.append(f"receipts of {year['receipt_year']} have gaps")
    return wrong


def next_day(day: date, days: int) -> date:
    """This will leap some days, but stop on the last day of each year: what is not given by then
    is asked about.
    """
    later = day + timedelta(days=days)
    year_end = date(day.year, DECEMBER, 31)
    return year_end if day < year_end < later else later


def claims_run_out() -> None:
    """This will let the two real minutes of the dead workers' claims be over."""
    OutboxMessage.objects.filter(claimed_until__isnull=False).update(claimed_until=None)

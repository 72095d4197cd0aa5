"""Reading the mirrored balance and its comparisons."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Max, QuerySet

from saleor_ext.balance import models, states


def entries_on(*, day: date) -> QuerySet[models.BalanceEntry]:
    """This will list what was entered on a Japanese day."""
    return models.BalanceEntry.objects.filter(entered_on=day).order_by("pk")


def entries_of_sources(*, source_refs: Iterable[str]) -> QuerySet[models.BalanceEntry]:
    """This will list the entries of some charges, refunds, disputes or payouts."""
    return models.BalanceEntry.objects.filter(source_ref__in=list(source_refs))


def entries_by_ref(*, entry_refs: Iterable[str]) -> QuerySet[models.BalanceEntry]:
    """This will list entries by the provider's own names of them."""
    return models.BalanceEntry.objects.filter(entry_ref__in=list(entry_refs))


def mirrored_until() -> datetime | None:
    """This will return the moment of the newest entry that is mirrored."""
    found = models.BalanceEntry.objects.aggregate(newest=Max("entered_at"))
    return found["newest"]  # type: ignore[no-any-return]


def days_with_gaps() -> list[date]:
    """This will list the compared days on which something does not match."""
    rows = models.MatchDay.objects.filter(gap_count__gt=0).order_by("day")
    return list(rows.values_list("day", flat=True))


def gaps() -> QuerySet[models.MatchGap]:
    """This will list what does not match, of all days compared."""
    return models.MatchGap.objects.select_related("match_day").order_by("match_day__day", "pk")


def match_days() -> QuerySet[models.MatchDay]:
    """This will list the compared days, newest first."""
    return models.MatchDay.objects.order_by("-day")


def payouts_on(*, day: date) -> QuerySet[models.Payout]:
    """This will list the payouts made on a Japanese day."""
    return models.Payout.objects.filter(created_on=day).order_by("pk")


def payouts() -> QuerySet[models.Payout]:
    """This will list the payouts, newest first."""
    return models.Payout.objects.order_by("-created_on", "-pk")


def payouts_without_entries() -> QuerySet[models.Payout]:
    """This will list automatic payouts of which nobody has said yet what they are made of."""
    return models.Payout.objects.filter(is_automatic=True, entry_refs=[]).exclude(
        stage=states.PayoutStage.FAILED
    )

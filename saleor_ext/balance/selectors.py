"""Reading the mirrored balance and its comparisons."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, QuerySet

from saleor_ext.balance import models, states


@dataclass(frozen=True, kw_only=True)
class PayoutHeld:
    """What a payout is made of, as far as it is known: the sum of its entries' nets, its own
    movement left out. `is_whole` when the provider named its entries and all are mirrored.
    """

    total_yen: int
    is_whole: bool


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


def mirrored_from() -> datetime | None:
    """This will return the moment of the oldest entry that is mirrored."""
    found = models.BalanceEntry.objects.aggregate(oldest=Min("entered_at"))
    return found["oldest"]  # type: ignore[no-any-return]


def days_matched(*, day_from: date) -> Mapping[date, datetime]:
    """This will tell of each compared day since `day_from` when it was compared last."""
    rows = models.MatchDay.objects.filter(day__gte=day_from)
    return dict(rows.values_list("day", "matched_at"))


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


def payout_held(*, payout: models.Payout) -> PayoutHeld:
    """This will add up what a payout is made of."""
    entries = list(entries_by_ref(entry_refs=payout.entry_refs))
    return PayoutHeld(
        total_yen=sum(item.net_yen for item in entries if item.source_ref != payout.payout_ref),
        is_whole=bool(payout.entry_refs) and len(entries) == len(payout.entry_refs),
    )


def payouts_open(*, created_from: date) -> Iterator[models.Payout]:
    """This will list the automatic payouts made since a Japanese day that are not yet the sum of
    what they hold.
    """
    rows = models.Payout.objects.filter(is_automatic=True, created_on__gte=created_from)
    for payout in rows.exclude(stage=states.PayoutStage.FAILED).order_by("-created_on", "-pk"):
        held = payout_held(payout=payout)
        if not held.is_whole or held.total_yen != payout.amount_yen:
            yield payout

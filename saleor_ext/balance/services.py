"""Writing the mirrored balance and its comparisons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from saleor_ext.balance import models
from saleor_ext.common import jptime
from saleor_ext.contracts.payment import BalanceEntry, PayoutState

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that does not match."""

    code: str
    subject: str
    ledger_yen: int | None = None
    provider_yen: int | None = None
    shop_yen: int | None = None


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """The sums of one compared day."""

    ledger_yen: int
    provider_yen: int
    fee_yen: int
    own_count: int
    foreign_yen: int
    foreign_count: int


def entries_mirror(*, entries: Iterable[BalanceEntry], now: datetime) -> None:
    """This will keep movements on the balance; those known already stay as they are."""
    models.BalanceEntry.objects.bulk_create(
        (
            models.BalanceEntry(
                entry_ref=entry.entry_ref,
                kind=entry.kind.value,
                amount_yen=entry.amount_yen,
                fee_yen=entry.fee_yen,
                net_yen=entry.net_yen,
                entered_at=entry.entered_at,
                entered_on=jptime.jst_date(entry.entered_at),
                available_on=jptime.jst_date(entry.available_at),
                source_ref=entry.source_ref,
                charge_ref=entry.charge_ref,
                key=entry.key[:64],
                mirrored_at=now,
            )
            for entry in entries
        ),
        ignore_conflicts=True,
        batch_size=BATCH,
    )


@transaction.atomic
def payout_mirror(*, payout: PayoutState, now: datetime) -> models.Payout:
    """This will keep a payout; of one known already only its stage and day of arrival change."""
    found, made = models.Payout.objects.get_or_create(
        payout_ref=payout.payout_ref,
        defaults={
            "amount_yen": payout.amount_yen,
            "stage": payout.stage.value,
            "created_on": jptime.jst_date(payout.created_at),
            "arrives_on": jptime.jst_date(payout.arrives_at),
            "is_automatic": payout.is_automatic,
            "seen_at": now,
        },
    )
    if not made:
        found.stage = payout.stage.value
        found.arrives_on = jptime.jst_date(payout.arrives_at)
        found.seen_at = now
        found.save(update_fields=["stage", "arrives_on", "seen_at"])
    return found


def payout_entries_keep(*, payout_id: int, entry_refs: Sequence[str]) -> None:
    """This will keep what a payout is made of."""
    models.Payout.objects.filter(pk=payout_id).update(entry_refs=list(entry_refs))


@transaction.atomic
def match_keep(
    *, day: date, figures: DayFigures, gaps: Sequence[Gap], now: datetime
) -> models.MatchDay:
    """This will keep the comparison of a day in the place of an earlier one."""
    found, _ = models.MatchDay.objects.update_or_create(
        day=day, defaults={**vars(figures), "gap_count": len(gaps), "matched_at": now}
    )
    found.gaps.all().delete()
    models.MatchGap.objects.bulk_create(
        models.MatchGap(match_day=found, **{**vars(gap), "subject": gap.subject[:120]})
        for gap in gaps
    )
    return found

"""Mirroring the town's balance at the payment provider: movements, payouts, what payouts hold."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from saleor_ext.balance import models, selectors, services
from saleor_ext.common import jptime, registry
from saleor_ext.flows.payments import look_round

FIRST_LOOK = timedelta(days=100)
# Looked through again each time: what the provider entered late, or we were cut off from.
OVERLAP = timedelta(days=3)
PAYOUTS_BACK = timedelta(days=30)
# A payout once a month holds what was entered up to some weeks before it.
HELD_BEFORE = timedelta(days=40)
FURTHEST = timedelta(days=400)
# So much is asked for, and held in memory, at once.
STRETCH = timedelta(days=7)
# The comparison of a morning asks one by one, but not all day.
ASK_FOR_S = 600.0


def balance_mirror(*, days_from: date, now: datetime) -> None:
    """This will fetch what is new on the balance since the last time, each movement once, and what
    was never fetched of the Japanese days since `days_from`, 400 days back at most.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; what was fetched before
            stays.
    """
    wanted_from = max(jptime.jst_moment(days_from), now - FURTHEST)
    payouts_from = min(wanted_from, now - PAYOUTS_BACK)
    for payout in registry.payment_provider().payouts(created_from=payouts_from):
        services.payout_mirror(payout=payout, now=now)
    _entries_mirror(wanted_from=wanted_from, now=now)
    # What a payout holds may be said late, and in parts: it is asked for until it adds up.
    payouts = selectors.payouts_open(created_from=jptime.jst_date(payouts_from))
    look_round.look_at_each(payouts, look=_payout_fill, most_s=ASK_FOR_S)


def _entries_mirror(*, wanted_from: datetime, now: datetime) -> None:
    """What is mirrored has no holes, even when this breaks off: it grows at both its ends."""
    until = now + timedelta(minutes=1)
    oldest, newest = selectors.mirrored_from(), selectors.mirrored_until()
    if oldest is None or newest is None:
        first = min(wanted_from - HELD_BEFORE, now - FIRST_LOOK)
        stretches = list(_stretches(first, until))
    else:
        stretches = list(_stretches(newest - OVERLAP, until))
        if wanted_from < oldest:
            stretches += reversed(list(_stretches(wanted_from - HELD_BEFORE, oldest)))
    for entered_from, entered_to in stretches:
        entries = registry.payment_provider().balance_entries(
            entered_from=entered_from, entered_to=entered_to
        )
        services.entries_mirror(entries=entries, now=now)


def _stretches(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Weeks that make up `[begin, end)`, the oldest first."""
    while begin < end:
        step = min(begin + STRETCH, end)
        yield begin, step
        begin = step


def _payout_fill(payout: models.Payout) -> None:
    refs = registry.payment_provider().payout_entries(payout_ref=payout.payout_ref)
    services.payout_entries_keep(payout_id=payout.pk, entry_refs=refs)

"""Mirroring the town's balance at the payment provider: movements, payouts, what payouts hold."""

from datetime import datetime, timedelta

from saleor_ext.balance import selectors, services
from saleor_ext.common import registry

FIRST_LOOK = timedelta(days=100)
# Looked through again each time: what the provider entered late, or we were cut off from.
OVERLAP = timedelta(days=3)
PAYOUTS_BACK = timedelta(days=30)


def balance_mirror(*, now: datetime) -> None:
    """This will fetch what is new on the balance since the last time, each movement once.

    Raises:
        ProviderUnknown, ProviderRetryable: the provider could not be asked; what was fetched before
            stays.
    """
    provider = registry.payment_provider()
    newest = selectors.mirrored_until()
    since = newest - OVERLAP if newest else now - FIRST_LOOK
    for payout in provider.payouts(created_from=now - PAYOUTS_BACK):
        services.payout_mirror(payout=payout, now=now)
    entries = provider.balance_entries(entered_from=since, entered_to=now + timedelta(minutes=1))
    services.entries_mirror(entries=entries, now=now)
    for found in selectors.payouts_without_entries():
        refs = provider.payout_entries(payout_ref=found.payout_ref)
        services.payout_entries_keep(payout_id=found.pk, entry_refs=refs)

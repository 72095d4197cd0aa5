"""After chaos: the ledger beside the provider's own books, and what should have come to its end."""

from collections import Counter
from datetime import date

from django.db.models import F

from saleor_ext.common import jptime
from saleor_ext.donations import models as donation_models
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from tests.proof import bank, books, crowd
from tests.proof.chaos_books import Found, listed

RECEIVED = ("succeeded", "refunded")
ATTEMPT_OPEN = ("intent", "unknown", "action_required")
REFUND_OPEN = ("requested", "unknown")
MEMBERSHIP = "cycle__membership__public_id"


def key_of(public_id: str, n: int) -> str:
    """This will name a month as provider and shop know it."""
    return f"fs-{public_id}-{n}"


def money_compare(found: Found, provider: bank.Bank) -> None:
    """This will hold the ledger against what the provider says it took, and at what price."""
    taken = provider.taken_by_month()
    received = donation_models.PaymentAttempt.objects.filter(state__in=RECEIVED)
    rows = received.values_list(MEMBERSHIP, "cycle__n", "amount_yen")
    ours = {key_of(public_id, n): amount_yen for public_id, n, amount_yen in rows}
    twice = [key for key, amounts in taken.items() if len(amounts) > 1]
    found.expect_none(twice, "months were paid more than once at the provider")
    found.expect_none(set(taken) ^ set(ours), "months differ from the provider's")
    other = [key for key in set(taken) & set(ours) if set(taken[key]) != {ours[key]}]
    found.expect_none(other, "months have another amount at the provider")
    found.expect_none(_wrong_prices(), "donations are not their tier's price")
    found.expect(books.ledger_days() == provider.days_yen(), "the days differ from the provider's")
    found.charged = len(ours)
    found.compared += ["ledger and provider month by month", "and day by day", "prices of tiers"]


def _wrong_prices() -> list[str]:
    """Nobody changes his tier in chaos: each donation is what his tier cost on the first day."""
    firsts = donation_models.Donation.objects.filter(corrects__isnull=True)
    rows = firsts.values_list(
        f"attempt__{MEMBERSHIP}",
        "attempt__cycle__n",
        "attempt__cycle__membership__tier__slug",
        "amount_yen",
    )
    return [key_of(public_id, n) for public_id, n, slug, yen in rows if yen != crowd.TIERS[slug]]


def ends_compare(found: Found, *, last_day: date) -> None:
    """This will look for what never came to its end, though all was let come to rest."""
    attempts = donation_models.PaymentAttempt.objects.filter(state__in=ATTEMPT_OPEN)
    rows = attempts.values_list(MEMBERSHIP, "cycle__n", "state")
    still_open = [f"{key_of(public_id, n)} {state}" for public_id, n, state in rows]
    found.expect_none(still_open, "attempts are still open")
    refunds = donation_models.Refund.objects.filter(state__in=REFUND_OPEN)
    found.expect_none([refund.key for refund in refunds], "refunds are still open")
    failed = OutboxMessage.objects.filter(state="failed").values_list("topic", "last_error")
    kinds = Counter(f"{topic} ({error})" for topic, error in failed)
    found.expect(not kinds, f"messages have failed: {listed(kinds)}")
    # What is put off for later and was never tried is not late.
    waiting = OutboxMessage.objects.filter(state="pending").exclude(
        attempts=0, next_try_at__gt=jptime.jst_moment(last_day, 23)
    )
    late = waiting.filter(created_at__lt=jptime.jst_moment(last_day))
    kinds = Counter(
        f"{topic} ({error})" for topic, error in late.values_list("topic", "last_error")
    )
    found.expect(not kinds, f"messages of earlier days still wait: {listed(kinds)}")
    found.rows.append(("Messages of the last day that wait", f"{waiting.count() - late.count():,}"))
    early = donation_models.Donation.objects.filter(
        corrects__isnull=True, donated_on__lt=F("attempt__cycle__charge_on")
    )
    found.expect(not early.exists(), "a donation was taken before its day")
    found.compared.append("attempts, refunds and messages that never ended")


def counts_tell(found: Found) -> None:
    """This will tell how many there are of each."""
    attempts = Counter(donation_models.PaymentAttempt.objects.values_list("state", flat=True))
    cycles = Counter(models.Cycle.objects.values_list("state", flat=True))
    refunds = donation_models.Donation.objects.filter(corrects__isnull=False).count()
    total = sum(donation_models.Donation.objects.values_list("amount_yen", flat=True).iterator())
    found.rows += [
        ("Months at the end", listed(cycles)),
        ("Attempts", listed(attempts)),
        ("Given back", f"{refunds:,}"),
        ("Parcels asked for", f"{fulfilment_models.Shipment.objects.count():,}"),
        ("Ledger", f"¥{total:,}"),
    ]

"""What must always hold of receipts: they say what the ledger says, once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Sum

from saleor_ext.receipts import models, selectors, states

# The sweep goes every five minutes, and nothing is handed out without a look at the ledger.
GRACE = timedelta(hours=1)


def breaches(*, now: datetime) -> Iterator[tuple[str, str]]:
    """This will yield (code, text) of every receipt that is not what the ledger says."""
    late = models.ReceiptLine.objects.filter(
        pk__in=selectors.lines_not_right().values("pk"),
        donation__corrections__recorded_at__lt=now - GRACE,
    )
    for receipt_id in sorted(set(late.values_list("receipt_id", flat=True))):
        yield "receipt_for_money_gone", f"receipt {receipt_id}"
    issued = models.Receipt.objects.filter(state=states.ReceiptState.ISSUED)
    sums = issued.annotate(total=Sum("lines__amount_yen")).exclude(total=F("amount_yen"))
    for receipt in sums.iterator():
        yield "receipt_sum", f"receipt {receipt.pk}"
    held = models.ReceiptLine.objects.filter(is_current=True).exclude(
        receipt__state=states.ReceiptState.ISSUED
    )
    for line in held.iterator():
        yield "receipt_withdrawn_holds", f"receipt {line.receipt_id}"
    twice = (
        models.ReceiptLine.objects.filter(is_current=True)
        .values("receipt__municipality_id", "number")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .order_by()
    )
    for row in twice:
        yield "receipt_number_twice", f"number {row['number']}"

"""After chaos: each month's order in the shop, beside what the ledger has left of its money."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from saleor_ext.donations import models as donation_models
from saleor_ext.membership import models
from saleor_ext.outbox.models import OutboxMessage
from saleor_ext.saleor_connector import orders
from tests.proof.chaos_books import Found
from tests.proof.chaos_money import key_of

CANCELED = "CANCELED"
GONE = ("skipped", "failed", "void")
"""Months of which nothing came: what they had ordered must be free for others."""


class Seen(NamedTuple):
    """What is looked at of an order; there may be many."""

    id: str
    reference: str
    status: str
    is_paid: bool
    charged_yen: int


def orders_compare(found: Found, kept: Mapping[str, orders.Order]) -> None:
    """This will hold the shop's orders against the months. A month of which the shop is still to
    be told something is left out: that it waits is told elsewhere.
    """
    state_of, left_of = _states(), _left_yen()
    told = _seen(kept)
    waiting = _waiting(state_of)
    months = {key: state for key, (_, state) in state_of.items() if key not in waiting}
    found.expect_none(set(told) - set(state_of), "orders belong to no month")
    ids = Counter(order.id for order in told.values())
    doubled = [key for key, order in told.items() if ids[order.id] > 1]
    misnamed = [key for key, order in told.items() if order.reference != key]
    found.expect_none({*doubled, *misnamed}, "orders are there twice")
    paid = {key for key in months if left_of.get(key)}
    found.expect_none(paid - set(told), "paid months have no order")
    here = {key: told[key] for key in months if key in told}
    other = [key for key, order in here.items() if order.charged_yen != left_of.get(key, 0)]
    found.expect_none(other, "orders hold other money than the ledger has left")
    lost = [
        key
        for key in paid & set(here)
        if here[key].status in {CANCELED, "DRAFT"} or not here[key].is_paid
    ]
    found.expect_none(lost, "orders of paid months are cancelled or not paid")
    held = [key for key, order in here.items() if months[key] in GONE and order.status != CANCELED]
    found.expect_none(held, "orders of months that are not to be are not cancelled")
    total = sum(order.charged_yen for order in told.values())
    found.rows.append(("Orders in the shop", f"{len(told):,}, ¥{total:,}"))
    found.compared.append("ledger and shop month by month")


def _seen(kept: Mapping[str, orders.Order]) -> dict[str, Seen]:
    return {
        key: Seen(
            id=order.id,
            reference=order.external_reference,
            status=order.status,
            is_paid=order.is_paid,
            charged_yen=order.charged_yen,
        )
        for key, order in kept.items()
    }


def _states() -> dict[str, tuple[int, str]]:
    rows = models.Cycle.objects.values_list("pk", "membership__public_id", "n", "state")
    return {key_of(public_id, n): (pk, state) for pk, public_id, n, state in rows.iterator()}


def _left_yen() -> dict[str, int]:
    """What is left in the ledger of each month's money."""
    left: dict[str, int] = defaultdict(int)
    rows = donation_models.Donation.objects.values_list(
        "attempt__cycle__membership__public_id", "attempt__cycle__n", "amount_yen"
    )
    for public_id, n, amount_yen in rows.iterator():
        left[key_of(public_id, n)] += amount_yen
    return left


def _waiting(state_of: Mapping[str, tuple[int, str]]) -> set[str]:
    pending = OutboxMessage.objects.filter(state="pending", lane__startswith="cycle:")
    lanes = set(pending.values_list("lane", flat=True))
    return {key for key, (pk, _) in state_of.items() if f"cycle:{pk}" in lanes}

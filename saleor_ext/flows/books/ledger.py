"""Checking that what must always hold does hold: sums, states, and what shop and provider say."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from saleor_ext.common import jptime, registry
from saleor_ext.contracts import errors as provider_errors
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.books import (
    ledger_disputes,
    ledger_onestop,
    ledger_receipts,
    ledger_refunds,
    ledger_terms,
)
from saleor_ext.flows.month import facts, parcel_holds
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.membership import states as membership_states
from saleor_ext.outbox import models as outbox_models
from saleor_ext.saleor_connector import models as shop_models

logger = logging.getLogger(__name__)

PROVIDER_DAYS = 40
PAYLOAD_KEYS = frozenset(
    {
        "cycle_id",
        "donor_id",
        "attempt_id",
        "shipment_id",
        "refund_id",
        "donation_id",
        "order_id",
        "card_id",
        "grant_id",
        "choice_id",
        "swap_id",
        "catch_up_id",
        "onestop_year_id",
        "receipt_id",
        "name",
    }
)
# An order may follow its money this much later before somebody should look.
ORDER_GRACE = timedelta(hours=24)
# Every daily run lists what is due; a week without is no accident of the day.
LISTING_GRACE = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One thing that does not hold. `text` names rows by number, never people."""

    code: str
    text: str


def ledger_check(*, now: datetime, provider_days: int = PROVIDER_DAYS) -> list[Breach]:
    """This will return everything that does not hold, an empty list when all is well.

    Args:
        now: the present moment.
        provider_days: for how many past days sums are compared with the provider's (0: none).
    """
    breaches = [
        *_attempts_and_donations(),
        *_receipts(),
        *_paid_months(now=now),
        *_shop_sums(now=now),
        *_parcels(),
        *_parcels_never_asked_for(now=now),
        *_gift_limits(now=now),
        *(Breach(code=code, text=text) for code, text in ledger_terms.breaches()),
        *_payloads(),
        *(Breach(code=code, text=text) for code, text in ledger_refunds.breaches(now=now)),
        *(Breach(code=code, text=text) for code, text in ledger_receipts.breaches(now=now)),
        *(Breach(code=code, text=text) for code, text in ledger_disputes.breaches()),
        *(Breach(code=code, text=text) for code, text in ledger_onestop.breaches(now=now)),
    ]
    if provider_days:
        breaches += _provider_sums(now=now, days=provider_days)
    return breaches


def ledger_check_and_log(*, now: datetime) -> int:
    """This will check, log each breach as an error, and return how many there are."""
    breaches = ledger_check(now=now)
    for breach in breaches:
        logger.error("ledger %s: %s", breach.code, breach.text)
    return len(breaches)


def _attempts_and_donations() -> Iterator[Breach]:
    for attempt in donation_selectors.attempts_without_donation().iterator():
        yield Breach(code="money_without_donation", text=f"attempt {attempt.pk}")
    for donation in donation_selectors.donations_without_success().iterator():
        yield Breach(code="donation_without_money", text=f"donation {donation.pk}")
    differing = donation_models.Donation.objects.filter(corrects__isnull=True).exclude(
        amount_yen=F("attempt__amount_yen")
    )
    for donation in differing.iterator():
        yield Breach(code="amount_differs", text=f"donation {donation.pk}")
    doubled = (
        donation_models.PaymentAttempt.objects.filter(
            state__in=sorted(donation_states.ATTEMPT_RECEIVED)
        )
        .values("cycle_id")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    for row in doubled:
        yield Breach(code="month_paid_twice", text=f"cycle {row['cycle_id']}")


def _receipts() -> Iterator[Breach]:
    for year, highest, count in donation_selectors.receipt_gaps():
        yield Breach(
            code="receipt_numbers", text=f"{year}: {count} receipts, highest number {highest}"
        )
    wrong_year = donation_models.Donation.objects.filter(receipt_number__isnull=False).exclude(
        receipt_year=F("donated_on__year")
    )
    for donation in wrong_year.iterator():
        yield Breach(code="receipt_year", text=f"donation {donation.pk}")


def _paid_months(*, now: datetime) -> Iterator[Breach]:
    received = donation_models.PaymentAttempt.objects.filter(
        cycle_id=OuterRef("pk"), state__in=sorted(donation_states.ATTEMPT_RECEIVED)
    )
    charged = Q(state=membership_states.CycleState.CHARGED)
    months = membership_models.Cycle.objects
    for cycle in months.filter(charged, ~Exists(received)).iterator():
        yield Breach(code="charged_without_money", text=f"cycle {cycle.pk}")
    for cycle in months.filter(~charged, Exists(received)).iterator():
        yield Breach(code="money_without_charged", text=f"cycle {cycle.pk}")
    yield from _orders(now=now)


def _orders(*, now: datetime) -> Iterator[Breach]:
    """Each paid month that was not given back has one paid order, unless that is on its way.

    Asked in this order: month, message, order. What is made while we look is then seen either
    on its way or done.
    """
    refunded = donation_models.PaymentAttempt.objects.filter(
        cycle_id=OuterRef("pk"), state=donation_states.AttemptState.REFUNDED
    )
    disputed = donation_selectors.attempts_disputed().filter(cycle_id=OuterRef("pk"))
    charged = membership_models.Cycle.objects.filter(
        ~Exists(refunded), ~Exists(disputed), state=membership_states.CycleState.CHARGED
    ).select_related("membership")
    recorded = _orders_paid()
    suspects = {
        key: cycle.pk
        for cycle in charged.iterator()
        if (key := membership_selectors.cycle_key(cycle=cycle)) not in recorded
    }
    if not suspects:
        return
    under_way = set(
        outbox_models.OutboxMessage.objects.filter(
            topic__in=["order.first", "order.pay"],
            state="pending",
            created_at__gte=now - ORDER_GRACE,
        ).values_list("key", flat=True)
    )
    recorded = _orders_paid()
    for key, cycle_id in suspects.items():
        is_under_way = not under_way.isdisjoint(
            {f"order.first:{cycle_id}", f"order.pay:{cycle_id}"}
        )
        if key not in recorded and not is_under_way:
            yield Breach(code="paid_without_order", text=f"cycle {cycle_id}")


def _shop_sums(*, now: datetime) -> Iterator[Breach]:
    """What the shop counts as paid for a month is what the ledger has left of it.

    Month by month, which is stricter than by day. An order that is not there is told elsewhere.
    """
    charged = dict(
        shop_models.ShopOrder.objects.filter(charged_yen__isnull=False).values_list(
            "external_reference", "charged_yen"
        )
    )
    for public_id, n, left_yen in donation_selectors.months_left(recorded_until=now - ORDER_GRACE):
        key = membership_selectors.cycle_key_of(public_id=public_id, n=n)
        if charged.get(key, left_yen) != left_yen:
            yield Breach(
                code="shop_differs", text=f"{key}: ledger {left_yen} yen, shop {charged[key]} yen"
            )


def _orders_paid() -> set[str]:
    return set(
        shop_models.ShopOrder.objects.filter(is_paid=True).values_list(
            "external_reference", flat=True
        )
    )


def _parcels() -> Iterator[Breach]:
    paid = Q(cycle__state=membership_states.CycleState.CHARGED) | Q(
        cycle__kind=membership_states.CycleKind.PREPAID,
        cycle__covered_by__state=membership_states.CycleState.CHARGED,
    )
    live = ~Q(state__in=["cancelled", "substituted"])
    shipments = fulfilment_models.Shipment.objects.filter(live)
    for shipment in shipments.exclude(paid).iterator():
        yield Breach(code="parcel_unpaid", text=f"shipment {shipment.key}")
    parcel = fulfilment_models.Shipment.objects.filter(cycle_id=OuterRef("pk"))
    forgotten = membership_models.Cycle.objects.filter(
        ~Exists(parcel), is_listed=True, snapshot__box_plan__isnull=False
    )
    for cycle in forgotten.iterator():
        yield Breach(code="parcel_forgotten", text=f"cycle {cycle.pk}")
    town = membership_selectors.municipality_get()
    open_states = sorted(fulfilment_states.SHIPMENT_TO_SHIP)
    rows = shipments.filter(state__in=open_states).select_related(
        "cycle__membership__donor", "cycle__snapshot__recipient"
    )
    for shipment in rows.iterator():
        if _is_to_resident(shipment, town=town):
            yield Breach(code="parcel_to_resident", text=f"shipment {shipment.key}")


def _is_to_resident(
    shipment: fulfilment_models.Shipment, *, town: membership_models.Municipality
) -> bool:
    snapshot = getattr(shipment.cycle, "snapshot", None)
    recipient = snapshot.recipient if snapshot else None
    if recipient is not None and membership_selectors.is_resident(donor=recipient, town=town):
        return True
    return membership_selectors.is_resident(donor=shipment.cycle.membership.donor, town=town)


def _parcels_never_asked_for(*, now: datetime) -> Iterator[Breach]:
    """Paid months that no run has listed a week after money and list day; parked ones wait."""
    long_ago = now - LISTING_GRACE
    charged = membership_models.CycleEvent.objects.filter(
        cycle_id=OuterRef("pk"), to_state=membership_states.CycleState.CHARGED, at__lte=long_ago
    )
    prepaid = Q(
        kind=membership_states.CycleKind.PREPAID,
        state=membership_states.CycleState.LOCKED,
        covered_by__state=membership_states.CycleState.CHARGED,
    )
    paid = Q(Exists(charged), state=membership_states.CycleState.CHARGED) | prepaid
    rows = membership_models.Cycle.objects.filter(
        paid, is_listed=False, list_on__lte=jptime.jst_date(long_ago)
    ).exclude(membership__state=membership_states.MembershipState.PARKED)
    for cycle in rows.exclude(parcel_holds.given_back() | parcel_holds.part_undecided()).iterator():
        yield Breach(code="parcel_not_asked_for", text=f"cycle {cycle.pk}")


def _gift_limits(*, now: datetime) -> Iterator[Breach]:
    """Everything given against a donation, over all boxes of its term. Multiplied out, so that no
    division hides a fraction of a yen.

    Law: gift_cost_30, gift_cost_per_donation, benefit_is_gift
    """
    percent = facts.gift_cost_percent(day=jptime.jst_date(now))
    fixed = [membership_states.CycleState.LOCKED, membership_states.CycleState.CHARGED]
    given = (
        membership_models.CycleSnapshot.objects.filter(cycle__state__in=fixed)
        .order_by()
        .values(
            paying_id=Coalesce("cycle__covered_by_id", "cycle_id"),
            amount_yen=Coalesce("cycle__covered_by__amount_yen", "cycle__amount_yen"),
        )
        .annotate(cost=Sum(F("procurement_cost_yen") + F("benefit_cost_yen")) * 100)
    )
    for row in given.filter(cost__gt=F("amount_yen") * percent).order_by("paying_id").iterator():
        yield Breach(code="box_over_limit", text=f"cycle {row['paying_id']}")


def _payloads() -> Iterator[Breach]:
    rows = outbox_models.OutboxMessage.objects.values_list("pk", "payload")
    for message_id, payload in rows.iterator():
        if not set(payload) <= PAYLOAD_KEYS:
            yield Breach(code="personal_data", text=f"outbox message {message_id}")


def _provider_sums(*, now: datetime, days: int) -> Iterator[Breach]:
    """Ledger and provider agree, day by day in Japan."""
    today = jptime.jst_date(now)
    first = today - timedelta(days=days - 1)
    ledger = donation_selectors.ledger_days(day_from=first, day_to=today + timedelta(days=1))
    for offset in range(days):
        day = first + timedelta(days=offset)
        day_from, day_to = jptime.jst_day_bounds(day)
        try:
            found = registry.payment_provider().day_sum(day_from=day_from, day_to=day_to)
        except provider_errors.ProviderError as error:
            yield Breach(code="provider_silent", text=error.code)
            return
        received = found.charged_yen - found.refunded_yen - found.disputed_yen
        if received != ledger.get(day, 0):
            yield Breach(
                code="provider_differs",
                text=f"{day}: ledger {ledger.get(day, 0)} yen, provider {received} yen",
            )

"""The counts of the staff's first page. One query each, nothing per row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, TextChoices

from saleor_ext.balance import selectors as balance_selectors
from saleor_ext.common import jptime
from saleor_ext.costs import selectors as cost_selectors
from saleor_ext.dashboard.lists import charges, shipments, tones
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.flows.orders import shop_stock
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, states
from saleor_ext.onestop import selectors as onestop_selectors
from saleor_ext.operation import selectors as operation_selectors
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.saleor_connector import selectors as shop_selectors


@dataclass(frozen=True, kw_only=True)
class StateCount:
    """How many are in one state."""

    value: str
    label: str
    count: int
    tone: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything the first page counts. Money is the ledger's, corrections taken off."""

    month: date
    year: int
    members: tuple[StateCount, ...]
    cycles: tuple[StateCount, ...]
    month_yen: int
    month_donations: int
    year_yen: int
    year_donations: int
    shipments_to_ship: int
    shipments_late: int
    charges_attention: int
    parked: int
    attempts_parked: int
    disputes_open: int
    holders_unsettled: int
    onestop_to_review: int
    gaps: int
    messages_failed: int
    costs_over: int
    missed_count: int
    missed_yen: int
    is_shop_lost: bool
    shortages: tuple[shop_stock.Shortage, ...]

    @property
    def is_calm(self) -> bool:
        """Whether nothing waits for anybody."""
        return not (
            self.shipments_late
            or self.charges_attention
            or self.parked
            or self.attempts_parked
            or self.disputes_open
            or self.holders_unsettled
            or self.onestop_to_review
            or self.gaps
            or self.messages_failed
            or self.costs_over
            or self.missed_count
            or self.is_shop_lost
            or self.shortages
        )


def overview(*, today: date) -> Overview:
    """This will count everything for the staff's first page."""
    month = jptime.month_start(today)
    members = _by_state(
        models.Membership.objects.all(), choices=states.MembershipState, tone=tones.MEMBERSHIP
    )
    money = _money(today=today)
    parcels = _parcels(today=today)
    missed = operation_selectors.catch_up_sums()
    return Overview(
        month=month,
        year=today.year,
        members=members,
        cycles=_by_state(
            models.Cycle.objects.filter(month=month), choices=states.CycleState, tone=tones.CYCLE
        ),
        month_yen=money["month_yen"] or 0,
        month_donations=money["month_donations"],
        year_yen=money["year_yen"] or 0,
        year_donations=money["year_donations"],
        shipments_to_ship=parcels["waiting"],
        shipments_late=parcels["late"],
        charges_attention=donation_models.PaymentAttempt.objects.filter(
            charges.attention_condition()
        ).count(),
        parked=next(item.count for item in members if item.value == states.MembershipState.PARKED),
        attempts_parked=donation_selectors.attempts_unclear()
        .filter(parked_at__isnull=False)
        .count(),
        disputes_open=donation_selectors.disputes_open().count(),
        holders_unsettled=donation_selectors.cards_unsettled()
        .filter(holder_state="differs")
        .count(),
        onestop_to_review=onestop_selectors.applications_to_review().count(),
        gaps=balance_selectors.gaps().count(),
        messages_failed=outbox_selectors.messages_failed().count()
        + shop_selectors.deliveries_failed().count(),
        costs_over=cost_selectors.revisions_over().count(),
        missed_count=missed.count if missed else 0,
        missed_yen=missed.amount_yen if missed else 0,
        is_shop_lost=shop_selectors.installation_is_lost(),
        shortages=tuple(shop_stock.shortages(today=today)),
    )


def _by_state(
    rows: QuerySet[Any], *, choices: type[TextChoices], tone: Mapping[str, str]
) -> tuple[StateCount, ...]:
    counted = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    return tuple(
        StateCount(
            value=state.value,
            label=state.label,
            count=counted.get(state.value, 0),
            tone=tone[state.value],
        )
        for state in choices
    )


def _money(*, today: date) -> dict[str, int]:
    first = jptime.month_start(today)
    of_month = Q(donated_on__gte=first, donated_on__lt=jptime.month_add(first, 1))
    of_year = Q(donated_on__gte=date(today.year, 1, 1), donated_on__lte=date(today.year, 12, 31))
    is_donation = Q(corrects__isnull=True)
    rows = donation_models.Donation.objects.filter(of_year)
    return rows.aggregate(
        month_yen=Sum("amount_yen", filter=of_month),
        month_donations=Count("pk", filter=of_month & is_donation),
        year_yen=Sum("amount_yen"),
        year_donations=Count("pk", filter=is_donation),
    )


def _parcels(*, today: date) -> dict[str, int]:
    waiting = fulfilment_models.Shipment.objects.filter(
        state__in=sorted(fulfilment_states.SHIPMENT_TO_SHIP)
    )
    return waiting.aggregate(
        waiting=Count("pk"), late=Count("pk", filter=shipments.late_condition(today))
    )

"""What the small pages beside an order, a customer or a product of the shop show.

No personal data: the shop's own page beside them shows whose it is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from saleor_ext.common import jptime
from saleor_ext.common.errors import NotFound
from saleor_ext.dashboard import messages
from saleor_ext.dashboard.lists import tones
from saleor_ext.dashboard.queries.member import StateRow
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models, selectors, states
from saleor_ext.saleor_connector import selectors as shop_selectors

BOXES_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class OrderWidget:
    """The month behind an order: its donation and its parcels."""

    cycle: StateRow
    cycle_key: str
    donor_id: int
    donations: tuple[donation_models.Donation, ...]
    shipments: tuple[StateRow, ...]


@dataclass(frozen=True, kw_only=True)
class MembershipLine:
    """One membership, and its next month if there is one."""

    membership: models.Membership
    tone: str
    reason: str
    next_cycle: models.Cycle | None


@dataclass(frozen=True, kw_only=True)
class CustomerWidget:
    """The memberships behind a customer account."""

    donor_id: int
    memberships: tuple[MembershipLine, ...]
    year: int
    year_yen: int


@dataclass(frozen=True, kw_only=True)
class GiftPart:
    """A gift: which boxes hold it, and how many parcels with it wait."""

    gift: fulfilment_models.Gift
    boxes: tuple[fulfilment_models.BoxItem, ...]
    waiting: int


@dataclass(frozen=True, kw_only=True)
class TierPart:
    """A tier: how many members are in which state."""

    tier: models.Tier
    members: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, kw_only=True)
class ProductWidget:
    """The gifts and tiers that a product of the shop stands for."""

    gifts: tuple[GiftPart, ...]
    tiers: tuple[TierPart, ...]


def order_widget(*, order_id: str) -> OrderWidget:
    """This will read the month behind an order of the shop.

    Raises:
        NotFound: it is no order of ours.
    """
    order = shop_selectors.shop_order_of_id(order_id=order_id)
    cycle = selectors.cycle_by_key(key=order.external_reference) if order else None
    if cycle is None:
        raise NotFound(what="order")
    shipments = fulfilment_selectors.shipments_of_cycle(cycle_id=cycle.pk)
    donations = donation_models.Donation.objects.filter(attempt__cycle_id=cycle.pk).order_by("pk")
    reason = messages.reason_words(cycle.reason)
    return OrderWidget(
        cycle=StateRow(row=cycle, tone=tones.CYCLE[cycle.state], reason=reason),
        cycle_key=selectors.cycle_key(cycle=cycle),
        donor_id=cycle.membership.donor_id,
        donations=tuple(donations),
        shipments=tuple(StateRow(row=row, tone=tones.SHIPMENT[row.state]) for row in shipments),
    )


def customer_widget(*, saleor_user_id: str, today: date) -> CustomerWidget:
    """This will read the memberships behind a customer account.

    Raises:
        NotFound: nobody with this account ever began to join.
    """
    donor = selectors.donor_of_user(saleor_user_id=saleor_user_id)
    if donor is None:
        raise NotFound(what="donor")
    rows = selectors.memberships_of(donor_id=donor.pk)
    return CustomerWidget(
        donor_id=donor.pk,
        memberships=tuple(_membership_line(row, today=today) for row in rows),
        year=today.year,
        year_yen=donation_selectors.donated_yen_in_year(donor_id=donor.pk, year=today.year),
    )


def _membership_line(membership: models.Membership, *, today: date) -> MembershipLine:
    ahead = models.Cycle.objects.filter(
        membership_id=membership.pk,
        state__in=[states.CycleState.PLANNED, states.CycleState.LOCKED],
        charge_on__gte=today,
    )
    return MembershipLine(
        membership=membership,
        tone=tones.MEMBERSHIP[membership.state],
        reason=messages.reason_words(membership.parked_reason),
        next_cycle=ahead.order_by("n").first(),
    )


def product_widget(*, skus: Collection[str], today: date) -> ProductWidget:
    """This will read the gifts and tiers that a product of the shop stands for.

    Raises:
        NotFound: it stands for none.
    """
    gifts = fulfilment_models.Gift.objects.filter(sku__in=skus).select_related("producer")
    tiers = models.Tier.objects.filter(sku__in=skus)
    widget = ProductWidget(
        gifts=tuple(_gift_part(gift, today=today) for gift in gifts),
        tiers=tuple(_tier_part(tier) for tier in tiers),
    )
    if not widget.gifts and not widget.tiers:
        raise NotFound(what="product")
    return widget


def _gift_part(gift: fulfilment_models.Gift, *, today: date) -> GiftPart:
    boxes = (
        fulfilment_models.BoxItem.objects.filter(
            gift_id=gift.pk, box_plan__month__gte=jptime.month_start(today)
        )
        .select_related("box_plan__tier")
        .order_by("box_plan__month", "box_plan__tier__sort_order")
    )
    waiting = fulfilment_models.Shipment.objects.filter(
        items__gift_id=gift.pk, state__in=sorted(fulfilment_states.SHIPMENT_TO_SHIP)
    )
    return GiftPart(gift=gift, boxes=tuple(boxes[:BOXES_SHOWN]), waiting=waiting.count())


def _tier_part(tier: models.Tier) -> TierPart:
    shown = [state for state in states.MembershipState if state != states.MembershipState.DRAFT]
    counted = models.Membership.objects.filter(tier_id=tier.pk).aggregate(
        **{state.value: Count("pk", filter=Q(state=state.value)) for state in shown}
    )
    return TierPart(
        tier=tier,
        members=tuple(
            (str(state.label), tones.MEMBERSHIP[state.value], counted[state.value])
            for state in shown
            if counted[state.value]
        ),
    )

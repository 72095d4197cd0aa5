"""Looking at a month's order in the shop and following what staff did to it there.

The order is fetched anew each time, so that messages may come late, twice or in any order, and
looking again changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from saleor_ext.common import jptime
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import states as donation_states
from saleor_ext.flows.month import janitor, received, settle
from saleor_ext.flows.orders import parcel_follow
from saleor_ext.flows.orders.orders import NotYet
from saleor_ext.fulfilment import services as fulfilment_services
from saleor_ext.membership import cycles, models, selectors, services, states
from saleor_ext.outbox import selectors as outbox_selectors
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import orders
from saleor_ext.saleor_connector import services as shop

SHOP_ACTOR = "shop"
REASON = "order_cancelled"
GONE = frozenset({"CANCELED", "EXPIRED"})
"""Statuses of an order that staff, or the shop by itself, gave up."""


def order_look(payload: Mapping[str, Any], now: datetime) -> None:
    """This will bring our side of a month in step with its order in the shop."""
    cycle = selectors.cycle_get(cycle_id=int(payload["cycle_id"]))
    order = orders.order_find(external_reference=selectors.cycle_key(cycle=cycle))
    if order is None:
        return
    shop.shop_order_record(order=order)
    if order.status in GONE:
        _gone(cycle, now=now)
    else:
        parcel_follow.parcels_follow(cycle, order=order, today=jptime.jst_date(now), now=now)


def is_known_gone(cycle: models.Cycle) -> bool:
    """This will say whether a cancelled order is no news: we cancelled it, or staff were told."""
    if _is_paid(cycle):
        return _is_given_back(cycle) or outbox_selectors.is_known(key=_told_key(cycle))
    return cycle.state != states.CycleState.LOCKED


def _is_paid(cycle: models.Cycle) -> bool:
    paying = cycle.covered_by or cycle
    return paying.state == states.CycleState.CHARGED


def _is_given_back(cycle: models.Cycle) -> bool:
    """After a refund the order is cancelled by ourselves."""
    paid = donation_selectors.attempt_received(cycle_id=(cycle.covered_by or cycle).pk)
    return paid is not None and paid.state == donation_states.AttemptState.REFUNDED


def _told_key(cycle: models.Cycle) -> str:
    return f"mail:order_cancelled:{cycle.pk}"


def _gone(cycle: models.Cycle, *, now: datetime) -> None:
    if is_known_gone(cycle):
        return
    if _is_paid(cycle):
        _hold(cycle, now=now)
        return
    # A donation that is being received at this moment decides first what the month is.
    if not janitor.attempts_close(cycle_id=cycle.pk, now=now, actor=SHOP_ACTOR):
        raise NotYet("a payment of the month is still open")
    _leave_out(cycle.pk, now=now)


@transaction.atomic
def _leave_out(cycle_id: int, *, now: datetime) -> None:
    """The month is skipped and the donor told; who owes nothing else goes on as before."""
    cycles.cycle_hold(cycle_id=cycle_id)
    cycle = selectors.cycle_get(cycle_id=cycle_id)
    if cycle.state != states.CycleState.LOCKED:
        return
    if donation_selectors.open_attempt(cycle_id=cycle_id) is not None:
        raise NotYet("a payment of the month has just begun")
    cycles.cycle_skip(cycle_id=cycle_id, reason=REASON, now=now, actor=SHOP_ACTOR)
    settle.mail_put("cycle_skipped", cycle=cycle, now=now)
    membership = cycle.membership
    if membership.state == states.MembershipState.PAST_DUE and not received.owes_other(cycle):
        services.membership_activate(
            membership_id=membership.pk, now=now, actor=SHOP_ACTOR, reason=REASON
        )


@transaction.atomic
def _hold(cycle: models.Cycle, *, now: datetime) -> None:
    """Paid for, but without an order: nothing leaves and nothing is charged until staff decide."""
    fulfilment_services.shipments_hold(cycle_id=cycle.pk, now=now, actor=SHOP_ACTOR, reason=REASON)
    membership = models.Membership.objects.get(pk=cycle.membership_id)
    if membership.state in states.MEMBERSHIP_TRANSITIONS[states.MembershipState.PARKED]:
        services.membership_park(
            membership_id=membership.pk, now=now, actor=SHOP_ACTOR, reason=REASON
        )
    outbox.message_put(
        topic="mail.staff",
        key=_told_key(cycle),
        payload={"name": "order_cancelled", "cycle_id": cycle.pk},
        now=now,
    )

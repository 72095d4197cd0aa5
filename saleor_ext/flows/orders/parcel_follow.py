"""Following what staff did to a month's parcels in the shop."""

from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import registry
from saleor_ext.common.errors import Refusal
from saleor_ext.flows.orders import order_queue, shipping
from saleor_ext.flows.orders.order_parcels import FULFILMENT_LIVE, fulfilment_of
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.fulfilment import selectors as fulfilment_selectors
from saleor_ext.fulfilment import services, states
from saleor_ext.membership import models
from saleor_ext.outbox import services as outbox
from saleor_ext.saleor_connector import orders

SHOP_ACTOR = "shop"
_State = states.ShipmentState


def parcels_follow(cycle: models.Cycle, *, order: orders.Order, today: date, now: datetime) -> None:
    """This will bring each parcel of a month in step with the shop's fulfilments.

    While a change of ours is still on its way to the shop, ours counts.
    """
    if order_queue.is_parcel_under_way(cycle_id=cycle.pk):
        return
    for parcel in fulfilment_selectors.shipments_with_gifts(cycle_id=cycle.pk):
        made = fulfilment_of(order, parcel)
        if made is None:
            _taken_back(parcel, order=order, now=now)
        elif parcel.state in {_State.REQUESTED, _State.PREPARING}:
            _left(parcel, made=made, today=today, now=now)
        elif parcel.state == _State.SHIPPED:
            _number_follow(parcel, made=made, now=now)


def _taken_back(parcel: fulfilment_models.Shipment, *, order: orders.Order, now: datetime) -> None:
    """The fulfilment that stood for it is cancelled: it is with the producer again."""
    known = [item for item in order.fulfilments if item.id == parcel.shop_fulfilment_id]
    if parcel.state != _State.SHIPPED or not known or known[0].status in FULFILMENT_LIVE:
        return
    with transaction.atomic():
        services.shipment_unship(
            shipment_id=parcel.pk, now=now, actor=SHOP_ACTOR, reason="fulfilment_cancelled"
        )
        _staff_tell("parcel_taken_back", parcel=parcel, about=known[0].id, now=now)


def _left(
    parcel: fulfilment_models.Shipment, *, made: orders.Fulfilment, today: date, now: datetime
) -> None:
    """Staff fulfilled it in the shop: it has left, if its number can be one."""
    number = number_clean(parcel, made.tracking_number)
    try:
        if number is None:
            raise ValueError("no number")
        with transaction.atomic():
            shipped = services.shipment_shipped(
                producer_id=parcel.producer_id,
                key=parcel.key,
                carrier=number[0],
                tracking_number=number[1],
                shipped_on=today,
                now=now,
                actor=SHOP_ACTOR,
            )
            services.shipment_fulfilment_note(shipment_id=parcel.pk, fulfilment_id=made.id)
            shipping.donor_tell(shipped, now=now)
    except (ValueError, Refusal):
        _staff_tell("parcel_number_wrong", parcel=parcel, about=_about(made), now=now)


def _number_follow(
    parcel: fulfilment_models.Shipment, *, made: orders.Fulfilment, now: datetime
) -> None:
    services.shipment_fulfilment_note(shipment_id=parcel.pk, fulfilment_id=made.id)
    if made.tracking_number == parcel.tracking_number:
        return
    number = number_clean(parcel, made.tracking_number)
    try:
        if number is None:
            raise ValueError("no number")
        with transaction.atomic():
            event = services.shipment_number_correct(
                shipment_id=parcel.pk,
                carrier=number[0],
                tracking_number=number[1],
                now=now,
                actor=SHOP_ACTOR,
            )
            if event is not None:
                shipping.number_tell(parcel, event=event, now=now)
    except (ValueError, Refusal):
        _staff_tell("parcel_number_wrong", parcel=parcel, about=_about(made), now=now)


def number_clean(parcel: fulfilment_models.Shipment, text: str) -> tuple[str, str] | None:
    """This will find the carrier whose number a text can be, the parcel's own one first.

    Returns:
        carrier and number, None when no carrier has such numbers.
    """
    carriers = registry.carriers()
    others = [code for code in carriers if code != parcel.carrier]
    for code in [parcel.carrier, *others]:
        try:
            return code, carriers[code].tracking_number_clean(text)
        except ValueError:
            continue
    return None


def _about(made: orders.Fulfilment) -> str:
    """Staff are told once for each number they typed."""
    return f"{made.id}:{made.tracking_number}"[:60]


def _staff_tell(
    name: str, *, parcel: fulfilment_models.Shipment, about: str, now: datetime
) -> None:
    outbox.message_put(
        topic="mail.staff",
        key=f"mail:{name}:{parcel.pk}:{about}"[:120],
        payload={"name": name, "cycle_id": parcel.cycle_id, "shipment_id": parcel.pk},
        now=now,
    )

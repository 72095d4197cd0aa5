"""A producer hands a parcel to the carrier: number checked, donor told, shop's order fulfilled."""

from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import registry
from saleor_ext.contracts.carrier import Carrier
from saleor_ext.flows import errors
from saleor_ext.flows.orders import order_queue
from saleor_ext.fulfilment import models, selectors, services
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.outbox import services as outbox


def shipment_ship(
    *, producer_id: int, key: str, tracking_text: str, today: date, now: datetime, actor: str
) -> models.Shipment:
    """This will note a parcel as shipped under the number the producer typed.

    Raises:
        NotFound: it is not this producer's parcel.
        TrackingInvalid: the number cannot be right.
        TrackingUsed: another parcel has this number.
        InvalidTransition: it was cancelled or shipped under another number.
    """
    shipment = selectors.shipment_of_producer(producer_id=producer_id, key=key)
    carrier = registry.carriers()[shipment.carrier]
    number = _number(carrier, tracking_text)
    with transaction.atomic():
        shipped = services.shipment_shipped(
            producer_id=producer_id,
            key=key,
            carrier=carrier.code,
            tracking_number=number,
            shipped_on=today,
            now=now,
            actor=actor,
        )
        order_queue.parcel_put(
            "order.fulfill", shipment=shipped, key=f"order.fulfill:{_time(shipped)}", now=now
        )
        donor_tell(shipped, now=now)
    return shipped


def tracking_correct(
    *, producer_id: int, key: str, tracking_text: str, now: datetime, actor: str
) -> models.Shipment:
    """This will put another number on a parcel that is under way, and tell donor and shop.

    Raises:
        NotFound: it is not this producer's parcel.
        TrackingInvalid: the number cannot be right.
        TrackingUsed: another parcel has this number.
        InvalidTransition: it has not left, or has arrived.
    """
    shipment = selectors.shipment_of_producer(producer_id=producer_id, key=key)
    carrier = registry.carriers()[shipment.carrier]
    number = _number(carrier, tracking_text)
    with transaction.atomic():
        event = services.shipment_number_correct(
            shipment_id=shipment.pk,
            carrier=carrier.code,
            tracking_number=number,
            now=now,
            actor=actor,
        )
        if event is not None:
            order_queue.parcel_put(
                "order.fulfill", shipment=shipment, key=f"order.track:{event.pk}", now=now
            )
            number_tell(shipment, event=event, now=now)
    return selectors.shipment_of_producer(producer_id=producer_id, key=key)


def _number(carrier: Carrier, text: str) -> str:
    try:
        return carrier.tracking_number_clean(text)
    except ValueError as error:
        raise errors.TrackingInvalid(str(error.args[0])) from error


def donor_tell(shipment: models.Shipment, *, now: datetime) -> None:
    """This will mail the donor that a parcel has left, once each time it really leaves."""
    key = f"mail:box_shipped:{_time(shipment)}"
    _mail_put("box_shipped", shipment=shipment, key=key, now=now)


def number_tell(shipment: models.Shipment, *, event: models.ShipmentEvent, now: datetime) -> None:
    """This will mail the donor the number that is right."""
    key = f"mail:box_number:{event.pk}"
    _mail_put("box_number", shipment=shipment, key=key, now=now)


def _time(shipment: models.Shipment) -> str:
    """The parcel, and which time it leaves when it was taken back before."""
    times = selectors.times_shipped(shipment_id=shipment.pk)
    return f"{shipment.pk}" if times <= 1 else f"{shipment.pk}:{times}"


def _mail_put(name: str, *, shipment: models.Shipment, key: str, now: datetime) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=shipment.cycle_id)
    outbox.message_put(
        topic="mail.send",
        key=key,
        payload={
            "name": name,
            "donor_id": _told(cycle),
            "cycle_id": cycle.pk,
            "shipment_id": shipment.pk,
        },
        now=now,
    )


def _told(cycle: membership_models.Cycle) -> int:
    """This will return who is told of a parcel: who it goes to, or the donor himself."""
    snapshot = getattr(cycle, "snapshot", None)
    recipient_id: int | None = snapshot.recipient_id if snapshot else None
    return recipient_id or cycle.membership.donor_id

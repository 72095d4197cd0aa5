"""A producer hands a parcel to the carrier: number checked, donor told, shop's order fulfilled."""

from datetime import date, datetime

from django.db import transaction

from saleor_ext.common import registry
from saleor_ext.flows import errors, order_queue
from saleor_ext.fulfilment import models, selectors, services
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
    try:
        number = carrier.tracking_number_clean(tracking_text)
    except ValueError as error:
        raise errors.TrackingInvalid(str(error.args[0])) from error
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
        _follow_up(shipped, now=now)
    return shipped


def _follow_up(shipment: models.Shipment, *, now: datetime) -> None:
    cycle = membership_selectors.cycle_get(cycle_id=shipment.cycle_id)
    order_queue.parcel_put(
        "order.fulfill", shipment=shipment, key=f"order.fulfill:{shipment.pk}", now=now
    )
    outbox.message_put(
        topic="mail.send",
        key=f"mail:box_shipped:{shipment.pk}",
        payload={
            "name": "box_shipped",
            "donor_id": cycle.membership.donor_id,
            "cycle_id": cycle.pk,
            "shipment_id": shipment.pk,
        },
        now=now,
    )

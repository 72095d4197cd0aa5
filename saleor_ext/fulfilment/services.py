"""Writing about parcels. Every move goes through a claim and leaves an event row."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.common.states import reload, state_claim
from saleor_ext.fulfilment import errors, keys, models, selectors, states

_State = states.ShipmentState
LABEL_FIELDS = (
    *("list_on", "ship_from", "ship_to", "recipient_name", "postal_code"),
    *("prefecture", "city", "street", "building", "phone"),
)


@transaction.atomic
def shipments_request(
    *,
    cycle_id: int,
    box_plan_id: int,
    delivery: Mapping[str, str],
    list_on: date,
    ship_from: date,
    ship_to: date,
    now: datetime,
    actor: str,
) -> list[models.Shipment]:
    """This will put one parcel for each producer of a box on the producers' lists.

    `delivery` has the keys name, postal_code, prefecture, city, street, building, phone, as they
    were when the month was locked. A parcel leaves on the first day that both the donor was told
    (`ship_from`) and the producer can keep: `lead_days` of his working days after `list_on`.
    Asking again returns the same parcels, cancelled ones too: what staff cancelled stays so.

    Raises:
        NotFound: there is no such box.
        BoxEmpty: the box has nothing in it.
    """
    if not models.BoxPlan.objects.filter(pk=box_plan_id).exists():
        raise NotFound(what="box_plan")
    lines = selectors.month_lines(box_plan_id=box_plan_id, cycle_id=cycle_id)
    if not lines:
        raise errors.BoxEmpty(box_plan_id=box_plan_id)
    label = _label(delivery) | {"list_on": list_on, "created_at": now}
    requested = []
    for part in selectors.lines_by_producer(lines=lines):
        earliest = selectors.producer_ship_from(producer=part.producer, list_on=list_on)
        leaves_on = max(ship_from, earliest)
        dates = {"ship_from": leaves_on, "ship_to": max(ship_to, leaves_on)}
        requested.append(_request_once(cycle_id, part, label | dates, now=now, actor=actor))
    return requested


def _label(delivery: Mapping[str, str]) -> dict[str, object]:
    parts = ("postal_code", "prefecture", "city", "street", "building", "phone")
    return {"recipient_name": delivery["name"], **{part: delivery[part] for part in parts}}


def _request_once(
    cycle_id: int,
    part: selectors.ProducerLines,
    columns: Mapping[str, object],
    *,
    now: datetime,
    actor: str,
) -> models.Shipment:
    existing = _of_cycle(cycle_id, part.producer.pk)
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return _create(cycle_id, part, columns, now=now, actor=actor)
    except IntegrityError:
        # Another writer was faster; his row is visible once he has committed.
        faster = _of_cycle(cycle_id, part.producer.pk)
        if faster is None:
            raise
        return faster


def _of_cycle(cycle_id: int, producer_id: int) -> models.Shipment | None:
    rows = selectors.shipments_of_cycle(cycle_id=cycle_id).filter(producer_id=producer_id)
    return rows.order_by("-pk").first()


def _create(
    cycle_id: int,
    part: selectors.ProducerLines,
    columns: Mapping[str, object],
    *,
    now: datetime,
    actor: str,
) -> models.Shipment:
    shipment = models.Shipment.objects.create(
        key=keys.shipment_key_make(),
        cycle_id=cycle_id,
        producer=part.producer,
        state=_State.REQUESTED,
        temperature=part.temperature,
        carrier=part.producer.carrier,
        **columns,
    )
    models.ShipmentItem.objects.bulk_create(
        models.ShipmentItem(
            shipment=shipment,
            gift=line.gift,
            name=line.gift.name,
            contents=line.gift.contents,
            quantity=line.quantity,
        )
        for line in part.lines
    )
    _event(shipment, from_state="", now=now, actor=actor)
    return shipment


@transaction.atomic
def stock_note(*, free: Mapping[str, int | None], now: datetime) -> None:
    """This will note how many of each gift the shop has left, by the shop's variant."""
    gifts = list(models.Gift.objects.filter(saleor_variant_id__in=free))
    for gift in gifts:
        gift.stock_free, gift.stock_seen_at = free[gift.saleor_variant_id], now
    models.Gift.objects.bulk_update(gifts, ["stock_free", "stock_seen_at"])


@transaction.atomic
def shipment_ready(*, producer_id: int, key: str, now: datetime, actor: str) -> models.Shipment:
    """This will note that the contents of a parcel are ready. Saying so twice changes nothing.

    Raises:
        NotFound: it is not this producer's parcel.
        InvalidTransition: it has left, or was cancelled.
    """
    shipment = _own(producer_id, key)
    if shipment.state == _State.PREPARING:
        return shipment
    if shipment.state != _State.REQUESTED:
        raise InvalidTransition(to=_State.PREPARING)
    return _move(shipment, to=_State.PREPARING, now=now, actor=actor)


@transaction.atomic
def shipment_unready(*, producer_id: int, key: str, now: datetime, actor: str) -> models.Shipment:
    """This will take back that the contents are ready. Saying so twice changes nothing.

    Raises:
        NotFound: it is not this producer's parcel.
        InvalidTransition: it has left, or was cancelled.
    """
    shipment = _own(producer_id, key)
    if shipment.state == _State.REQUESTED:
        return shipment
    if shipment.state != _State.PREPARING:
        raise InvalidTransition(to=_State.REQUESTED)
    return _move(shipment, to=_State.REQUESTED, now=now, actor=actor)


@transaction.atomic
def shipment_shipped(
    *,
    producer_id: int,
    key: str,
    carrier: str,
    tracking_number: str,
    shipped_on: date,
    now: datetime,
    actor: str,
) -> models.Shipment:
    """This will note that a parcel was handed to the carrier under a tracking number.

    The number must have been verified by the carrier's plugin before. The same number again for
    the same parcel changes nothing.

    Raises:
        NotFound: it is not this producer's parcel.
        TrackingUsed: another parcel has this number.
        InvalidTransition: it has left under another number, or was cancelled.
    """
    shipment = _own(producer_id, key)
    number_is_same = (shipment.carrier, shipment.tracking_number) == (carrier, tracking_number)
    if number_is_same and shipment.state in states.SHIPMENT_SENT:
        return shipment
    taken = models.Shipment.objects.filter(carrier=carrier, tracking_number=tracking_number)
    if taken.exclude(pk=shipment.pk).exists():
        raise errors.TrackingUsed(key=key)
    if shipment.state != _State.LABELLED or not number_is_same:
        _label_claim(shipment, carrier=carrier, number=tracking_number, now=now, actor=actor)
    return _move(shipment, to=_State.SHIPPED, now=now, actor=actor, shipped_on=shipped_on)


def _label_claim(
    shipment: models.Shipment, *, carrier: str, number: str, now: datetime, actor: str
) -> None:
    try:
        with transaction.atomic():
            _move(
                shipment,
                to=_State.LABELLED,
                now=now,
                actor=actor,
                carrier=carrier,
                tracking_number=number,
            )
    except IntegrityError:
        raise errors.TrackingUsed(key=shipment.key) from None


@transaction.atomic
def shipment_number_correct(
    *, shipment_id: int, carrier: str, tracking_number: str, now: datetime, actor: str
) -> models.ShipmentEvent | None:
    """This will write another number on a parcel that is under way; None when it has that one.

    The number must have been verified by the carrier's plugin before.

    Raises:
        TrackingUsed: another parcel has this number.
        InvalidTransition: the parcel has not left, or it has arrived.
    """
    shipment = models.Shipment.objects.select_for_update().get(pk=shipment_id)
    if shipment.state != _State.SHIPPED:
        raise InvalidTransition(to=_State.SHIPPED)
    if (shipment.carrier, shipment.tracking_number) == (carrier, tracking_number):
        return None
    shipment.carrier, shipment.tracking_number = carrier, tracking_number
    try:
        with transaction.atomic():
            shipment.save(update_fields=["carrier", "tracking_number"])
    except IntegrityError:
        raise errors.TrackingUsed(key=shipment.key) from None
    return _event(
        shipment, from_state=_State.SHIPPED, now=now, actor=actor, reason="number_corrected"
    )


@transaction.atomic
def shipment_unship(*, shipment_id: int, now: datetime, actor: str, reason: str) -> models.Shipment:
    """This will put a parcel that has not left after all back among those made ready.

    Raises:
        InvalidTransition: it is not under way.
    """
    shipment = models.Shipment.objects.select_for_update().get(pk=shipment_id)
    if shipment.state != _State.SHIPPED:
        raise InvalidTransition(to=_State.PREPARING)
    return _move(
        shipment,
        to=_State.PREPARING,
        now=now,
        actor=actor,
        reason=reason,
        tracking_number="",
        shipped_on=None,
        shop_fulfilment_id="",
    )


@transaction.atomic
def shipments_hold(*, cycle_id: int, now: datetime, actor: str, reason: str) -> int:
    """This will take a month's parcels that have not left off the producers' lists.

    Returns:
        how many are held now.
    """
    rows = models.Shipment.objects.select_for_update().filter(
        cycle_id=cycle_id, state__in=sorted(states.SHIPMENT_TRANSITIONS[_State.HELD])
    )
    return len(
        [
            _move(shipment, to=_State.HELD, now=now, actor=actor, reason=reason)
            for shipment in rows.order_by("pk")
        ]
    )


@transaction.atomic
def shipments_release(*, cycle_ids: Iterable[int], now: datetime, actor: str, reason: str) -> int:
    """This will put held parcels of some months back on the producers' lists.

    Returns:
        how many there were.
    """
    rows = models.Shipment.objects.select_for_update().filter(
        cycle_id__in=list(cycle_ids), state=_State.HELD
    )
    return len(
        [
            _move(shipment, to=_State.REQUESTED, now=now, actor=actor, reason=reason)
            for shipment in rows.order_by("pk")
        ]
    )


def shipment_fulfilment_note(*, shipment_id: int, fulfilment_id: str) -> None:
    """This will remember which of the shop's fulfilments stands for a parcel that left."""
    models.Shipment.objects.filter(pk=shipment_id, state__in=sorted(states.SHIPMENT_SENT)).update(
        shop_fulfilment_id=fulfilment_id
    )


@transaction.atomic
def shipment_cancel(*, key: str, now: datetime, actor: str, reason: str) -> models.Shipment:
    """This will take a parcel that has not left off the producer's list. Twice changes nothing.

    Raises:
        NotFound: there is none by this key.
        InvalidTransition: it has a tracking number or has left.
    """
    shipment = models.Shipment.objects.select_for_update().filter(key=key).first()
    if shipment is None:
        raise NotFound(what="shipment")
    if shipment.state == _State.CANCELLED:
        return shipment
    return _move(shipment, to=_State.CANCELLED, now=now, actor=actor, reason=reason)


def shipment_replace(
    *, shipment: models.Shipment, now: datetime, actor: str, reason: str
) -> models.Shipment:
    """This will note that another parcel comes instead of one that has not left.

    Raises:
        InvalidTransition: it has a tracking number or has left.
    """
    return _move(shipment, to=_State.SUBSTITUTED, now=now, actor=actor, reason=reason)


def shipment_like(
    *, shipment: models.Shipment, part: selectors.ProducerLines, now: datetime, actor: str
) -> models.Shipment:
    """This will request a parcel with the label and days of another one, and its own contents."""
    columns = {name: getattr(shipment, name) for name in LABEL_FIELDS} | {"created_at": now}
    return _create(shipment.cycle_id, part, columns, now=now, actor=actor)


@transaction.atomic
def shipments_cancel(*, cycle_id: int, now: datetime, actor: str, reason: str) -> int:
    """This will take a month's parcels that have not left off the lists for good.

    Returns:
        how many there were.
    """
    rows = models.Shipment.objects.select_for_update().filter(
        cycle_id=cycle_id, state__in=sorted(states.SHIPMENT_TRANSITIONS[_State.CANCELLED])
    )
    return len(
        [
            _move(shipment, to=_State.CANCELLED, now=now, actor=actor, reason=reason)
            for shipment in rows.order_by("pk")
        ]
    )


def _own(producer_id: int, key: str) -> models.Shipment:
    rows = models.Shipment.objects.select_for_update().filter(producer_id=producer_id, key=key)
    shipment = rows.first()
    if shipment is None:
        raise NotFound(what="shipment")
    return shipment


def _move(
    shipment: models.Shipment,
    *,
    to: str,
    now: datetime,
    actor: str,
    reason: str = "",
    **changes: object,
) -> models.Shipment:
    before = shipment.state
    if before not in states.SHIPMENT_TRANSITIONS[to]:
        raise InvalidTransition(to=to)
    state_claim(
        models.Shipment.objects.filter(pk=shipment.pk, state=before),
        to=to,
        transitions=states.SHIPMENT_TRANSITIONS,
        **changes,
    )
    reload(shipment)
    _event(shipment, from_state=before, now=now, actor=actor, reason=reason)
    return shipment


def _event(
    shipment: models.Shipment, *, from_state: str, now: datetime, actor: str, reason: str = ""
) -> models.ShipmentEvent:
    return models.ShipmentEvent.objects.create(
        shipment=shipment,
        from_state=from_state,
        to_state=shipment.state,
        at=now,
        actor=actor,
        reason=reason[:200],
    )


@transaction.atomic
def gift_cost_set(*, gift_id: int, cost_yen: int) -> int:
    """This will change what the town pays for a gift, consumption tax included.

    Returns:
        what it paid until now.

    Raises:
        NotFound: there is no such gift.
    """
    gift = models.Gift.objects.select_for_update().filter(pk=gift_id).first()
    if gift is None:
        raise NotFound(what="gift")
    before = gift.procurement_cost_yen
    gift.procurement_cost_yen = cost_yen
    gift.save(update_fields=["procurement_cost_yen"])
    return before

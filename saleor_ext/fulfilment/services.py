"""Writing about parcels. Every move goes through a claim and leaves an event row."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.common import moves
from saleor_ext.common.errors import InvalidTransition, NotFound
from saleor_ext.fulfilment import errors, keys, models, selectors, states

_State = states.ShipmentState
_move = functools.partial(moves.move, transitions=states.SHIPMENT_TRANSITIONS)
LABEL_FIELDS = (
    *("list_on", "ship_from", "ship_to", "recipient_name", "postal_code"),
    *("prefecture", "city", "street", "building", "phone"),
)


@dataclass(frozen=True, kw_only=True)
class ParcelsWanted:
    """What a month asks of its producers.

    Attributes:
        cycle_id: the month.
        box_plan_id: the box it gets, with what was swapped in it.
        delivery: name, postal_code, prefecture, city, street, building and phone, as they were
            when the month was locked.
        list_on: the Japanese day on which the producers read of it.
        ship_from: the first day the donor was told.
        ship_to: the last one.
    """

    cycle_id: int
    box_plan_id: int
    delivery: Mapping[str, str]
    list_on: date
    ship_from: date
    ship_to: date


def shipments_request(
    *, wanted: Sequence[ParcelsWanted], now: datetime, actor: str
) -> list[models.Shipment]:
    """This will put one parcel for each producer of a box on the producers' lists, for many months.

    A parcel leaves on the first day that both the donor was told (`ship_from`) and the producer
    can keep: `lead_days` of his working days after `list_on`. Asking again returns the same
    parcels, cancelled ones too: what staff cancelled stays so.

    Raises:
        NotFound: there is no such box; nothing was written for any of these months.
        BoxEmpty: a box has nothing in it; likewise.
    """
    try:
        with transaction.atomic():
            return _request(wanted, now=now, actor=actor)
    except IntegrityError:
        # Another writer was faster; his rows are visible once he has committed.
        with transaction.atomic():
            return _request(wanted, now=now, actor=actor)


def _request(
    wanted: Sequence[ParcelsWanted], *, now: datetime, actor: str
) -> list[models.Shipment]:
    known = _known(wanted)
    parcels, new = [], []
    for month, parts in _parts(wanted):
        for part in parts:
            parcel = known.get((month.cycle_id, part.producer.pk))
            if parcel is None:
                parcel = _unsaved(month.cycle_id, part, _columns(month, part.producer, now=now))
                new.append((parcel, part))
            parcels.append(parcel)
    _create(new, now=now, actor=actor)
    return parcels


def _known(wanted: Sequence[ParcelsWanted]) -> dict[tuple[int, int], models.Shipment]:
    """The parcels that these months have, by month and producer; of several the last one."""
    rows = models.Shipment.objects.filter(cycle_id__in=[month.cycle_id for month in wanted])
    return {(row.cycle_id, row.producer_id): row for row in rows.order_by("pk")}


def _parts(
    wanted: Sequence[ParcelsWanted],
) -> Iterator[tuple[ParcelsWanted, tuple[selectors.ProducerLines, ...]]]:
    """What each producer sends for each month; one box is sorted once, however many get it."""
    lines = selectors.months_lines(
        box_plan_ids={month.cycle_id: month.box_plan_id for month in wanted}
    )
    sorted_once: dict[tuple[selectors.GiftLine, ...], tuple[selectors.ProducerLines, ...]] = {}
    for month in wanted:
        held = tuple(lines[month.cycle_id])
        if not held:
            raise errors.BoxEmpty(box_plan_id=month.box_plan_id)
        if held not in sorted_once:
            sorted_once[held] = selectors.lines_by_producer(lines=held)
        yield month, sorted_once[held]


def _columns(
    month: ParcelsWanted, producer: models.Producer, *, now: datetime
) -> dict[str, object]:
    earliest = selectors.producer_ship_from(producer=producer, list_on=month.list_on)
    leaves_on = max(month.ship_from, earliest)
    return {
        **_label(month.delivery),
        "list_on": month.list_on,
        "ship_from": leaves_on,
        "ship_to": max(month.ship_to, leaves_on),
        "created_at": now,
    }


def _label(delivery: Mapping[str, str]) -> dict[str, object]:
    parts = ("postal_code", "prefecture", "city", "street", "building", "phone")
    return {"recipient_name": delivery["name"], **{part: delivery[part] for part in parts}}


def _unsaved(
    cycle_id: int, part: selectors.ProducerLines, columns: Mapping[str, object]
) -> models.Shipment:
    return models.Shipment(
        key=keys.shipment_key_make(),
        cycle_id=cycle_id,
        producer=part.producer,
        state=_State.REQUESTED,
        temperature=part.temperature,
        carrier=part.producer.carrier,
        **columns,
    )


def _create(
    parcels: Sequence[tuple[models.Shipment, selectors.ProducerLines]], *, now: datetime, actor: str
) -> None:
    """This will write new parcels with what is in them and where their history begins."""
    models.Shipment.objects.bulk_create([parcel for parcel, _ in parcels])
    models.ShipmentItem.objects.bulk_create(
        models.ShipmentItem(
            shipment=parcel,
            gift=line.gift,
            name=line.gift.name,
            contents=line.gift.contents,
            quantity=line.quantity,
        )
        for parcel, part in parcels
        for line in part.lines
    )
    models.ShipmentEvent.objects.bulk_create(
        models.ShipmentEvent(shipment=parcel, to_state=parcel.state, at=now, actor=actor)
        for parcel, _ in parcels
    )


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
    note: models.ShipmentEvent = moves.move_note(
        shipment, before=_State.SHIPPED, now=now, actor=actor, reason="number_corrected"
    )
    return note


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
    parcel = _unsaved(shipment.cycle_id, part, columns)
    _create([(parcel, part)], now=now, actor=actor)
    return parcel


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

"""Writing about gifts that cannot be sent and what comes instead of them."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError, transaction

from saleor_ext.common import moves
from saleor_ext.fulfilment import errors, models, selectors, services, states

_Swap = states.SwapState
REASON = "substituted"


def alternate_propose(
    *, box_plan_id: int, gift_id: int, alternate_id: int, reason: str, now: datetime, actor: str
) -> models.Alternate:
    """This will propose another gift for one that cannot be sent in a box.

    Whether it may be given is for the caller to check.

    Raises:
        AlternateOpen: something is proposed for this gift already.
    """
    try:
        with transaction.atomic():
            made = models.Alternate.objects.create(
                box_plan_id=box_plan_id,
                gift_id=gift_id,
                alternate_id=alternate_id,
                state=states.AlternateState.PROPOSED,
                proposed_at=now,
                reason=reason[:200],
            )
            moves.move_note(made, now=now, actor=actor, reason=reason)
            return made
    except IntegrityError as error:
        raise errors.AlternateOpen() from error


@transaction.atomic
def alternate_withdraw(
    *, alternate_id: int, now: datetime, actor: str, reason: str
) -> list[models.Swap]:
    """This will take a proposal back; who was asked and has not decided keeps the gift as planned.

    Returns:
        the swaps nobody decides any more.

    Raises:
        InvalidTransition: it was taken back already.
    """
    moves.move_by_key(
        models.Alternate,
        alternate_id,
        to=states.AlternateState.WITHDRAWN,
        transitions=states.ALTERNATE_TRANSITIONS,
        now=now,
        actor=actor,
        reason=reason,
    )
    asked = models.Swap.objects.select_for_update().filter(
        alternate_id=alternate_id, state=_Swap.ASKED
    )
    return [
        swap_decide(swap_id=swap.pk, to=_Swap.DROPPED, now=now, actor=actor, reason=reason)
        for swap in asked.order_by("pk")
    ]


@transaction.atomic
def swap_ask(
    *, alternate_id: int, cycle_id: int, answer_until: date, now: datetime, actor: str
) -> models.Swap | None:
    """This will note that a month waits for its donor's word; None when it did already."""
    swap, made = models.Swap.objects.get_or_create(
        alternate_id=alternate_id,
        cycle_id=cycle_id,
        defaults={"state": _Swap.ASKED, "asked_at": now, "answer_until": answer_until},
    )
    if not made:
        return None
    moves.move_note(swap, now=now, actor=actor)
    return swap


@transaction.atomic
def swap_decide(*, swap_id: int, to: str, now: datetime, actor: str, reason: str) -> models.Swap:
    """This will write down what becomes of a month, and who said so.

    Raises:
        InvalidTransition: that was decided already.
    """
    moves.move_by_key(
        models.Swap,
        swap_id,
        to=to,
        transitions=states.SWAP_TRANSITIONS,
        now=now,
        actor=actor,
        reason=reason,
        decided_at=now,
    )
    return selectors.swap_get(swap_id=swap_id)


@transaction.atomic
def shipments_substitute(
    *, cycle_id: int, box_plan_id: int, now: datetime, actor: str
) -> list[models.Shipment]:
    """This will bring a month's parcels in step with what was swapped in its box.

    A parcel whose contents change is replaced by a new one with the same label and days; one that
    has a number or has left stays as it is.

    Returns:
        the parcels that were made.
    """
    wanted = {
        part.producer.pk: part
        for part in selectors.lines_by_producer(
            lines=selectors.month_lines(box_plan_id=box_plan_id, cycle_id=cycle_id)
        )
    }
    rows = models.Shipment.objects.select_for_update().filter(cycle_id=cycle_id)
    live = [row for row in rows.order_by("pk") if row.state not in _OVER]
    made, label = [], live[0] if live else None
    for shipment in live:
        part = wanted.pop(shipment.producer_id, None)
        if shipment.state not in states.SHIPMENT_TRANSITIONS[states.ShipmentState.SUBSTITUTED]:
            continue
        if part is not None and _contents(shipment) == _wanted(part):
            continue
        services.shipment_replace(shipment=shipment, now=now, actor=actor, reason=REASON)
        if part is not None:
            made.append(services.shipment_like(shipment=shipment, part=part, now=now, actor=actor))
    if label is not None:
        made += [
            services.shipment_like(shipment=label, part=part, now=now, actor=actor)
            for part in wanted.values()
        ]
    return made


_OVER = frozenset({states.ShipmentState.CANCELLED, states.ShipmentState.SUBSTITUTED})


def _contents(shipment: models.Shipment) -> set[tuple[int, int]]:
    return {(item.gift_id, item.quantity) for item in shipment.items.all()}


def _wanted(part: selectors.ProducerLines) -> set[tuple[int, int]]:
    return {(line.gift.pk, line.quantity) for line in part.lines}


def has_left(*, shipments: Collection[models.Shipment]) -> bool:
    """This will say whether one of some parcels has a number, or has left."""
    stays = {*states.SHIPMENT_SENT, states.ShipmentState.LABELLED}
    return any(shipment.state in stays for shipment in shipments)

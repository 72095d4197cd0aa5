"""Writing about the entering of new cards. Which card is charged is in `services.card_keep`."""

import functools
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from saleor_ext.common import moves
from saleor_ext.common.errors import InvalidTransition
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.donations import models, services, states

_State = states.CardChangeState
_move = functools.partial(
    moves.move_by_key, models.CardChange, transitions=states.CARD_CHANGE_TRANSITIONS
)


@transaction.atomic
def card_change_begin(
    *, donor_id: int, key_prefix: str, now: datetime, actor: str
) -> models.CardChange:
    """This will write down that a donor goes to enter a new card; one he left open is gone on with.

    `key_prefix` names the donor; the provider knows each entering by a key made of it.
    """
    rows = models.CardChange.objects.select_for_update().filter(donor_id=donor_id)
    change = rows.filter(state=_State.OPEN).first()
    if change is not None:
        return change
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    change, made = models.CardChange.objects.get_or_create(
        donor_id=donor_id,
        state=_State.OPEN,
        defaults={"number": number, "key": f"{key_prefix}-card{number}", "begun_at": now},
    )
    if made:
        moves.move_note(change, now=now, actor=actor)
    return change


def card_change_opened(*, change_id: int, provider_ref: str) -> None:
    """This will remember the provider's reference of an entering; the first one stays."""
    models.CardChange.objects.filter(pk=change_id, provider_ref="").update(
        provider_ref=provider_ref
    )


@transaction.atomic
def card_change_keep(
    *,
    change_id: int,
    customer_ref: str,
    card: CardDetails,
    now: datetime,
    actor: str,
    holder_state: str = "",
) -> models.CardOnFile:
    """This will make the card that was entered the one that is charged from now on.

    Raises:
        InvalidTransition: it is kept already.
    """
    change = _move(change_id, to=_State.KEPT, now=now, actor=actor, settled_at=now)
    return services.card_keep(
        donor_id=change.donor_id,
        customer_ref=customer_ref,
        card=card,
        now=now,
        holder_state=holder_state,
    )


def card_change_drop(*, change_id: int, now: datetime, actor: str, reason: str) -> None:
    """This will give up an entering that the donor never finished.

    Raises:
        InvalidTransition: it is over already.
    """
    _move(change_id, to=_State.DROPPED, now=now, actor=actor, reason=reason, settled_at=now)


@transaction.atomic
def holder_settle(
    *, donor_id: int, to: str, reason: str, now: datetime, actor: str
) -> models.CardOnFile:
    """This will note that a donor's present card is all right, though the name on it is another
    one or could not be compared.

    Law: payer_is_donor

    Raises:
        InvalidTransition: there is nothing to settle, or a name that differs is not the donor's to
            settle.
    """
    may_be = {states.HolderState.UNCLEAR}
    if to == states.HolderState.CLEARED:
        may_be = {states.HolderState.UNCLEAR, states.HolderState.DIFFERS}
    card = (
        models.CardOnFile.objects.select_for_update()
        .filter(donor_id=donor_id, is_current=True, holder_state__in=sorted(may_be))
        .first()
    )
    if card is None:
        raise InvalidTransition(to=to)
    card.holder_state, card.holder_reason = states.HolderState(to).value, reason.strip()
    card.holder_said_by, card.holder_said_at = actor, now
    card.save(update_fields=["holder_state", "holder_reason", "holder_said_by", "holder_said_at"])
    return card

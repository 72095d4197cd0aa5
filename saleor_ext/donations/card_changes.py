"""Writing about the entering of new cards. Which card is charged is in `services.card_keep`."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from saleor_ext.common.states import state_claim
from saleor_ext.contracts.payment import CardDetails
from saleor_ext.donations import models, services, states

_State = states.CardChangeState


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
        _event(change, from_state="", now=now, actor=actor, reason="")
    return change


def card_change_opened(*, change_id: int, provider_ref: str) -> None:
    """This will remember the provider's reference of an entering; the first one stays."""
    models.CardChange.objects.filter(pk=change_id, provider_ref="").update(
        provider_ref=provider_ref
    )


@transaction.atomic
def card_change_keep(
    *, change_id: int, customer_ref: str, card: CardDetails, now: datetime, actor: str
) -> models.CardOnFile:
    """This will make the card that was entered the one that is charged from now on.

    Raises:
        InvalidTransition: it is kept already.
    """
    change = _move(change_id, to=_State.KEPT, now=now, actor=actor, reason="")
    return services.card_keep(
        donor_id=change.donor_id, customer_ref=customer_ref, card=card, now=now
    )


def card_change_drop(*, change_id: int, now: datetime, actor: str, reason: str) -> None:
    """This will give up an entering that the donor never finished.

    Raises:
        InvalidTransition: it is over already.
    """
    _move(change_id, to=_State.DROPPED, now=now, actor=actor, reason=reason)


@transaction.atomic
def _move(change_id: int, *, to: str, now: datetime, actor: str, reason: str) -> models.CardChange:
    change = models.CardChange.objects.select_for_update().get(pk=change_id)
    before = change.state
    state_claim(
        models.CardChange.objects.filter(pk=change_id, state=before),
        to=to,
        transitions=states.CARD_CHANGE_TRANSITIONS,
        settled_at=now,
    )
    change.refresh_from_db()
    _event(change, from_state=before, now=now, actor=actor, reason=reason)
    return change


def _event(
    change: models.CardChange, *, from_state: str, now: datetime, actor: str, reason: str
) -> None:
    models.CardChangeEvent.objects.create(
        change=change,
        from_state=from_state,
        to_state=change.state,
        at=now,
        actor=actor,
        reason=reason[:200],
    )

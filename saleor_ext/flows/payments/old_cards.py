"""A card that was replaced is forgotten at the provider too, so that nothing can charge it again.

The new card is confirmed before; a card belongs to a donor and is charged for all of his
memberships, so what is not the current one is used by none of them. Nothing of ours depends on it:
if the provider is down, the outbox asks again later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from saleor_ext.common import registry
from saleor_ext.donations import models as donation_models
from saleor_ext.donations import selectors as donation_selectors
from saleor_ext.donations import services as donation_services
from saleor_ext.flows.orders import orders
from saleor_ext.outbox import models as outbox_models
from saleor_ext.outbox import services as outbox

TOPIC = "card.detach"
# A charge that took up the old card just before it was replaced is through by then.
PATIENCE = timedelta(minutes=10)


def cards_forget_put(*, current: donation_models.CardOnFile, now: datetime) -> None:
    """This will ask for every card of a donor that was replaced to be forgotten, in the transaction
    that makes another one current.
    """
    if not current.has_replaced:
        return
    outbox.messages_put_many(
        messages=[
            outbox_models.OutboxMessage(
                topic=TOPIC,
                key=f"{TOPIC}:{card_id}:{current.pk}",
                payload={"card_id": card_id},
                next_try_at=now + PATIENCE,
                created_at=now,
            )
            for card_id in donation_selectors.cards_replaced(donor_id=current.donor_id)
        ]
    )


def card_detach(payload: Mapping[str, Any], now: datetime) -> None:
    """This will have the provider forget a card, unless it is charged again or just being charged.

    Raises:
        NotYet: a payment of the donor is open that may stand on it.
        ProviderUnknown, ProviderRetryable: it is asked for again later.
    """
    card = donation_selectors.card_get(card_id=payload["card_id"])
    if card.is_current or card.detached_at is not None:
        return
    if donation_selectors.is_charge_open(donor_id=card.donor_id):
        raise orders.NotYet("a payment of the donor is open")
    registry.payment_provider().card_detach(method_ref=card.method_ref)
    donation_services.card_detached(card_id=card.pk, now=now)

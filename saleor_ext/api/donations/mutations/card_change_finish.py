"""A donor has entered a new card."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.donations import card_change_types
from saleor_ext.api.donations.types import Card
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.donations import selectors
from saleor_ext.flows.choices import card_change


class CardChangeFinish(ApiMutation):
    """After the provider's field said so: see what became of the card, and charge it from now on.

    Months that were declined are charged with it at once, each exactly once.
    """

    step = graphene.Field(card_change_types.CardStep)
    card = graphene.Field(Card, description="The card that is charged now.")

    @classmethod
    def perform(cls, context: ApiContext) -> dict[str, Any]:  # type: ignore[override]
        """This will ask the provider how the entering stands and write it down."""
        donor_id = context.donor_id()
        step = card_change.card_change_finish(
            donor_id=donor_id, now=context.now, actor=f"donor:{donor_id}"
        )
        return {"step": step, "card": selectors.card_current(donor_id=donor_id)}

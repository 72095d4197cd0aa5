"""A donor goes to enter a new card."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.donations import card_change_types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import card_change


class CardChangeBegin(ApiMutation):
    """Open the field for a new card. Asking again finds the same entering; no money moves."""

    step = graphene.Field(card_change_types.CardStep)

    @classmethod
    def perform(cls, context: ApiContext) -> dict[str, Any]:  # type: ignore[override]
        """This will open the entering at the payment provider."""
        donor_id = context.donor_id()
        step = card_change.card_change_choose(
            donor_id=donor_id, now=context.now, actor=f"donor:{donor_id}"
        )
        return {"step": step}

"""A donor says whether something else may come in a gift's place."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.swaps import inputs, types
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.swaps import answering


class SwapAnswer(ApiMutation):
    """Take the alternate, or leave the month out and carry it over; until `answerUntil`."""

    class Arguments:
        id = graphene.ID(required=True)
        is_accepted = graphene.Boolean(required=True)

    swap = graphene.Field(types.Swap)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, id: str, is_accepted: bool
    ) -> dict[str, Any]:
        """This will do what whoever gets the box says."""
        donor_id = context.donor_id()
        swap_id = inputs.number(id, field="id")
        if swap_id not in answering.swap_ids_of(donor_id=donor_id):
            raise NotFound(what="swap")
        swap = answering.swap_answer(
            swap_id=swap_id,
            is_accepted=is_accepted,
            now=context.now,
            actor=f"donor:{donor_id}",
        )
        return {"swap": swap}

"""A producer or staff take a proposal back."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.swaps import inputs, types
from saleor_ext.flows.swaps import proposing


class AlternateWithdraw(ApiMutation):
    """For producers and staff: the gift can be sent after all."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    alternate = graphene.Field(types.Alternate)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, id: str, reason: str
    ) -> dict[str, Any]:
        """This will take it back."""
        principal, producer_id = inputs.proposer(context)
        taken_back = proposing.alternate_withdraw(
            alternate_id=inputs.number(id, field="id"),
            reason=reason,
            now=context.now,
            actor=principal.actor,
            producer_id=producer_id,
        )
        return {"alternate": taken_back}

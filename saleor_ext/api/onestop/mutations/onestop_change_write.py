"""A donor reports that his name or address changed after his application was accepted."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import types
from saleor_ext.flows.onestop import changing


class OnestopChangeWrite(ApiMutation):
    """Write form 55-6 from my present details. It counts once the paper came in."""

    class Arguments:
        year = graphene.Int(required=True)

    change = graphene.Field(types.OnestopChange)

    @classmethod
    def perform(cls, context: ApiContext, *, year: int) -> dict[str, Any]:  # type: ignore[override]
        """This will write the report of the donor who asks."""
        change = changing.change_from_details(
            donor_id=context.donor_id(),
            year=year,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"change": change}

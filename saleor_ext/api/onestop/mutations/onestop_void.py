"""The office declares applications void."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import inputs, types
from saleor_ext.flows.onestop import desk


class OnestopVoid(ApiMutation):
    """For staff: they do not hold; a reason that concerns the year ends the wish."""

    class Arguments:
        numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
        reason = types.OnestopVoidReason(required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, numbers: list[str], reason: Any
    ) -> dict[str, Any]:
        """This will do it for applications of one donor's year: all or none."""
        staff = inputs.officer(context)
        row = desk.applications_void(
            application_ids=inputs.application_ids(numbers),
            reason=getattr(reason, "value", reason),
            now=context.now,
            actor=staff.actor,
        )
        return {"onestop_year": row}

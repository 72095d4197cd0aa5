"""The office notes what applications lack."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import inputs, types
from saleor_ext.flows.onestop import desk


class OnestopIncomplete(ApiMutation):
    """For staff: something is missing; the donor is told what."""

    class Arguments:
        numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
        missing = graphene.List(graphene.NonNull(types.OnestopMissing), required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, numbers: list[str], missing: list[Any]
    ) -> dict[str, Any]:
        """This will do it for applications of one donor's year: all or none."""
        staff = inputs.officer(context)
        row = desk.applications_incomplete(
            application_ids=inputs.application_ids(numbers),
            missing=[getattr(one, "value", one) for one in missing],
            now=context.now,
            actor=staff.actor,
        )
        return {"onestop_year": row}

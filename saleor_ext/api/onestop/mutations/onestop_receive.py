"""The office notes that forms came in."""

from datetime import date
from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import inputs, types
from saleor_ext.flows.onestop import desk


class OnestopReceive(ApiMutation):
    """For staff: forms of one donor came in."""

    class Arguments:
        numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
        received_as = types.OnestopReceivedAs(required=True)
        received_on = graphene.Date(required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, numbers: list[str], received_as: Any, received_on: date
    ) -> dict[str, Any]:
        """This will do it for applications of one donor's year: all or none."""
        staff = inputs.officer(context)
        row = desk.applications_receive(
            application_ids=inputs.application_ids(numbers),
            received_as=getattr(received_as, "value", received_as),
            received_on=received_on,
            today=context.today,
            now=context.now,
            actor=staff.actor,
        )
        return {"onestop_year": row}

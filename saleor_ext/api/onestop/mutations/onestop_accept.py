"""The office accepts applications."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import inputs, types
from saleor_ext.flows.onestop import desk


class OnestopAccept(ApiMutation):
    """For staff: number and person were confirmed. No individual number is ever sent here."""

    class Arguments:
        numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
        identity_kind = types.OnestopIdentityKind(required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, numbers: list[str], identity_kind: Any
    ) -> dict[str, Any]:
        """This will do it for applications of one donor's year: all or none."""
        staff = inputs.officer(context)
        row = desk.applications_accept(
            application_ids=inputs.application_ids(numbers),
            identity_kind=getattr(identity_kind, "value", identity_kind),
            today=context.today,
            now=context.now,
            actor=staff.actor,
        )
        return {"onestop_year": row}

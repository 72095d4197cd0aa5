"""A member offers his membership to another person."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.giving import inputs, types
from saleor_ext.api.membership.choices import SEEN_HELP, own_membership
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import giving


class MembershipGive(ApiMutation):
    """Mail the offer of my membership to another person. The donation stays mine."""

    class Arguments:
        email = graphene.String(required=True)
        seen = graphene.String(description=SEEN_HELP)

    grant = graphene.Field(types.Grant)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, email: str, seen: str | None = None
    ) -> dict[str, Any]:
        """This will mail the offer."""
        membership = own_membership(context)
        grant = giving.give_choose(
            membership_id=membership.pk,
            email=inputs.email(email),
            now=context.now,
            actor=f"donor:{membership.donor_id}",
            seen=seen,
        )
        return {"grant": grant}

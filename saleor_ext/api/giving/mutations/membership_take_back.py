"""A member takes back the membership he gave away, or its offer."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.giving import types
from saleor_ext.api.membership.choices import SEEN_HELP, own_membership
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import giving


class MembershipTakeBack(ApiMutation):
    """Take my membership back, or the offer of it. Months that are fixed stay as they are."""

    class Arguments:
        seen = graphene.String(description=SEEN_HELP)

    grant = graphene.Field(types.Grant)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, seen: str | None = None
    ) -> dict[str, Any]:
        """This will take it back."""
        membership = own_membership(context)
        grant = giving.take_back_choose(
            membership_id=membership.pk,
            now=context.now,
            actor=f"donor:{membership.donor_id}",
            seen=seen,
        )
        return {"grant": grant}

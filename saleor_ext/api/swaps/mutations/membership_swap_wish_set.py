"""A member says what he wants when a gift of his box cannot be sent."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, own_membership
from saleor_ext.api.membership.types import Membership
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.swaps import inputs, types
from saleor_ext.flows.choices import swap_wish


class MembershipSwapWishSet(ApiMutation):
    """Take alternates, be asked each time, or leave such months out. New allergens are asked."""

    class Arguments:
        wish = types.SwapWish(required=True)
        silence = types.SwapWish(default_value="carry", description=inputs.SILENCE_HELP)
        seen = graphene.String(description=SEEN_HELP)

    membership = graphene.Field(Membership)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, wish: object, silence: object, seen: str | None = None
    ) -> dict[str, Any]:
        """This will keep the wish."""
        membership = own_membership(context)
        kept = swap_wish.swap_wish_choose(
            membership_id=membership.pk,
            wish=inputs.wish(wish),
            silence=inputs.silence(silence),
            now=context.now,
            actor=f"donor:{membership.donor_id}",
            seen=seen,
        )
        return {"membership": kept}

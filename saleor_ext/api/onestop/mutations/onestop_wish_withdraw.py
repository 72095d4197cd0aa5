"""A donor takes his wish for the one-stop exception back."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.errors import InputInvalid
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import types
from saleor_ext.flows.onestop import wishing


class OnestopWishWithdraw(ApiMutation):
    """Every application of that year becomes void. RETURN_FILED, TOO_MANY_TOWNS or
    WISH_WITHDRAWN.
    """

    class Arguments:
        year = graphene.Int(required=True)
        reason = types.OnestopVoidReason(required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(cls, context: ApiContext, *, year: int, reason: Any) -> dict[str, Any]:  # type: ignore[override]
        """This will end the wish of the donor who asks."""
        value = getattr(reason, "value", reason)
        if value not in wishing.BACK_REASONS:
            raise InputInvalid(field="reason")
        row = wishing.wish_withdraw(
            donor_id=context.donor_id(),
            year=year,
            reason=value,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"onestop_year": row}

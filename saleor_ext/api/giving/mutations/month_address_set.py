"""Whoever gets the boxes has one of them sent elsewhere."""

from datetime import date
from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.giving import inputs
from saleor_ext.api.membership.choices import SEEN_HELP
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import month_address


class MonthAddressSet(ApiMutation):
    """Send one month's box to another address. The month after goes to the usual one by itself."""

    class Arguments:
        month = graphene.Date(required=True, description="Its first day.")
        address = inputs.MonthAddressInput(required=True)
        received = graphene.Boolean(default_value=False, description=inputs.RECEIVED_HELP)
        seen = graphene.String(description=SEEN_HELP)

    done = graphene.Boolean(required=True, default_value=False)

    @classmethod
    def perform(  # type: ignore[override]
        cls,
        context: ApiContext,
        *,
        month: date,
        address: dict[str, Any],
        received: bool,
        seen: str | None = None,
    ) -> dict[str, Any]:
        """This will send it there."""
        month_address.month_address_choose(
            membership=inputs.delivered_membership(context, received=received),
            month=month,
            address=address,
            now=context.now,
            actor=f"donor:{context.donor_id()}",
            seen=seen,
        )
        return {"done": True}

"""Whoever gets the boxes has one sent to the usual address again."""

from datetime import date
from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.giving import inputs
from saleor_ext.api.membership.choices import SEEN_HELP
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import month_address


class MonthAddressReturn(ApiMutation):
    """Send a month's box to the usual address again."""

    class Arguments:
        month = graphene.Date(required=True, description="Its first day.")
        received = graphene.Boolean(default_value=False, description=inputs.RECEIVED_HELP)
        seen = graphene.String(description=SEEN_HELP)

    done = graphene.Boolean(required=True, default_value=False)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, month: date, received: bool, seen: str | None = None
    ) -> dict[str, Any]:
        """This will send it home."""
        month_address.month_return_choose(
            membership=inputs.delivered_membership(context, received=received),
            month=month,
            now=context.now,
            actor=f"donor:{context.donor_id()}",
            seen=seen,
        )
        return {"done": True}

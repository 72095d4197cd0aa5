"""Somebody gives back a membership that he received."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import giving


class ReceivedLeave(ApiMutation):
    """Give back the membership that was given to me."""

    done = graphene.Boolean(required=True, default_value=False)

    @classmethod
    def perform(cls, context: ApiContext) -> dict[str, Any]:  # type: ignore[override]
        """This will give it back."""
        donor_id = context.donor_id()
        giving.received_leave(donor_id=donor_id, now=context.now, actor=f"donor:{donor_id}")
        return {"done": True}

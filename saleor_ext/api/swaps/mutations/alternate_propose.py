"""A producer or staff propose another gift for one that cannot be sent."""

from datetime import date
from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.swaps import inputs, types
from saleor_ext.flows.swaps import proposing
from saleor_ext.fulfilment import selectors
from saleor_ext.membership import selectors as membership_selectors


class AlternatePropose(ApiMutation):
    """For producers and staff: propose another gift for one that cannot be sent in a month."""

    class Arguments:
        tier = graphene.String(required=True, description="Slug of the tier that has the box.")
        month = graphene.Date(required=True)
        gift = graphene.String(required=True, description="Slug of what cannot be sent.")
        alternate = graphene.String(required=True, description="Slug of what would come instead.")
        reason = graphene.String(required=True)

    alternate = graphene.Field(types.Alternate)

    @classmethod
    def perform(  # type: ignore[override]
        cls,
        context: ApiContext,
        *,
        tier: str,
        month: date,
        gift: str,
        alternate: str,
        reason: str,
    ) -> dict[str, Any]:
        """This will propose it."""
        principal, producer_id = inputs.proposer(context)
        box = selectors.box_for(tier=membership_selectors.tier_get(slug=tier), month=month)
        made = proposing.alternate_propose(
            box_plan_id=box.pk if box else 0,
            gift_id=selectors.gift_get(slug=gift).pk,
            alternate_id=selectors.gift_get(slug=alternate).pk,
            reason=reason,
            now=context.now,
            actor=principal.actor,
            producer_id=producer_id,
        )
        return {"alternate": made}

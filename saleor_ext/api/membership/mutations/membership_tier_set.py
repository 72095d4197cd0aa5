"""A member changes his tier."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import tier
from saleor_ext.membership import models


class MembershipTierSet(ChoiceMutation):
    """Change to another tier from the first month that can be changed; nothing is prorated."""

    class Arguments:
        tier_slug = graphene.String(required=True)
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        tier_slug: str,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will change the tier."""
        return tier.tier_choose(
            membership_id=membership_id,
            tier_slug=tier_slug,
            now=context.now,
            actor=actor,
            seen=seen,
        )

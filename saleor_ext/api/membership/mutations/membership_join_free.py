"""Somebody becomes a member of the free tier."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.joining import join
from saleor_ext.membership import selectors, services


class MembershipJoinFree(ApiMutation):
    """Become a member of a free tier at once. Paid tiers need the pages with the card field."""

    class Arguments:
        tier = graphene.String(required=True, description="The tier's slug.")

    membership = graphene.Field(types.Membership)

    @classmethod
    @transaction.atomic
    def perform(cls, context: ApiContext, *, tier: str) -> dict[str, Any]:  # type: ignore[override]
        """This will join the free tier."""
        principal = context.principal_signed_in()
        selectors.tier_get(slug=tier)
        donor = services.donor_ensure(
            saleor_user_id=principal.user_id, email=principal.email, now=context.now
        )
        membership = join.join_free(
            donor_id=donor.pk, tier_slug=tier, now=context.now, actor=f"donor:{donor.pk}"
        )
        return {"membership": membership}

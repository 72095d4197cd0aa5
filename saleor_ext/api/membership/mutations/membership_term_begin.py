"""A monthly member goes over to a prepaid term, or takes that back."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import term
from saleor_ext.membership import models


class MembershipTermBegin(ChoiceMutation):
    """Give once for several boxes from the first month that can still be changed."""

    class Arguments:
        tier_slug = graphene.String(
            required=True, description="A prepaid tier, or my own tier to go on monthly after all."
        )
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
        """This will note and plan it."""
        return term.term_choose(
            membership_id=membership_id,
            tier_slug=tier_slug,
            now=context.now,
            actor=actor,
            seen=seen,
        )

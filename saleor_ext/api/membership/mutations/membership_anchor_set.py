"""A member changes the day of the month on which he gives."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import anchor
from saleor_ext.membership import models


class MembershipAnchorSet(ChoiceMutation):
    """Give on another day of the month, from the first month that can still be changed."""

    class Arguments:
        day = graphene.Int(required=True, description="1 to 31.")
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        day: int,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will change the day."""
        return anchor.anchor_choose(
            membership_id=membership_id,
            day=day,
            now=context.now,
            actor=actor,
            seen=seen,
        )

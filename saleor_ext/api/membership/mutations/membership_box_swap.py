"""A prepaid member has another box come in one month of the term."""

from datetime import date

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import swap
from saleor_ext.membership import models


class MembershipBoxSwap(ChoiceMutation):
    """Have another box of the same month come instead of the one that would."""

    class Arguments:
        month = graphene.Date(required=True, description="Its first day.")
        box_id = graphene.ID(required=True, description="One of `membershipBoxesOffered`.")
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        month: date,
        box_id: str,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will note it."""
        return swap.swap_choose(
            membership_id=membership_id,
            month=month,
            box_id=swap.box_id_of(box_id),
            now=context.now,
            actor=actor,
            seen=seen,
        )

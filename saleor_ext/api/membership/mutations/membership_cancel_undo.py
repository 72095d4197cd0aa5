"""A member stays after all."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import cancel
from saleor_ext.membership import models


class MembershipCancelUndo(ChoiceMutation):
    """Let my membership go on that was about to end."""

    class Arguments:
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will let it go on."""
        return cancel.cancel_undo_choose(
            membership_id=membership_id,
            now=context.now,
            actor=actor,
            seen=seen,
        )

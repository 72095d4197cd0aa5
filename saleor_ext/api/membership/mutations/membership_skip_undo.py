"""A member brings back a month that he had left out."""

from datetime import date

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import skip
from saleor_ext.membership import models


class MembershipSkipUndo(ChoiceMutation):
    """Bring back a month that I had left out, while it can still be changed."""

    class Arguments:
        month = graphene.Date(required=True, description="Its first day.")
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        month: date,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will bring it back."""
        return skip.skip_undo_choose(
            membership_id=membership_id, month=month, now=context.now, actor=actor, seen=seen
        )

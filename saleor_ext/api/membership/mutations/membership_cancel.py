"""A member leaves at the end of what he has paid for."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.api.membership.whole_choices import CancelReason
from saleor_ext.flows.choices import cancel
from saleor_ext.membership import models


class MembershipCancel(ChoiceMutation):
    """End my membership with the period I have paid for; a free one at once."""

    class Arguments:
        reason = graphene.Argument(CancelReason)
        note = graphene.String(default_value="", description="At most 500 characters.")
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        reason: Any = None,
        note: str = "",
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will end the membership."""
        return cancel.cancel_choose(
            membership_id=membership_id,
            reason=str(getattr(reason, "value", reason) or ""),
            note=note,
            now=context.now,
            actor=actor,
            seen=seen,
        )

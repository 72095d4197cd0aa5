"""A member rests until a day."""

from datetime import date

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import pause
from saleor_ext.membership import models


class MembershipPause(ChoiceMutation):
    """Rest until a day: months whose donation day comes before it are left out."""

    class Arguments:
        until = graphene.Date(required=True, description="The day on which I am there again.")
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        until: date,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will let him rest."""
        return pause.pause_choose(
            membership_id=membership_id,
            resume_on=until,
            now=context.now,
            actor=actor,
            seen=seen,
        )

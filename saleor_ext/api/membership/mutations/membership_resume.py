"""A member goes on before his pause is over."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import pause
from saleor_ext.membership import models


class MembershipResume(ChoiceMutation):
    """End my pause today."""

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
        """This will let him go on."""
        return pause.resume_choose(
            membership_id=membership_id,
            now=context.now,
            actor=actor,
            seen=seen,
        )

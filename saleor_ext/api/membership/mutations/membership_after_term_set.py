"""A prepaid member chooses what comes after the term."""

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation
from saleor_ext.flows.choices import after_term
from saleor_ext.membership import models


class MembershipAfterTermSet(ChoiceMutation):
    """Choose what comes after my prepaid term: a tier, or the end."""

    class Arguments:
        after = graphene.String(required=True, description='The slug of a tier, or "end".')
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        after: str,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will note and plan it."""
        return after_term.after_choose(
            membership_id=membership_id, after=after, now=context.now, actor=actor, seen=seen
        )

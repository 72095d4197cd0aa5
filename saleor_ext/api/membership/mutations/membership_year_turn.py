"""A member says what is to become of a month that the turn of the year found unpaid."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership.choices import SEEN_HELP, ChoiceMutation, YearTurnAnswer
from saleor_ext.flows.choices import year_turn
from saleor_ext.membership import models


class MembershipYearTurn(ChoiceMutation):
    """Give a month of the old year as a donation of the new one, or leave it out."""

    class Arguments:
        answer = graphene.Argument(YearTurnAnswer, required=True)
        seen = graphene.String(description=SEEN_HELP)

    @classmethod
    def choose(  # type: ignore[override]
        cls,
        membership_id: int,
        context: ApiContext,
        actor: str,
        *,
        answer: Any,
        seen: str | None = None,
    ) -> models.MembershipChoice:
        """This will do what was said."""
        return year_turn.year_turn_choose(
            membership_id=membership_id,
            answer=getattr(answer, "value", answer),
            now=context.now,
            actor=actor,
            seen=seen,
        )

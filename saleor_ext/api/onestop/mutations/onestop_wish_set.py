"""A donor wishes for the one-stop exception for a year."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.onestop import inputs, types
from saleor_ext.flows.onestop import wishing
from saleor_ext.onestop import states


class OnestopWishSet(ApiMutation):
    """Answer the questions and wish for the exception. Answers that forbid it are kept, too."""

    class Arguments:
        year = graphene.Int(required=True)
        answers = inputs.OnestopAnswersInput(required=True)

    onestop_year = graphene.Field(types.OnestopYear)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, year: int, answers: dict[str, Any]
    ) -> dict[str, Any]:
        """This will note the wish of the donor who asks."""
        row = wishing.wish_choose(
            donor_id=context.donor_id(),
            year=year,
            answers=inputs.answers(answers),
            origin=states.WishOrigin.PAGE,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"onestop_year": row}

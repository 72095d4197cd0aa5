"""What a donor can choose about his membership, as the API shows it before and after."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.context import ApiContext
from saleor_ext.api.enums import enum_of
from saleor_ext.api.membership.types import Membership, WhenReached
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.scalars import Yen
from saleor_ext.common.errors import NotFound
from saleor_ext.flows.choices import ground, skip, year_turn
from saleor_ext.membership import models, selectors, states

ChoiceKind = enum_of(states.ChoiceKind)
YearTurnAnswer = enum_of(states.YearTurnAnswer)

SEEN_HELP = (
    "`seen` of the preview that was shown. When things have changed since, nothing is done and the "
    "error is CHOICE_CHANGED."
)


class LimitWarning(graphene.ObjectType):
    """My year would exceed the limit I have set myself."""

    year = graphene.Int(required=True)
    limit_yen = graphene.Field(Yen, required=True)
    total_yen = graphene.Field(Yen, required=True, description="Of the year, without the limit.")
    first_over_on = graphene.Date(required=True, description="The first donation beyond it.")
    when_reached = graphene.Field(WhenReached, required=True)
    is_first_donation = graphene.Boolean(
        required=True, description="It is the donation with which I join, which is taken."
    )


class ChoicePreview(graphene.ObjectType):
    """What a choice would do. All days are days in Japan."""

    kind = graphene.Field(ChoiceKind, required=True)
    effective_on = graphene.Date(
        required=True, description="The first day on which something is other than it would be."
    )
    change_until = graphene.Date(description="The last day on which it can be taken back.")
    month = graphene.Date(description="The first day of the first month it is about.")
    months = graphene.List(graphene.NonNull(graphene.Date), required=True)
    next_donation_on = graphene.Date()
    next_donation_yen = graphene.Field(Yen)
    limit_warning = graphene.Field(
        LimitWarning, description="Set when my year would exceed my own limit."
    )
    last_box_month = graphene.Date(
        description="In a prepaid term: the month of its last box, which moves to its end."
    )
    last_box_from = graphene.Date(description="The first day on which that box leaves.")
    seen = graphene.String(required=True, description="To be sent back with the mutation.")


class YearTurnPreview(ChoicePreview):
    """What an answer about a month of the old year would do."""

    answer = graphene.Field(YearTurnAnswer, required=True)
    amount_yen = graphene.Field(Yen, required=True)
    year = graphene.Int(required=True, description="Of which year it would be a donation.")
    year_yen = graphene.Field(Yen, required=True, description="That year's sum with all planned.")
    limit_yen = graphene.Field(Yen, description="My limit of that year.")
    needs_card = graphene.Boolean(required=True, description="The card must be entered anew.")


class MembershipChoice(graphene.ObjectType):
    """What was chosen (お手続き), and from which day it counts."""

    kind = graphene.Field(ChoiceKind, required=True)
    chosen_at = graphene.DateTime(required=True)
    effective_on = graphene.Date(required=True)


def own_membership(context: ApiContext) -> models.Membership:
    """This will return the membership of whoever asks.

    Raises:
        Unauthenticated: nobody is signed in.
        NotFound: he has none that is not over.
    """
    donor_id = context.principal_signed_in().donor_id
    membership = selectors.membership_current(donor_id=donor_id) if donor_id else None
    if membership is None:
        raise NotFound(what="membership")
    return membership


class ChoiceMutation(ApiMutation):
    """Base of a donor's choices. Subclasses write `choose`, which makes one call."""

    class Meta:
        abstract = True

    choice = graphene.Field(MembershipChoice)
    membership = graphene.Field(Membership)

    @classmethod
    def choose(
        cls, membership_id: int, context: ApiContext, actor: str, **arguments: Any
    ) -> models.MembershipChoice:
        """This will do what was chosen."""
        raise NotImplementedError

    @classmethod
    def perform(cls, context: ApiContext, **arguments: Any) -> dict[str, Any]:
        """This will do it for whoever asks."""
        membership = own_membership(context)
        choice = cls.choose(membership.pk, context, f"donor:{membership.donor_id}", **arguments)
        after = selectors.membership_by_public_id(public_id=membership.public_id)
        return {"choice": choice, "membership": after}


class ChoiceQueries(graphene.ObjectType):
    """What would happen. Asking changes nothing."""

    membership_skip_preview = graphene.Field(
        ChoicePreview,
        required=True,
        month=graphene.Date(required=True, description="Its first day."),
    )
    membership_skip_undo_preview = graphene.Field(
        ChoicePreview,
        required=True,
        month=graphene.Date(required=True, description="Its first day."),
    )

    membership_year_turn_preview = graphene.Field(
        YearTurnPreview,
        required=True,
        answer=graphene.Argument(YearTurnAnswer, required=True),
    )

    @staticmethod
    def resolve_membership_year_turn_preview(
        _root: None, info: GraphQLResolveInfo, answer: Any
    ) -> ground.Preview:
        said = getattr(answer, "value", answer)
        return year_turn.year_turn_preview(**asked(info), answer=said)

    @staticmethod
    def resolve_membership_skip_preview(
        _root: None, info: GraphQLResolveInfo, **arguments: Any
    ) -> ground.Preview:
        return skip.skip_preview(**asked(info), **arguments)

    @staticmethod
    def resolve_membership_skip_undo_preview(
        _root: None, info: GraphQLResolveInfo, **arguments: Any
    ) -> ground.Preview:
        return skip.skip_undo_preview(**asked(info), **arguments)


def asked(info: GraphQLResolveInfo) -> dict[str, Any]:
    """This will return what every preview needs: whose membership, and the day in Japan."""
    membership = own_membership(info.context)
    return {"membership_id": membership.pk, "today": info.context.today}

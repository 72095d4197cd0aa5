"""Gifts that cannot be sent, as the API shows them to those who decide and to those who propose."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.fulfilment.types import Gift
from saleor_ext.api.membership.choices import ChoicePreview
from saleor_ext.flows.swaps import fitting
from saleor_ext.fulfilment import models, states
from saleor_ext.membership import states as membership_states

SwapState = enum_of(states.SwapState)
SwapWish = enum_of(membership_states.SwapWish)


class Swap(graphene.ObjectType):
    """A gift of one of my months cannot be sent: what would come instead. No price."""

    id = graphene.ID(required=True)
    state = graphene.Field(SwapState, required=True)
    month = graphene.Date(required=True, description="The first day of the month.")
    gift_name = graphene.String(required=True)
    alternate = graphene.Field(Gift, required=True)
    allergens_added = graphene.List(graphene.NonNull(graphene.String), required=True)
    allergens_gone = graphene.List(graphene.NonNull(graphene.String), required=True)
    answer_until = graphene.Date(required=True, description="The last day in Japan to answer.")

    @staticmethod
    def resolve_month(swap: models.Swap, _info: GraphQLResolveInfo) -> object:
        return swap.cycle.month

    @staticmethod
    def resolve_gift_name(swap: models.Swap, _info: GraphQLResolveInfo) -> str:
        return swap.alternate.gift.name

    @staticmethod
    def resolve_alternate(swap: models.Swap, _info: GraphQLResolveInfo) -> models.Gift:
        return swap.alternate.alternate

    @staticmethod
    def resolve_allergens_added(swap: models.Swap, _info: GraphQLResolveInfo) -> list[str]:
        return list(_allergens(swap).added)

    @staticmethod
    def resolve_allergens_gone(swap: models.Swap, _info: GraphQLResolveInfo) -> list[str]:
        return list(_allergens(swap).gone)


def _allergens(swap: models.Swap) -> fitting.Allergens:
    proposal = swap.alternate
    return fitting.allergens_compare(gift=proposal.gift, alternate=proposal.alternate)


class SwapWishPreview(ChoicePreview):
    """What a wish for such cases means."""

    wish = graphene.Field(SwapWish, required=True)
    silence = graphene.Field(SwapWish, required=True)


class Alternate(graphene.ObjectType):
    """What is proposed for a gift of one box (代わりの品の提案)."""

    id = graphene.ID(required=True)
    month = graphene.Date(required=True, description="The first day of the month.")
    gift = graphene.Field(Gift, required=True)
    alternate = graphene.Field(Gift, required=True)
    reason = graphene.String(required=True)

    @staticmethod
    def resolve_month(alternate: models.Alternate, _info: GraphQLResolveInfo) -> object:
        return alternate.box_plan.month

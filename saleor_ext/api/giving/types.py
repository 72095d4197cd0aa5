"""Memberships that are given to other people, and months that go elsewhere, as the API shows them.

What the recipient sees has no price anywhere.
"""

from datetime import date

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.membership.choices import ChoicePreview
from saleor_ext.common import jptime
from saleor_ext.membership import models, selectors, states

GrantState = enum_of(states.GrantState)


class Grant(graphene.ObjectType):
    """My membership given to another person (贈呈). Who he is and where he lives is his affair."""

    state = graphene.Field(GrantState, required=True)
    offered_at = graphene.DateTime(required=True)
    expires_on = graphene.Date(required=True, description="The last day in Japan to accept it.")

    @staticmethod
    def resolve_expires_on(grant: models.Grant, _info: GraphQLResolveInfo) -> date:
        return jptime.jst_date(grant.expires_at)


class GivePreview(ChoicePreview):
    """What giving the membership, or taking it back, would do."""

    locked_months = graphene.List(
        graphene.NonNull(graphene.Date),
        required=True,
        description="Fixed already: they go where they were fixed to.",
    )
    expires_on = graphene.Date(description="The last day in Japan to accept the offer.")
    is_accepted = graphene.Boolean(required=True)


class AddressPreview(ChoicePreview):
    """What sending one month's box elsewhere would do."""

    ship_to = graphene.Date(required=True)


class ReceivedMonth(graphene.ObjectType):
    """A month of a membership that was given to me."""

    month = graphene.Date(required=True, description="The first day of the month.")
    title = graphene.String(required=True, description="What its box is called; may be empty.")
    ship_from = graphene.Date(required=True)
    ship_to = graphene.Date(required=True)
    change_until = graphene.Date(required=True, description="The last day to change the address.")
    goes_elsewhere = graphene.Boolean(required=True, description="It has an address of its own.")

    @staticmethod
    def resolve_goes_elsewhere(cycle: models.Cycle, _info: GraphQLResolveInfo) -> bool:
        return getattr(cycle, "month_address", None) is not None

    @staticmethod
    def resolve_title(cycle: models.Cycle, info: GraphQLResolveInfo) -> str:
        box = info.context.loaders.box_of(cycle)
        return str(box.title) if box else ""


class ReceivedMembership(graphene.ObjectType):
    """A membership that somebody else gives to me."""

    giver_name = graphene.String(required=True)
    tier_name = graphene.String(required=True)
    has_box = graphene.Boolean(required=True)
    months = graphene.List(graphene.NonNull(ReceivedMonth), required=True)

    @staticmethod
    def resolve_giver_name(membership: models.Membership, _info: GraphQLResolveInfo) -> str:
        return membership.donor.full_name

    @staticmethod
    def resolve_tier_name(membership: models.Membership, _info: GraphQLResolveInfo) -> str:
        return membership.tier.name

    @staticmethod
    def resolve_has_box(membership: models.Membership, _info: GraphQLResolveInfo) -> bool:
        return membership.is_box_wanted

    @staticmethod
    def resolve_months(
        membership: models.Membership, info: GraphQLResolveInfo
    ) -> list[models.Cycle]:
        if not membership.is_box_wanted:
            return []
        cycles = list(
            selectors.cycles_received(membership_id=membership.pk, today=info.context.today)
        )
        info.context.loaders.cycles_expect(cycles)
        return cycles

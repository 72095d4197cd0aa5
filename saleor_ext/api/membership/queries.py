"""Questions about the town, its tiers, and whoever asks."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.access.principal import Principal
from saleor_ext.api import lists
from saleor_ext.api.membership import types
from saleor_ext.api.membership.me import Me
from saleor_ext.membership import models, selectors


class MembershipQueries(graphene.ObjectType):
    """The town, tiers and me."""

    me = graphene.Field(Me, description="Whoever asks; null when nobody is signed in.")
    municipality = graphene.Field(types.Municipality, required=True)
    tiers = graphene.List(
        graphene.NonNull(types.Tier),
        required=True,
        description="The tiers that take members, in the town's order.",
        **lists.list_arguments(),
    )
    tier = graphene.Field(types.Tier, slug=graphene.String(required=True))

    @staticmethod
    def resolve_me(_root: None, info: GraphQLResolveInfo) -> Principal | None:
        principal: Principal = info.context.principal
        return principal if principal.is_signed_in else None

    @staticmethod
    def resolve_municipality(_root: None, _info: GraphQLResolveInfo) -> models.Municipality:
        return selectors.municipality_get()

    @staticmethod
    def resolve_tiers(
        _root: None, _info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Tier]:
        return lists.page(selectors.tiers_open(), first=first, after=after, locate=lists.by_slug)

    @staticmethod
    def resolve_tier(_root: None, _info: GraphQLResolveInfo, slug: str) -> models.Tier:
        return selectors.tier_get(slug=slug)

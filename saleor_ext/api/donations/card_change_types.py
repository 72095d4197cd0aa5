"""The entering of a new card as the API shows it to the donor himself."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.membership.types import Cycle
from saleor_ext.api.scalars import Yen
from saleor_ext.flows.choices import card_change
from saleor_ext.membership import models


class CardStep(graphene.ObjectType):
    """Where the entering stands. Confirm `clientSecret` with the provider's script."""

    state = graphene.String(required=True, description="confirm, declined, waiting or done.")
    decline_code = graphene.String(required=True)
    client_secret = graphene.String(required=True)
    publishable_key = graphene.String(required=True)
    script_url = graphene.String(required=True)


class CardChangePreview(graphene.ObjectType):
    """What a new card would be charged for, and when."""

    retried = graphene.List(
        graphene.NonNull(Cycle), required=True, description="Charged at once, each exactly once."
    )
    retried_yen = graphene.Field(Yen, required=True)
    next_charge_on = graphene.Date(description="The next donation that the new card pays.")
    next_amount_yen = graphene.Field(Yen, required=True)

    @staticmethod
    def resolve_retried(
        preview: card_change.CardChangePreview, info: GraphQLResolveInfo
    ) -> list[models.Cycle]:
        cycles = list(preview.retried)
        info.context.loaders.cycles_expect(cycles)
        return cycles

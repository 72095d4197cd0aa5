"""Donations and cards as the API shows them to the donor himself."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.scalars import Yen
from saleor_ext.donations import models

DONATION_PREFIX = "D"


class Donation(graphene.ObjectType):
    """A row of the ledger (寄附): money received, or a correction, whose amount is negative."""

    key = graphene.ID(required=True)
    amount_yen = graphene.Field(Yen, required=True)
    donated_on = graphene.Date(required=True, description="The day in Japan.")
    tier_name = graphene.String(required=True)
    receipt_number = graphene.String(description="As printed on the receipt; null on corrections.")
    is_correction = graphene.Boolean(required=True)

    @staticmethod
    def resolve_key(donation: models.Donation, _info: GraphQLResolveInfo) -> str:
        return f"{DONATION_PREFIX}{donation.pk}"

    @staticmethod
    def resolve_receipt_number(donation: models.Donation, _info: GraphQLResolveInfo) -> str | None:
        return donation.receipt_label or None

    @staticmethod
    def resolve_is_correction(donation: models.Donation, _info: GraphQLResolveInfo) -> bool:
        return donation.corrects_id is not None


class Card(graphene.ObjectType):
    """The card that the next donations are charged to."""

    brand = graphene.String(required=True)
    last4 = graphene.String(required=True)
    exp_month = graphene.Int(required=True)
    exp_year = graphene.Int(required=True)

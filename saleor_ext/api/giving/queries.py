"""What giving a membership, or sending a month elsewhere, would do. Asking changes nothing."""

from datetime import date
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.giving import inputs, types
from saleor_ext.api.membership.choices import own_membership
from saleor_ext.flows.choices import giving, month_address


class GivingQueries(graphene.ObjectType):
    """What would happen."""

    membership_give_preview = graphene.Field(
        types.GivePreview, required=True, email=graphene.String(required=True)
    )
    membership_take_back_preview = graphene.Field(types.GivePreview, required=True)
    month_address_preview = graphene.Field(
        types.AddressPreview,
        required=True,
        month=graphene.Date(required=True, description="Its first day."),
        address=inputs.MonthAddressInput(required=True),
        received=graphene.Boolean(default_value=False, description=inputs.RECEIVED_HELP),
    )

    @staticmethod
    def resolve_membership_give_preview(
        _root: None, info: GraphQLResolveInfo, email: str
    ) -> giving.GivePreview:
        membership = own_membership(info.context)
        return giving.give_preview(
            membership_id=membership.pk, email=inputs.email(email), now=info.context.now
        )

    @staticmethod
    def resolve_membership_take_back_preview(
        _root: None, info: GraphQLResolveInfo
    ) -> giving.GivePreview:
        membership = own_membership(info.context)
        return giving.take_back_preview(membership_id=membership.pk, now=info.context.now)

    @staticmethod
    def resolve_month_address_preview(
        _root: None,
        info: GraphQLResolveInfo,
        month: date,
        address: dict[str, Any],
        *,
        received: bool,
    ) -> month_address.MonthAddressPreview:
        membership = inputs.delivered_membership(info.context, received=received)
        return month_address.month_address_preview(
            membership=membership, month=month, address=address, today=info.context.today
        )

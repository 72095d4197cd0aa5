"""What a wish would mean. Asking changes nothing."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.membership.choices import own_membership
from saleor_ext.api.swaps import inputs, types
from saleor_ext.flows.choices import swap_wish


class SwapQueries(graphene.ObjectType):
    """Wishes for gifts that cannot be sent."""

    membership_swap_wish_preview = graphene.Field(
        types.SwapWishPreview,
        required=True,
        wish=types.SwapWish(required=True),
        silence=types.SwapWish(default_value="carry", description=inputs.SILENCE_HELP),
    )

    @staticmethod
    def resolve_membership_swap_wish_preview(
        _root: None, info: GraphQLResolveInfo, wish: object, silence: object
    ) -> swap_wish.SwapWishPreview:
        return swap_wish.swap_wish_preview(
            membership_id=own_membership(info.context).pk,
            wish=inputs.wish(wish),
            silence=inputs.silence(silence),
            today=info.context.today,
        )

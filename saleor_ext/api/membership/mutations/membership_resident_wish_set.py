"""A member says what happens should he move into the town."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import services


class MembershipResidentWishSet(ApiMutation):
    """Should I move into the town: go on giving without boxes, or leave those months out."""

    class Arguments:
        is_pure = graphene.Boolean(
            required=True, description="True to go on as a donation without boxes."
        )

    membership = graphene.Field(types.Membership)

    @classmethod
    @transaction.atomic
    def perform(cls, context: ApiContext, *, is_pure: bool) -> dict[str, Any]:  # type: ignore[override]
        """This will note the wish of whoever asks."""
        principal = context.principal_signed_in()
        if principal.donor_id is None:
            raise NotFound(what="membership")
        membership = services.membership_resident_wish_set(
            donor_id=principal.donor_id, is_pure=is_pure
        )
        return {"membership": membership}

"""A member says what the town is to use his donations for."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import services


class MembershipUseSet(ApiMutation):
    """What my donations are to be used for (使途), from the next month that is locked."""

    class Arguments:
        use = graphene.String(
            required=True, description="A slug of the town's uses, empty to leave it to the town."
        )

    membership = graphene.Field(types.Membership)

    @classmethod
    @transaction.atomic
    def perform(cls, context: ApiContext, *, use: str) -> dict[str, Any]:  # type: ignore[override]
        """This will note the use."""
        principal = context.principal_signed_in()
        if principal.donor_id is None:
            raise NotFound(what="membership")
        membership = services.membership_use_set(donor_id=principal.donor_id, use_slug=use)
        return {"membership": membership}

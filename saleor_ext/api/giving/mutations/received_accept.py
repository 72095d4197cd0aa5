"""Somebody accepts a membership that was offered to him."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.giving import types
from saleor_ext.api.membership.mutations.donor_details_set import DonorDetailsInput
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.choices import giving
from saleor_ext.membership import selectors


class ReceivedAccept(ApiMutation):
    """Accept a membership with the link that was mailed to me. It opens for my address, once."""

    class Arguments:
        link = graphene.String(required=True, description="The last part of the mailed link.")
        input = DonorDetailsInput(required=True)

    received = graphene.Field(types.ReceivedMembership)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, link: str, input: dict[str, Any]
    ) -> dict[str, Any]:
        """This will accept it with name and address."""
        principal = context.principal_signed_in()
        grant = giving.offer_accept(
            sealed=link.rstrip("/").rpartition("/")[2],
            user_id=principal.user_id,
            email=principal.email,
            details={name: value for name, value in input.items() if value is not None},
            now=context.now,
        )
        return {"received": selectors.membership_received(donor_id=grant.recipient_id or 0)}

"""A donor writes down name, address and birthday."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.membership import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.joining import donor_details
from saleor_ext.membership import services


class DonorDetailsInput(graphene.InputObjectType):
    """My details. The registered address is read only when it is not the same."""

    family_name = graphene.String(required=True)
    given_name = graphene.String(required=True)
    family_kana = graphene.String(default_value="")
    given_kana = graphene.String(default_value="")
    birth_date = graphene.Date(required=True)
    phone = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    prefecture = graphene.String(required=True)
    city = graphene.String(required=True)
    street = graphene.String(required=True)
    building = graphene.String(default_value="")
    is_registered_address_same = graphene.Boolean(default_value=True)
    registered_postal_code = graphene.String(default_value="")
    registered_prefecture = graphene.String(default_value="")
    registered_city = graphene.String(default_value="")
    registered_street = graphene.String(default_value="")
    registered_building = graphene.String(default_value="")


class DonorDetailsSet(ApiMutation):
    """Store my name, address and birthday. Months that are locked keep the address they had."""

    class Arguments:
        input = DonorDetailsInput(required=True)

    donor = graphene.Field(types.DonorDetails)

    @classmethod
    @transaction.atomic
    def perform(cls, context: ApiContext, *, input: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        """This will store the details of whoever asks."""
        principal = context.principal_signed_in()
        given = {name: value for name, value in input.items() if value is not None}
        cleaned = donor_details.details_clean(details=given, today=context.today)
        donor = services.donor_ensure(
            saleor_user_id=principal.user_id, email=principal.email, now=context.now
        )
        return {"donor": services.donor_details_set(donor_id=donor.pk, details=cleaned)}

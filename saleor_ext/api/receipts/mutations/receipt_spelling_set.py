"""A donor says how his name is written for e-Tax."""

from typing import Any

import graphene
from django.db import transaction

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.common.errors import NotFound
from saleor_ext.membership import models as membership_models
from saleor_ext.receipts import selectors, services


class ReceiptSpellingSet(ApiMutation):
    """Say how a name of mine is written in e-Tax's files. The name itself stays as it is."""

    class Arguments:
        name = graphene.String(required=True, description="As it stands on my receipts.")
        etax_name = graphene.String(required=True)

    etax_name = graphene.String()

    @classmethod
    @transaction.atomic
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, name: str, etax_name: str
    ) -> dict[str, Any]:
        """This will keep the spelling for the donor who asks."""
        donor_id = context.donor_id()
        donor = membership_models.Donor.objects.get(pk=donor_id)
        names = {receipt.donor_name for receipt in selectors.receipts_of(donor_id=donor_id)}
        if name not in names | {donor.full_name}:
            raise NotFound(what="name")
        row = services.spelling_set(
            donor_id=donor_id, name=name, etax_name=etax_name, now=context.now
        )
        return {"etax_name": row.etax_name}

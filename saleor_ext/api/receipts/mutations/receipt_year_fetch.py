"""A donor takes everything of a year."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.receipts import types
from saleor_ext.flows.receipts import bundle


class ReceiptYearFetch(ApiMutation):
    """Take all my receipts of a year, the XML for e-Tax and what to do with them, as a zip file."""

    class Arguments:
        year = graphene.Int(required=True)

    file = graphene.Field(types.KeptFile)

    @classmethod
    def perform(cls, context: ApiContext, *, year: int) -> dict[str, Any]:  # type: ignore[override]
        """This will pack the year of the donor who asks."""
        packed = bundle.year_bundle(
            donor_id=context.donor_id(),
            year=year,
            today=context.today,
            now=context.now,
            actor=context.principal.actor,
        )
        return {
            "file": types.kept_file(
                name=packed.name, content_type="application/zip", content=packed.content
            )
        }

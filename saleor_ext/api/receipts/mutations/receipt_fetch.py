"""A donor takes his receipt as a file."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.receipts import types
from saleor_ext.flows.receipts import hand_out


class ReceiptFetch(ApiMutation):
    """Take my receipt as PDF. That I did is written down."""

    class Arguments:
        key = graphene.ID(required=True)

    file = graphene.Field(types.KeptFile)

    @classmethod
    def perform(cls, context: ApiContext, *, key: str) -> dict[str, Any]:  # type: ignore[override]
        """This will give the donor who asks his own receipt."""
        donor_id = context.donor_id()
        content = hand_out.receipt_fetch(
            receipt_id=types.receipt_id(key),
            donor_id=donor_id,
            today=context.today,
            now=context.now,
            actor=context.principal.actor,
        )
        name = f"receipt-{key}.pdf"
        return {"file": types.kept_file(name=name, content_type="application/pdf", content=content)}

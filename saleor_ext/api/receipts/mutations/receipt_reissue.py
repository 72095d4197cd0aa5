"""A donor has a receipt issued again."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.receipts import types
from saleor_ext.flows.receipts import hand_out


class ReceiptReissue(ApiMutation):
    """Issue my receipt again: same number, marked 再発行 and counted."""

    class Arguments:
        key = graphene.ID(required=True)
        reason = graphene.String(required=True, description="At most 200 characters are kept.")

    receipt = graphene.Field(types.Receipt)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, key: str, reason: str
    ) -> dict[str, Any]:
        """This will issue a receipt of the donor who asks again."""
        receipt = hand_out.receipt_reissue(
            receipt_id=types.receipt_id(key),
            donor_id=context.donor_id(),
            reason=reason.strip(),
            today=context.today,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"receipt": receipt}

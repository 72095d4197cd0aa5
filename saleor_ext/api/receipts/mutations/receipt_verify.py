"""Anybody checks a receipt he holds."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.api.receipts import types
from saleor_ext.flows.receipts import verify


class ReceiptVerify(ApiMutation):
    """Check a receipt by what is printed on it. Each question from a place is counted."""

    class Arguments:
        number = graphene.String(required=True)
        code = graphene.String(required=True)

    found = graphene.Field(types.VerifiedReceipt, description="Null when there is none that holds.")

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, number: str, code: str
    ) -> dict[str, Any]:
        """This will answer anybody, with day and amount and no name."""
        found = verify.receipt_verify(
            number=number, code=code, address=context.client_ip, now=context.now
        )
        return {"found": found}

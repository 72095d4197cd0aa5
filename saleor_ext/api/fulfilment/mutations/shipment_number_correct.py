"""A producer puts the right number on a parcel that is under way."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.fulfilment import inputs, types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.orders import shipping


class ShipmentNumberCorrect(ApiMutation):
    """For producers: this parcel under way has another tracking number than was entered.

    Donor and shop are told the right one. The same number again changes nothing.
    """

    class Arguments:
        key = graphene.ID(required=True)
        tracking_number = graphene.String(required=True)

    shipment = graphene.Field(types.ProducerShipment)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, key: str, tracking_number: str
    ) -> dict[str, Any]:
        """This will write the right number."""
        producer_id = context.producer_id()
        inputs.tracking_text_check(tracking_number)
        parcel = shipping.tracking_correct(
            producer_id=producer_id,
            key=key,
            tracking_text=tracking_number,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"shipment": parcel}

"""A producer hands a parcel to the carrier."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.fulfilment import inputs, types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.flows.orders import shipping


class ShipmentShip(ApiMutation):
    """For producers: this parcel was handed to the carrier under this tracking number.

    Full width, spaces and hyphens are understood; the check digit is verified. The same number
    again changes nothing.
    """

    class Arguments:
        key = graphene.ID(required=True)
        tracking_number = graphene.String(required=True)

    shipment = graphene.Field(types.ProducerShipment)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, key: str, tracking_number: str
    ) -> dict[str, Any]:
        """This will note the parcel as shipped today."""
        producer_id = context.producer_id()
        inputs.tracking_text_check(tracking_number)
        parcel = shipping.shipment_ship(
            producer_id=producer_id,
            key=key,
            tracking_text=tracking_number,
            today=context.today,
            now=context.now,
            actor=context.principal.actor,
        )
        return {"shipment": parcel}

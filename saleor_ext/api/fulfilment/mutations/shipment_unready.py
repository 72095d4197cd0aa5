"""A producer takes back that the contents of a parcel are ready."""

from typing import Any

import graphene

from saleor_ext.api.context import ApiContext
from saleor_ext.api.fulfilment import types
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.fulfilment import services


class ShipmentUnready(ApiMutation):
    """For producers: this parcel is not ready after all. Saying so twice changes nothing."""

    class Arguments:
        key = graphene.ID(required=True)

    shipment = graphene.Field(types.ProducerShipment)

    @classmethod
    def perform(cls, context: ApiContext, *, key: str) -> dict[str, Any]:  # type: ignore[override]
        """This will take the mark back."""
        producer_id = context.producer_id()
        parcel = services.shipment_unready(
            producer_id=producer_id, key=key, now=context.now, actor=context.principal.actor
        )
        return {"shipment": parcel}

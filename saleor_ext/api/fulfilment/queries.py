"""Questions about producers, and a producer's questions about his parcels."""

from collections.abc import Sequence

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api import lists
from saleor_ext.api.fulfilment import types
from saleor_ext.fulfilment import models, selectors


class FulfilmentQueries(graphene.ObjectType):
    """Producers and parcels."""

    producers = graphene.List(
        graphene.NonNull(types.Producer), required=True, **lists.list_arguments()
    )
    producer = graphene.Field(types.Producer, slug=graphene.String(required=True))
    producer_shipments = graphene.List(
        graphene.NonNull(types.ProducerShipment),
        required=True,
        states=graphene.List(graphene.NonNull(types.ShipmentState)),
        description="For producers: my parcels by ship date and temperature.",
        **lists.list_arguments(),
    )
    producer_shipment = graphene.Field(
        types.ProducerShipment,
        key=graphene.ID(required=True),
        description="For producers: one of my parcels.",
    )

    @staticmethod
    def resolve_producers(
        _root: None, _info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Producer]:
        rows = selectors.producers_all()
        return lists.page(rows, first=first, after=after, locate=lists.by_slug)

    @staticmethod
    def resolve_producer(_root: None, _info: GraphQLResolveInfo, slug: str) -> models.Producer:
        return selectors.producer_get(slug=slug)

    @staticmethod
    def resolve_producer_shipments(
        _root: None,
        info: GraphQLResolveInfo,
        first: int,
        after: str | None = None,
        states: Sequence[str] | None = None,
    ) -> list[models.Shipment]:
        rows = selectors.shipments_of_producer(
            producer_id=info.context.producer_id(), states=states
        )
        return lists.page(rows, first=first, after=after, locate=lists.by_key)

    @staticmethod
    def resolve_producer_shipment(
        _root: None, info: GraphQLResolveInfo, key: str
    ) -> models.Shipment:
        return selectors.shipment_of_producer(producer_id=info.context.producer_id(), key=key)

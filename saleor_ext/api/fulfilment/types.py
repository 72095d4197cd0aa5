"""Producers, gifts, boxes and parcels as the API shows them.

What a donor may know of a producer is on `Producer`; what a producer must know of a donor to
print a label is on `ShippingLabel`, and nowhere else.
"""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.pictures import picture_url
from saleor_ext.common import registry
from saleor_ext.flows.month import facts
from saleor_ext.fulfilment import models, selectors, states

Temperature = enum_of(states.Temperature)
ShipmentState = enum_of(states.ShipmentState)


class Gift(graphene.ObjectType):
    """A local product (返礼品)."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    description = graphene.String(required=True)
    contents = graphene.String(required=True)
    weight_g = graphene.Int(required=True, description="Weight in grams.")
    temperature = graphene.Field(Temperature, required=True)
    allergens = graphene.List(graphene.NonNull(graphene.String), required=True)
    shelf_life = graphene.String(required=True)
    is_alcohol = graphene.Boolean(required=True)
    picture_url = graphene.String()
    producer = graphene.Field(lambda: Producer, required=True)

    @staticmethod
    def resolve_picture_url(gift: models.Gift, _info: GraphQLResolveInfo) -> str | None:
        return picture_url(gift.picture)


class Producer(graphene.ObjectType):
    """Who grows, catches or makes the gifts (生産者)."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    kana = graphene.String(required=True)
    representative = graphene.String(required=True)
    category = graphene.String(required=True)
    summary = graphene.String(required=True)
    story = graphene.String(required=True)
    temperature = graphene.Field(Temperature, required=True)
    picture_url = graphene.String()
    gifts = graphene.List(graphene.NonNull(Gift), required=True)

    @staticmethod
    def resolve_picture_url(producer: models.Producer, _info: GraphQLResolveInfo) -> str | None:
        return picture_url(producer.picture)

    @staticmethod
    def resolve_gifts(producer: models.Producer, info: GraphQLResolveInfo) -> list[models.Gift]:
        day = info.context.today
        gifts = info.context.loaders.gifts_of(producer.pk)
        return [gift for gift in gifts if facts.gift_may_be_offered(gift, day=day)]


class BoxItem(graphene.ObjectType):
    """A gift in a box."""

    gift = graphene.Field(Gift, required=True)
    quantity = graphene.Int(required=True)


class Box(graphene.ObjectType):
    """What a tier gets in one month (お届け予定)."""

    month = graphene.Date(required=True, description="The first day of the month.")
    title = graphene.String(required=True)
    story = graphene.String(required=True)
    has_alcohol = graphene.Boolean(required=True)
    items = graphene.List(graphene.NonNull(BoxItem), required=True)

    @staticmethod
    def resolve_has_alcohol(box: models.BoxPlan, _info: GraphQLResolveInfo) -> bool:
        return selectors.box_facts(box=box).has_alcohol

    @staticmethod
    def resolve_items(box: models.BoxPlan, _info: GraphQLResolveInfo) -> list[models.BoxItem]:
        return list(box.items.all())


class ShipmentItem(graphene.ObjectType):
    """What is in a parcel, named as it was when the month was locked."""

    name = graphene.String(required=True)
    contents = graphene.String(required=True)
    quantity = graphene.Int(required=True)


class _Parcel:
    """What donor and producer both see of a parcel."""

    key = graphene.ID(required=True)
    state = graphene.Field(ShipmentState, required=True)
    temperature = graphene.Field(Temperature, required=True)
    ship_from = graphene.Date(required=True)
    ship_to = graphene.Date(required=True)
    shipped_on = graphene.Date()
    carrier = graphene.String(required=True, description="The carrier's code.")
    tracking_number = graphene.String()
    tracking_url = graphene.String(description="The carrier's page about this parcel.")
    items = graphene.List(graphene.NonNull(ShipmentItem), required=True)

    @staticmethod
    def resolve_tracking_number(parcel: models.Shipment, _info: GraphQLResolveInfo) -> str | None:
        return parcel.tracking_number or None

    @staticmethod
    def resolve_tracking_url(parcel: models.Shipment, _info: GraphQLResolveInfo) -> str | None:
        carrier = registry.carriers().get(parcel.carrier)
        if carrier is None or not parcel.tracking_number:
            return None
        return carrier.tracking_url(parcel.tracking_number)

    @staticmethod
    def resolve_items(parcel: models.Shipment, _info: GraphQLResolveInfo) -> list[Any]:
        return list(parcel.items.all())


class Shipment(_Parcel, graphene.ObjectType):
    """One of my parcels (お届け)."""

    month = graphene.Date(required=True, description="The first day of the month it is for.")
    producer = graphene.Field(Producer, required=True)

    @staticmethod
    def resolve_month(parcel: models.Shipment, _info: GraphQLResolveInfo) -> object:
        return parcel.cycle.month


class ShippingLabel(graphene.ObjectType):
    """What must be printed on a label."""

    recipient_name = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    prefecture = graphene.String(required=True)
    city = graphene.String(required=True)
    street = graphene.String(required=True)
    building = graphene.String(required=True)
    phone = graphene.String(required=True)


class ProducerShipment(_Parcel, graphene.ObjectType):
    """A parcel on my list as a producer."""

    list_on = graphene.Date(required=True)
    label = graphene.Field(ShippingLabel, required=True)

    @staticmethod
    def resolve_label(parcel: models.Shipment, _info: GraphQLResolveInfo) -> models.Shipment:
        return parcel

"""Posts, events and documents as the API shows them.

Whether something is open is decided by `content.selectors.is_open` alone, as on the pages.
"""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.fulfilment.types import Producer
from saleor_ext.api.pictures import picture_url
from saleor_ext.content import models, selectors

Item = models.Post | models.Event | models.Document


class _Readable:
    """What all content has."""

    slug = graphene.String(required=True)
    title = graphene.String(required=True)
    lead = graphene.String(required=True)
    min_rank = graphene.Int(
        required=True, description="The lowest tier rank that opens it; -1 is open to everybody."
    )
    opens_after_months = graphene.Int(
        description="It opens after so many months with the town; null at once."
    )
    months_left = graphene.Int(
        required=True,
        description="Months with the town that whoever asks still lacks; 0 when none.",
    )
    published_at = graphene.DateTime(required=True)
    picture_url = graphene.String()
    is_open = graphene.Boolean(required=True, description="Whether it is open to whoever asks.")
    preview = graphene.String(
        required=True, description="Plain words anybody may read: the lead and the beginning."
    )
    body = graphene.String(description="Safe HTML; null unless it is open to whoever asks.")

    @staticmethod
    def resolve_picture_url(item: Item, _info: GraphQLResolveInfo) -> str | None:
        return picture_url(item.picture)

    @staticmethod
    def resolve_is_open(item: Item, info: GraphQLResolveInfo) -> bool:
        return selectors.is_open(item=item, reader=info.context.reader)

    @staticmethod
    def resolve_months_left(item: Item, info: GraphQLResolveInfo) -> int:
        return selectors.months_left(item=item, reader=info.context.reader)

    @staticmethod
    def resolve_preview(item: Item, _info: GraphQLResolveInfo) -> str:
        return selectors.preview_of(item=item)

    @staticmethod
    def resolve_body(item: Item, info: GraphQLResolveInfo) -> str | None:
        return selectors.body_if_open(item=item, reader=info.context.reader)


class Post(_Readable, graphene.ObjectType):
    """A letter from the town or a producer (記事)."""

    author = graphene.String(required=True)
    producer = graphene.Field(Producer)


class Event(_Readable, graphene.ObjectType):
    """A gathering (催し)."""

    starts_at = graphene.DateTime(required=True)
    ends_at = graphene.DateTime(required=True)
    place = graphene.String(required=True)
    is_online = graphene.Boolean(required=True)
    capacity = graphene.Int(required=True)
    places_left = graphene.Int(required=True)
    has_entered = graphene.Boolean(required=True, description="Whether whoever asks has a place.")
    how_to_join = graphene.String(description="Null unless whoever asks has a place.")

    @staticmethod
    def resolve_places_left(event: models.Event, _info: GraphQLResolveInfo) -> int:
        return selectors.event_places_left(event=event)

    @staticmethod
    def resolve_has_entered(event: models.Event, info: GraphQLResolveInfo) -> bool:
        return event.pk in info.context.entered_event_ids

    @staticmethod
    def resolve_how_to_join(event: models.Event, info: GraphQLResolveInfo) -> str | None:
        return event.how_to_join if event.pk in info.context.entered_event_ids else None


class Document(_Readable, graphene.ObjectType):
    """A paper to read or keep (資料)."""

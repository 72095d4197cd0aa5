"""Questions about posts, events and documents. Anybody may ask; `body` is for those entitled."""

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api import lists
from saleor_ext.api.content import types
from saleor_ext.content import models, selectors


class ContentQueries(graphene.ObjectType):
    """Posts, events and documents."""

    posts = graphene.List(graphene.NonNull(types.Post), required=True, **lists.list_arguments())
    post = graphene.Field(types.Post, slug=graphene.String(required=True))
    events = graphene.List(
        graphene.NonNull(types.Event),
        required=True,
        description="Events that are not over, nearest first.",
        **lists.list_arguments(),
    )
    event = graphene.Field(types.Event, slug=graphene.String(required=True))
    documents = graphene.List(
        graphene.NonNull(types.Document), required=True, **lists.list_arguments()
    )
    document = graphene.Field(types.Document, slug=graphene.String(required=True))

    @staticmethod
    def resolve_posts(
        _root: None, info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Post]:
        rows = selectors.posts_visible(now=info.context.now)
        return lists.page(rows, first=first, after=after, locate=lists.by_slug)

    @staticmethod
    def resolve_post(_root: None, info: GraphQLResolveInfo, slug: str) -> models.Post:
        return selectors.post_get(slug=slug, now=info.context.now)

    @staticmethod
    def resolve_events(
        _root: None, info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Event]:
        rows = selectors.events_upcoming(now=info.context.now)
        return lists.page(rows, first=first, after=after, locate=lists.by_slug)

    @staticmethod
    def resolve_event(_root: None, info: GraphQLResolveInfo, slug: str) -> models.Event:
        return selectors.event_get(slug=slug, now=info.context.now)

    @staticmethod
    def resolve_documents(
        _root: None, info: GraphQLResolveInfo, first: int, after: str | None = None
    ) -> list[models.Document]:
        rows = selectors.documents_all(now=info.context.now)
        return lists.page(rows, first=first, after=after, locate=lists.by_slug)

    @staticmethod
    def resolve_document(_root: None, info: GraphQLResolveInfo, slug: str) -> models.Document:
        return selectors.document_get(slug=slug, now=info.context.now)

"""Staff say after how many months with the town a piece of content opens."""

from typing import Any

import graphene

from saleor_ext.access.roles import Act
from saleor_ext.api.content import types
from saleor_ext.api.context import ApiContext
from saleor_ext.api.enums import enum_of
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.content import services, states

ContentKind = enum_of(states.ContentKind)


class ContentOpeningSet(ApiMutation):
    """For staff: a piece opens to its members after so many months with the town."""

    class Arguments:
        kind = ContentKind(required=True)
        slug = graphene.String(required=True)
        months = graphene.Int(description="How many months; left out, it opens at once.")

    post = graphene.Field(types.Post)
    event = graphene.Field(types.Event)
    document = graphene.Field(types.Document)

    @classmethod
    def perform(  # type: ignore[override]
        cls, context: ApiContext, *, kind: states.ContentKind, slug: str, months: int | None = None
    ) -> dict[str, Any]:
        """This will set it."""
        context.staff(Act.CONTENT_CHANGE)
        item = services.opening_set(kind=kind, slug=slug, months=months)
        return {str(states.ContentKind(kind).value): item}

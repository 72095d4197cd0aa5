"""A member takes a place at an event."""

from typing import Any

import graphene

from saleor_ext.api.content import types
from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.content import selectors, services
from saleor_ext.content.errors import NotEntitled


class EventEnter(ApiMutation):
    """Take a place at an event that is open to me. Asking twice keeps the one place."""

    class Arguments:
        slug = graphene.String(required=True)

    event = graphene.Field(types.Event)

    @classmethod
    def perform(cls, context: ApiContext, *, slug: str) -> dict[str, Any]:  # type: ignore[override]
        """This will take a place."""
        donor_id = context.principal_signed_in().donor_id
        event = selectors.event_get(slug=slug, now=context.now)
        if donor_id is None:
            raise NotEntitled(event=slug)
        services.event_enter(
            event_id=event.pk, donor_id=donor_id, reader=context.reader, now=context.now
        )
        return {"event": selectors.event_get(slug=slug, now=context.now)}

"""A member gives a place at an event back."""

from typing import Any

import graphene

from saleor_ext.api.content import types
from saleor_ext.api.context import ApiContext
from saleor_ext.api.mutation import ApiMutation
from saleor_ext.content import selectors, services


class EventLeave(ApiMutation):
    """Give my place at an event back. Without one nothing happens."""

    class Arguments:
        slug = graphene.String(required=True)

    event = graphene.Field(types.Event)

    @classmethod
    def perform(cls, context: ApiContext, *, slug: str) -> dict[str, Any]:  # type: ignore[override]
        """This will give the place back."""
        donor_id = context.principal_signed_in().donor_id
        event = selectors.event_get(slug=slug, now=context.now)
        if donor_id is not None:
            services.event_leave(event_id=event.pk, donor_id=donor_id, now=context.now)
        return {"event": selectors.event_get(slug=slug, now=context.now)}

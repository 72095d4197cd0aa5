"""Previews of what a donor can choose about his membership as a whole."""

from collections.abc import Callable
from datetime import date
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.enums import enum_of
from saleor_ext.api.membership.choices import ChoicePreview, asked
from saleor_ext.flows.choices import anchor, cancel, ground, pause, tier
from saleor_ext.membership import states

CancelReason = enum_of(states.CancelReason)

Resolver = Callable[..., ground.Preview]


def _shown(preview: Resolver) -> Callable[..., Any]:
    """A resolver that asks one preview about the membership of whoever asks."""

    def resolve(_root: None, info: GraphQLResolveInfo, **arguments: Any) -> ground.Preview:
        return preview(**asked(info), **arguments)

    return resolve


def _until(*, membership_id: int, today: date, until: date) -> ground.Preview:
    return pause.pause_preview(membership_id=membership_id, today=today, resume_on=until)


class WholeChoiceQueries(graphene.ObjectType):
    """What would happen. Asking changes nothing."""

    membership_pause_preview = graphene.Field(
        ChoicePreview,
        required=True,
        until=graphene.Date(required=True, description="The day on which I am there again."),
        resolver=_shown(_until),
    )
    membership_resume_preview = graphene.Field(
        ChoicePreview, required=True, resolver=_shown(pause.resume_preview)
    )
    membership_anchor_preview = graphene.Field(
        ChoicePreview,
        required=True,
        day=graphene.Int(required=True, description="1 to 31; in shorter months their last day."),
        resolver=_shown(anchor.anchor_preview),
    )
    membership_tier_preview = graphene.Field(
        ChoicePreview,
        required=True,
        tier_slug=graphene.String(required=True),
        resolver=_shown(tier.tier_preview),
    )
    membership_cancel_preview = graphene.Field(
        ChoicePreview, required=True, resolver=_shown(cancel.cancel_preview)
    )
    membership_cancel_undo_preview = graphene.Field(
        ChoicePreview, required=True, resolver=_shown(cancel.cancel_undo_preview)
    )

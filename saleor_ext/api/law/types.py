"""The deduction limit in the API."""

import enum

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api.scalars import Yen
from saleor_ext.law import deduction_limit as limits
from saleor_ext.law import messages

_LABELS = {key.upper(): family.label for key, family in limits.FAMILIES.items()}
FamilyKey = enum.Enum("FamilyKey", {key.upper(): key for key in limits.FAMILIES})  # type: ignore[misc]


def _description(value: enum.Enum | None) -> str:
    if value is None:
        return "A column of the Ministry's table of limits."
    return _LABELS[value.name]


Family = graphene.Enum.from_enum(FamilyKey, description=_description)


class DeductionLimit(graphene.ObjectType):
    """How much may be given in a year so that all but 2,000 yen comes back. A guide."""

    year = graphene.Int(required=True)
    limit_yen = graphene.Field(Yen, description="Null where the Ministry prints 「-」.")
    levy_yen = graphene.Field(Yen, required=True, description="住民税所得割額 it rests on.")
    notes = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="What has to be said with it."
    )
    not_known = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="What it does not know."
    )
    guide_only = graphene.String(required=True, description="Show this beside the figure.")

    @staticmethod
    def resolve_notes(result: limits.LimitResult, _info: GraphQLResolveInfo) -> list[str]:
        notes = [messages.NOTES[note] for note in result.notes]
        return notes if result.limit_yen is not None else [*notes, messages.NOTES["nothing"]]

    @staticmethod
    def resolve_not_known(_result: limits.LimitResult, _info: GraphQLResolveInfo) -> list[str]:
        return list(messages.NOT_KNOWN)

    @staticmethod
    def resolve_guide_only(_result: limits.LimitResult, _info: GraphQLResolveInfo) -> str:
        return messages.GUIDE_ONLY

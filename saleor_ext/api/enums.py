"""Our states as GraphQL enums, each value with its Japanese label."""

import enum
import inspect
from typing import Any

import graphene
from django.db.models import TextChoices


def enum_of(choices: type[TextChoices]) -> Any:
    """This will make a GraphQL enum of some states, the same for every version of Python."""

    def description(value: enum.Enum | None) -> str:
        if value is None:
            return inspect.cleandoc(choices.__doc__ or "")
        return str(choices(value.value).label)

    return graphene.Enum.from_enum(choices, description=description)

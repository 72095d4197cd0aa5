"""What all mutations have in common: a refusal is an answer, not a failure."""

from collections.abc import Mapping
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api import errors
from saleor_ext.api.context import ApiContext
from saleor_ext.common import my_number
from saleor_ext.common.errors import Refusal

NO_TEXT = frozenset({"id", "key", "code", "number", "numbers", "tracking_number", "seen"})
"""Arguments that are keys or numbers of things, where a number of twelve digits is no person's."""


class ApiMutation(graphene.Mutation):
    """Base of our mutations. Subclasses write `perform`, which returns the payload's fields."""

    class Meta:
        abstract = True

    errors = graphene.List(
        graphene.NonNull(errors.Error),
        required=True,
        description="Why nothing was changed; empty when it was done.",
    )

    @classmethod
    def perform(cls, context: ApiContext, **arguments: Any) -> dict[str, Any]:
        """This will make one call and return the payload's fields."""
        raise NotImplementedError

    @classmethod
    def mutate(cls, _root: None, info: GraphQLResolveInfo, **arguments: Any) -> "ApiMutation":
        """This will do it, or say in `errors` why not.

        Raises:
            Unauthenticated, PermissionDenied: at the top of the response, as in queries.
        """
        try:
            _numbers_refuse(arguments)
            done = cls.perform(info.context, **arguments)
        except (errors.Unauthenticated, errors.PermissionDenied):
            raise
        except Refusal as refusal:
            return cls(errors=[errors.error_of(refusal)])
        return cls(errors=[], **done)


def _numbers_refuse(values: Mapping[str, Any]) -> None:
    """No text with an individual number gets any further. Law: onestop_no_number"""
    for name, value in values.items():
        if name not in NO_TEXT:
            _number_refuse(name, value)


def _number_refuse(name: str, value: object) -> None:
    if isinstance(value, Mapping):
        _numbers_refuse(value)
    elif isinstance(value, list):
        for one in value:
            _number_refuse(name, one)
    elif isinstance(value, str):
        my_number.refuse(value, field=name)

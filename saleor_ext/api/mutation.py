"""What all mutations have in common: a refusal is an answer, not a failure."""

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from saleor_ext.api import errors
from saleor_ext.api.context import ApiContext
from saleor_ext.common.errors import Refusal


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
            done = cls.perform(info.context, **arguments)
        except (errors.Unauthenticated, errors.PermissionDenied):
            raise
        except Refusal as refusal:
            return cls(errors=[errors.error_of(refusal)])
        return cls(errors=[], **done)

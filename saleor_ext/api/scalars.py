"""Scalars of our own."""

from typing import Any

import graphene
from graphql import GraphQLError
from graphql.language import IntValueNode, ValueNode
from graphql.pyutils import Undefined

YEN_LIMIT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


class Yen(graphene.Scalar):
    """A whole number of yen, which may be larger than 32 bits. Negative in corrections."""

    @staticmethod
    def serialize(value: Any) -> int:
        """This will write an amount as a JSON number."""
        return _whole(value)

    @staticmethod
    def parse_value(value: Any) -> int:
        """This will read an amount from a variable."""
        return _whole(value)

    @staticmethod
    def parse_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> Any:
        """This will read an amount from a document."""
        return _whole(int(node.value)) if isinstance(node, IntValueNode) else Undefined


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > YEN_LIMIT:
        raise GraphQLError("Yen must be a whole number.")
    return value

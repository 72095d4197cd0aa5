"""How large an operation may be: levels, cost, aliases, and fields of one mutation.

Cost is one for each field, times the number of entries for what is below a list. A list has as
many entries as `first` (or `months`) asks for, others as many as they usually hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from graphql.pyutils import Undefined

DEPTH_LIMIT = 8
COST_LIMIT = 5000
ALIAS_LIMIT = 30
MUTATION_LIMIT = 5
LIST_SIZE = 10
LIST_SIZES = {"items": 4, "dates": 4, "benefits": 5, "allergens": 5}
"""What usual lists hold, by field name."""
FIRST_LIMIT = 100
INTROSPECTION_COST = 1000
SIZE_ARGUMENTS = ("first", "months")


class LimitExceeded(Exception):
    """An operation is too large. `code` says in which way."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How large a part of an operation is."""

    depth: int = 0
    cost: int = 0
    aliases: int = 0

    def beside(self, other: "Measure") -> "Measure":
        """This will return the measure of two parts that stand beside each other."""
        return Measure(
            depth=max(self.depth, other.depth),
            cost=self.cost + other.cost,
            aliases=self.aliases + other.aliases,
        )


def operation_check(
    *,
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> None:
    """This will let an operation of a valid document pass if it is not too large.

    Raises:
        LimitExceeded: it has too many levels, costs too much, or repeats itself too often.
    """
    ruler = _Ruler(schema, document, operation, variables)
    root = schema.get_root_type(operation.operation)
    try:
        measure = ruler.measure(operation.selection_set, root)
    except RecursionError:
        raise LimitExceeded("DEPTH_LIMIT", "The operation has too many levels.") from None
    if measure.depth > DEPTH_LIMIT:
        raise LimitExceeded("DEPTH_LIMIT", f"The operation has over {DEPTH_LIMIT} levels.")
    if measure.aliases > ALIAS_LIMIT:
        raise LimitExceeded("ALIAS_LIMIT", f"The operation has over {ALIAS_LIMIT} aliases.")
    if measure.cost > COST_LIMIT:
        text = f"The operation costs {min(measure.cost, 10**9)}, more than {COST_LIMIT}."
        raise LimitExceeded("COST_LIMIT", text)
    if operation.operation is OperationType.MUTATION:
        _mutations_count(ruler, operation)


def _mutations_count(ruler: "_Ruler", operation: OperationDefinitionNode) -> None:
    if ruler.fields_count(operation.selection_set) > MUTATION_LIMIT:
        text = f"One operation may hold {MUTATION_LIMIT} mutations."
        raise LimitExceeded("MUTATION_LIMIT", text)


class _Ruler:
    """Walks a document once; each fragment is measured once, however often it is spread."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.variables = _defaults(operation) | dict(variables)
        self.measured: dict[str, Measure] = {}
        self.counted: dict[str, int] = {}

    def measure(self, selections: SelectionSetNode | None, parent: Any) -> Measure:
        total = Measure()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total = total.beside(self._field(node, parent))
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._spread(node))
            elif isinstance(node, InlineFragmentNode):
                total = total.beside(self.measure(node.selection_set, self._narrowed(node, parent)))
        return total

    def fields_count(self, selections: SelectionSetNode) -> int:
        count = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                count += 1
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in self.counted:
                    self.counted[name] = self.fields_count(self.fragments[name].selection_set)
                count += self.counted[name]
            elif isinstance(node, InlineFragmentNode):
                count += self.fields_count(node.selection_set)
        return count

    def _field(self, node: FieldNode, parent: Any) -> Measure:
        aliases = 1 if node.alias else 0
        name = node.name.value
        if name.startswith("__"):
            # What is below is bounded by graphql-core's rule on the depth of introspection.
            cost = 1 if name == "__typename" else INTROSPECTION_COST
            return Measure(depth=1, cost=cost, aliases=aliases)
        field = parent.fields[name]
        below = self.measure(node.selection_set, get_named_type(field.type))
        return Measure(
            depth=below.depth + 1,
            cost=1 + below.cost * self._size(node, field),
            aliases=aliases + below.aliases,
        )

    def _spread(self, node: FragmentSpreadNode) -> Measure:
        name = node.name.value
        if name not in self.measured:
            fragment = self.fragments[name]
            parent = self.schema.get_type(fragment.type_condition.name.value)
            self.measured[name] = self.measure(fragment.selection_set, parent)
        return self.measured[name]

    def _narrowed(self, node: InlineFragmentNode, parent: Any) -> GraphQLNamedType | None:
        if node.type_condition is None:
            return parent
        return self.schema.get_type(node.type_condition.name.value)

    def _size(self, node: FieldNode, field: GraphQLField) -> int:
        if not _is_list(field):
            return 1
        for name in SIZE_ARGUMENTS:
            if name in field.args:
                return self._argument(node, name, field.args[name].default_value)
        return LIST_SIZES.get(node.name.value, LIST_SIZE)

    def _argument(self, node: FieldNode, name: str, default: Any) -> int:
        value = default
        for argument in node.arguments:
            if argument.name.value == name:
                value = self._value(argument.value, default)
        if isinstance(value, bool) or not isinstance(value, int):
            return FIRST_LIMIT
        return max(value, 1)

    def _value(self, node: Any, default: Any) -> Any:
        if isinstance(node, IntValueNode):
            return int(node.value)
        if isinstance(node, VariableNode):
            return self.variables.get(node.name.value, default)
        return Undefined


def _is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return isinstance(kind, GraphQLList)


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions
        if isinstance(node.default_value, IntValueNode)
    }

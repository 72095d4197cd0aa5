"""Is one GraphQL schema a subset of another? What a client of the smaller one sends and reads,
the larger one must take and give.

Outputs may promise less in the larger schema only where the smaller promises no more than it
(covariant); inputs may demand less in the larger one, never more (contravariant).
"""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    Undefined,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)

Entry = GraphQLArgument | GraphQLInputField


def differences(small: GraphQLSchema, large: GraphQLSchema) -> list[str]:
    """This will name everything in `small` that `large` does not have in the same shape."""
    found: list[str] = []
    for name, mine in sorted(small.type_map.items()):
        if name.startswith("__") or is_specified_scalar_type(mine):
            continue
        theirs = large.type_map.get(name)
        if theirs is None:
            found.append(f"{name}: no such type")
        elif type(theirs) is not type(mine):
            found.append(f"{name}: {_kind(mine)}, there {_kind(theirs)}")
        else:
            found += _type_differences(mine, theirs)
    for operation in ("query_type", "mutation_type", "subscription_type"):
        mine, theirs = getattr(small, operation), getattr(large, operation)
        if mine is not None and (theirs is None or mine.name != theirs.name):
            found.append(f"{operation}: {mine.name}, there {theirs and theirs.name}")
    return found


def _kind(named: GraphQLNamedType) -> str:
    return type(named).__name__.removeprefix("GraphQL")


def _type_differences(mine: GraphQLNamedType, theirs: GraphQLNamedType) -> Iterator[str]:
    if isinstance(mine, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        for value in mine.values:
            if value not in theirs.values:
                yield f"{mine.name}.{value}: no such value"
    elif isinstance(mine, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
        members = {member.name for member in theirs.types}
        for member in mine.types:
            if member.name not in members:
                yield f"{mine.name}: {member.name} is no member"
    elif isinstance(mine, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        yield from _entries_differences(mine.name, mine.fields, theirs.fields)
    elif isinstance(mine, GraphQLObjectType | GraphQLInterfaceType) and isinstance(
        theirs, GraphQLObjectType | GraphQLInterfaceType
    ):
        yield from _fields_differences(mine, theirs)


def _fields_differences(
    mine: GraphQLObjectType | GraphQLInterfaceType,
    theirs: GraphQLObjectType | GraphQLInterfaceType,
) -> Iterator[str]:
    interfaces = {interface.name for interface in theirs.interfaces}
    for interface in mine.interfaces:
        if interface.name not in interfaces:
            yield f"{mine.name}: does not implement {interface.name} there"
    for name, field in mine.fields.items():
        path = f"{mine.name}.{name}"
        other: GraphQLField | None = theirs.fields.get(name)
        if other is None:
            yield f"{path}: no such field"
            continue
        if not _gives(field.type, other.type):
            yield f"{path}: {field.type}, there {other.type}"
        yield from _entries_differences(path, field.args, other.args)


def _entries_differences(
    path: str, mine: Mapping[str, Entry], theirs: Mapping[str, Entry]
) -> Iterator[str]:
    for name, entry in mine.items():
        other = theirs.get(name)
        if other is None:
            yield f"{path}({name}): no such input"
        elif not _takes(entry.type, other.type):
            yield f"{path}({name}): {entry.type}, there {other.type}"
        elif entry.default_value is not Undefined and entry.default_value != other.default_value:
            yield f"{path}({name}): default {entry.default_value}, there {other.default_value}"
    for name, other in theirs.items():
        if name not in mine and _is_required(other):
            yield f"{path}({name}): needed there, missing here"


def _is_required(entry: Entry) -> bool:
    if isinstance(entry, GraphQLArgument):
        return is_required_argument(entry)
    return is_required_input_field(entry)


def _gives(mine: GraphQLType, theirs: GraphQLType) -> bool:
    """Whatever the larger schema answers fits what the smaller one promises."""
    if isinstance(mine, GraphQLNonNull):
        return isinstance(theirs, GraphQLNonNull) and _gives(mine.of_type, theirs.of_type)
    if isinstance(theirs, GraphQLNonNull):
        return _gives(mine, theirs.of_type)
    if isinstance(mine, GraphQLList):
        return isinstance(theirs, GraphQLList) and _gives(mine.of_type, theirs.of_type)
    return not isinstance(theirs, GraphQLList) and _name(mine) == _name(theirs)


def _takes(mine: GraphQLType, theirs: GraphQLType) -> bool:
    """Whatever fits the smaller schema is taken by the larger one."""
    if isinstance(theirs, GraphQLNonNull):
        return isinstance(mine, GraphQLNonNull) and _takes(mine.of_type, theirs.of_type)
    if isinstance(mine, GraphQLNonNull):
        return _takes(mine.of_type, theirs)
    if isinstance(theirs, GraphQLList):
        return isinstance(mine, GraphQLList) and _takes(mine.of_type, theirs.of_type)
    return not isinstance(mine, GraphQLList) and _name(mine) == _name(theirs)


def _name(named: GraphQLType) -> str:
    return str(named)

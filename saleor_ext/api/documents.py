"""From a document's text to an operation that is valid, sound and not too large."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    StringValueNode,
    ValidationRule,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values

from saleor_ext.api import limits, transport

TOKEN_LIMIT = 2000
COMMENT_LIMIT = 200
SHOWN_ERRORS = 20
CACHED_DOCUMENTS = 128

_VARIABLE = re.compile(r"^Variable '\$(\w{1,60})'")


class DocumentRefused(Exception):
    """A document cannot be run. `entries` are (code, message, GraphQL error or None)."""

    def __init__(self, *entries: tuple[str, str, GraphQLError | None]) -> None:
        super().__init__(entries[0][0])
        self.entries = entries


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation ready to be run. `variables` are as the client sent them."""

    document: DocumentNode
    node: OperationDefinitionNode

    @property
    def is_mutation(self) -> bool:
        """Whether it may change something."""
        return self.node.operation.value == "mutation"


class TextStorableRule(ValidationRule):
    """Texts in a document must be ones that a database can keep."""

    def enter_string_value(self, node: StringValueNode, *_args: Any) -> None:
        """This will refuse a text with NUL in it."""
        if not transport.is_storable_text(node.value):
            self.report_error(GraphQLError("Text with characters that cannot be stored.", node))


RULES = [*specified_rules, MaxIntrospectionDepthRule, TextStorableRule]


def operation_read(*, schema: GraphQLSchema, asked: transport.Asked) -> Operation:
    """This will parse and validate a document, and choose and measure its operation.

    Raises:
        DocumentRefused: syntax, validation, a limit, no such operation, or variables that do not
            fit. The reasons never quote a variable's value.
    """
    document = _document(schema, asked.query)
    node = get_operation_ast(document, asked.operation_name)
    if node is None:
        raise DocumentRefused(
            ("OPERATION_UNKNOWN", "Name one operation of the document in `operationName`.", None)
        )
    if schema.get_root_type(node.operation) is None:
        raise DocumentRefused(("GRAPHQL_INVALID", "There are queries and mutations only.", None))
    _variables_check(schema, node, asked.variables)
    try:
        limits.operation_check(
            schema=schema, document=document, operation=node, variables=asked.variables
        )
    except limits.LimitExceeded as exceeded:
        raise DocumentRefused((exceeded.code, exceeded.message, None)) from None
    return Operation(document=document, node=node)


@functools.lru_cache(maxsize=CACHED_DOCUMENTS)
def _document(schema: GraphQLSchema, text: str) -> DocumentNode:
    try:
        document = parse(text, max_lexical_tokens=TOKEN_LIMIT, max_comments=COMMENT_LIMIT)
        problems = validate(schema, document, RULES, max_errors=SHOWN_ERRORS)
    except GraphQLError as error:
        raise DocumentRefused(("GRAPHQL_SYNTAX", error.message, error)) from None
    except RecursionError:
        raise DocumentRefused(("DEPTH_LIMIT", "The document has too many levels.", None)) from None
    if problems:
        raise DocumentRefused(
            *(("GRAPHQL_INVALID", problem.message, problem) for problem in problems)
        )
    return document


def _variables_check(
    schema: GraphQLSchema, node: OperationDefinitionNode, variables: Mapping[str, Any]
) -> None:
    values = get_variable_values(
        schema, node.variable_definitions, dict(variables), max_errors=SHOWN_ERRORS
    )
    if isinstance(values, list):
        raise DocumentRefused(*(("VARIABLE_INVALID", _plain(error), None) for error in values))


def _plain(error: GraphQLError) -> str:
    """This will name the variable that does not fit without quoting what was in it."""
    found = _VARIABLE.match(error.message)
    return f"Variable '${found[1]}' does not fit its type." if found else "Variables do not fit."

"""Every GraphQL document we send is valid for the real shop and for the stand-in.

The real shop's schema is not part of the project: SALEOR_SDL names the file, or it lies beside
the project in shared/data.
"""

import functools
import os
from pathlib import Path

import pytest
from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from saleor_ext.saleor_connector import operations

ROOT = Path(__file__).resolve().parents[2]
SDL_BESIDE = ROOT.parent / "shared" / "data" / "saleor-3.23.graphql"
STAND_IN = ROOT / "fixtures" / "shop" / "schema"


def document_of(name: str) -> str:
    if name in operations.webhook_names():
        return operations.webhook_query(name)
    return operations.document(name)


SENT = operations.names() + operations.setup_names()
NAMES = SENT + operations.webhook_names()


@functools.cache
def real_schema() -> GraphQLSchema:
    path = Path(os.environ.get("SALEOR_SDL") or SDL_BESIDE)
    if not path.is_file():
        pytest.skip("Saleor's schema is not here; name it with SALEOR_SDL")
    return build_schema(path.read_text(encoding="utf-8"), assume_valid_sdl=True)


@functools.cache
def stand_in_schema() -> GraphQLSchema:
    files = sorted(STAND_IN.glob("*.graphql"))
    if not files:
        pytest.skip("the stand-in has no schema files")
    return build_schema("\n".join(path.read_text(encoding="utf-8") for path in files))


def messages(schema: GraphQLSchema, text: str) -> list[str]:
    return [error.message for error in validate(schema, parse(text))]


def test_there_are_documents_to_hold_against_the_schemas():
    assert len(operations.names()) > 30
    assert len(operations.webhook_names()) > 9


@pytest.mark.parametrize("name", SENT)
def test_a_document_holds_one_operation_called_like_its_file(name):
    definitions = parse(document_of(name)).definitions

    assert len(definitions) == 1
    assert isinstance(definitions[0], OperationDefinitionNode)
    assert definitions[0].name is not None
    assert definitions[0].name.value == name


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_valid_for_the_real_shop(name):
    assert messages(real_schema(), document_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_valid_for_the_stand_in(name):
    assert messages(stand_in_schema(), document_of(name)) == []


def test_a_field_that_the_shop_does_not_have_would_be_seen():
    wrong = "query order_find { order(id: 1) { trackingUrl } }"

    assert messages(real_schema(), wrong) == ["Cannot query field 'trackingUrl' on type 'Order'."]


@pytest.mark.parametrize("name", SENT)
def test_every_mutation_asks_for_its_errors(name):
    """A mutation of the shop says no inside its data; one that is not asked would look like yes."""
    text = document_of(name)
    if text.startswith("mutation"):
        assert "errors {" in text

"""The stand-in's schema is a true part of the real one, and nothing in it is an empty promise."""

import functools
import os
from pathlib import Path

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    validate_schema,
)

from fixtures.shop import app, engine, registry, storage
from tests.conformance import sdl_subset

ROOT = Path(__file__).resolve().parents[3]
SDL_BESIDE = ROOT.parent / "shared" / "data" / "saleor-3.23.graphql"
assert app  # importing it registers every resolver


@functools.cache
def real_schema() -> GraphQLSchema:
    path = Path(os.environ.get("SALEOR_SDL") or SDL_BESIDE)
    if not path.is_file():
        pytest.skip("Saleor's schema is not here; name it with SALEOR_SDL")
    return build_schema(path.read_text(encoding="utf-8"), assume_valid_sdl=True)


def test_the_schema_is_valid():
    assert validate_schema(engine.schema_build()) == []


def test_every_part_of_the_schema_is_in_the_real_one():
    small = build_schema(engine.sdl_read())

    assert len(small.type_map) > 250
    assert sdl_subset.differences(small, real_schema()) == []


LARGE = """
interface Node { id: ID! }
enum Color { RED GREEN }
union Thing = A | B
type A implements Node { id: ID! name: String! maybe: String list: [Int!]! f(x: Int!, y: Int): Int }
type B { id: ID! }
input In { a: Int! b: [String!] }
type Query { thing: Thing a(in: In!): A color: Color }
"""
DRIFTS = [
    ("a type that is not there", "type B { id: ID! }", "type C { id: ID! } type B { id: ID! }"),
    ("another kind of type", "enum Color { RED GREEN }", "scalar Color"),
    ("a field that is not there", "type B { id: ID! }", "type B { id: ID! x: Int }"),
    ("a promise the real one does not make", "maybe: String ", "maybe: String! "),
    ("another type of field", "name: String!", "name: Int!"),
    ("a list where there is none", "maybe: String ", "maybe: [String] "),
    ("an item that may be missing there", "list: [Int!]!", "list: [[Int!]!]!"),
    ("an argument that is not there", "y: Int)", "y: Int, z: Int)"),
    ("an argument left out that is needed", "f(x: Int!, y: Int)", "f(y: Int)"),
    ("an argument that may be left out here only", "f(x: Int!", "f(x: Int"),
    ("another type of argument", "y: Int)", "y: String)"),
    ("an input field that is needed there", "a: Int! b", "b"),
    ("an input field that may be left out here only", "a: Int! b", "a: Int b"),
    ("an item of input that may be null here only", "b: [String!]", "b: [String]"),
    ("a value that is not there", "RED GREEN", "RED BLUE"),
    ("a member that is not there", "union Thing = A | B", "union Thing = A | B | Query"),
    ("an interface it does not have there", "type B {", "type B implements Node {"),
    ("another default", "y: Int)", "y: Int = 3)"),
]


@pytest.mark.parametrize(("what", "old", "new"), DRIFTS, ids=[drift[0] for drift in DRIFTS])
def test_the_check_sees_a_drift(what, old, new):
    assert old in LARGE, what
    small = build_schema(LARGE.replace(old, new), assume_valid=True)

    assert len(sdl_subset.differences(small, build_schema(LARGE))) >= 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: String!", "name: String"),
        ("type B { id: ID! }", ""),
        ("y: Int)", "y: Int!)"),
        ("b: [String!]", "b: [String!]!"),
        (" b: [String!]", ""),
        ("RED GREEN", "RED"),
    ],
)
def test_the_check_lets_a_smaller_schema_pass(old, new):
    text = LARGE.replace(old, new)
    if "type B" not in text:
        text = text.replace("A | B", "A")

    assert sdl_subset.differences(build_schema(text), build_schema(LARGE)) == []


def test_a_schema_is_a_part_of_itself():
    assert sdl_subset.differences(build_schema(LARGE), build_schema(LARGE)) == []


def columns_of(table: str, database: storage.Database) -> set[str]:
    return {row["name"] for row in database.execute(f"PRAGMA table_info({table})")}


def test_every_field_of_a_stored_type_is_a_column_or_has_a_resolver(tmp_path):
    """A field that is neither would fail only when somebody first asks for it."""
    database = storage.Database(tmp_path / "shop.sqlite3")
    table_of = {name: table for table, name in storage.TYPE_OF_TABLE.items()}
    schema, missing = engine.schema_build(), []
    for name, table in table_of.items():
        named = schema.type_map[name]
        assert isinstance(named, GraphQLObjectType)
        columns = columns_of(table, database)
        missing += [
            f"{name}.{field}"
            for field in named.fields
            if (name, field) not in registry.FIELDS and engine.snake(field) not in columns
        ]

    assert missing == []


def test_every_query_and_mutation_has_a_resolver():
    schema = engine.schema_build()
    missing = [
        f"{root.name}.{field}"
        for root in (schema.query_type, schema.mutation_type, schema.subscription_type)
        if root is not None
        for field in root.fields
        if (root.name, field) not in registry.FIELDS
    ]

    assert missing == []


def test_every_event_type_has_its_object():
    schema = engine.schema_build()
    event = schema.type_map["Event"]
    assert isinstance(event, GraphQLInterfaceType)
    objects = {item.name for item in schema.get_implementations(event).objects}
    names = schema.type_map["WebhookEventTypeEnum"].values

    from fixtures.shop import events

    assert {events.type_of(name) for name in names} == objects

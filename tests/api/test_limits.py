"""Operations that are too large are refused before anything is run."""

import pytest

from saleor_ext.api import documents, limits, transport
from saleor_ext.api.schema import schema
from tests.builders import api_client

BY_VARIABLE = "query($n: Int) { producers(first: $n) { gifts { producer { gifts { name } } } } }"
GIFTS = "gift { producer { gifts { %s } } }"


def refusal(query: str, **variables: object) -> str | None:
    """This will return the code with which an operation is refused, None when it may run."""
    try:
        documents.operation_read(
            schema=schema.graphql_schema,
            asked=transport.Asked(query=query, variables=variables),
        )
    except documents.DocumentRefused as refused:
        return refused.entries[0][0]
    return None


def test_eight_levels_pass_and_nine_do_not():
    # given
    eight = "{ me { cycles(first: 1) { box { items { " + GIFTS % "name" + " } } } } }"
    nine = "{ me { cycles(first: 1) { box { items { " + GIFTS % "producer { name }" + " } } } } }"
    # then
    assert refusal(eight) is None
    assert refusal(nine) == "DEPTH_LIMIT"


def test_levels_in_fragments_count():
    # given
    query = """
    { me { cycles(first: 1) { ...c } } }
    fragment c on Cycle { box { items { gift { ...g } } } }
    fragment g on Gift { producer { gifts { ... on Gift { producer { name } } } } }
    """
    # then
    assert refusal(query) == "DEPTH_LIMIT"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        # 1 + 100 * (1 + 10 * 1) = 1101
        ("{ producers(first: 100) { gifts { name } } }", {}, None),
        # 1 + 100 * (1 + 10 * (1 + 1 + 10 * 1)) = 12101
        ("{ producers(first: 100) { gifts { producer { gifts { name } } } } }", {}, "COST_LIMIT"),
        (
            BY_VARIABLE,
            {"n": 9},
            None,
        ),
        (
            BY_VARIABLE,
            {"n": 99},
            "COST_LIMIT",
        ),
        (
            BY_VARIABLE.replace("Int", "Int = 99"),
            {},
            "COST_LIMIT",
        ),
        (
            BY_VARIABLE,
            {"n": None},
            "COST_LIMIT",
        ),
        ("{ producers(first: null) { gifts { producer { gifts { name } } } } }", {}, "COST_LIMIT"),
        ("{ tiers { boxes(months: 12) { items { quantity gift { name } } } } }", {}, None),
        (
            "{ tiers(first: 100) { boxes(months: 12) { items { quantity gift { name } } } } }",
            {},
            "COST_LIMIT",
        ),
    ],
)
def test_lists_multiply_the_cost_of_what_is_below_them(query, variables, code):
    assert refusal(query, **variables) == code


def test_the_same_expensive_field_under_many_names_is_refused():
    # given
    few = " ".join(f"a{n}: me {{ email }}" for n in range(30))
    many = few + " b: me { email }"
    # then
    assert refusal("{ " + few + " }") is None
    assert refusal("{ " + many + " }") == "ALIAS_LIMIT"


def test_fragments_that_double_each_other_are_measured_quickly():
    # given
    doubling = " ".join(
        f"fragment f{n} on Me {{ ...f{n + 1} x{n}: email ...f{n + 1} }}" for n in range(40)
    )
    query = "{ me { ...f0 } } " + doubling + " fragment f40 on Me { email }"
    # then
    assert refusal(query) in {"ALIAS_LIMIT", "COST_LIMIT"}


def test_fragments_in_a_circle_are_refused():
    # given
    query = "{ me { ...a } } fragment a on Me { ...b } fragment b on Me { ...a }"
    # then
    assert refusal(query) == "GRAPHQL_INVALID"


@pytest.mark.parametrize(
    "query",
    [
        "{ me" + "{ me" * 300 + " { email }" + "}" * 301,
        "{ me { email " + "... on Me { email " * 300 + "}" * 300 + "}}",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "{ tiers { " + "slug " * 3000 + "} }",
        "#\n" * 300 + "{ me { email } }",
        "{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(6)) + " }",
    ],
)
def test_hostile_documents_are_refused(query):
    assert refusal(query) in {
        "DEPTH_LIMIT",
        "COST_LIMIT",
        "GRAPHQL_SYNTAX",
        "GRAPHQL_INVALID",
        "ALIAS_LIMIT",
    }


def test_one_operation_holds_few_mutations():
    # given
    one = 'm%d: eventLeave(slug: "a") { errors { code } }'
    five = "mutation { " + " ".join(one % n for n in range(5)) + " }"
    six = "mutation { ...m } fragment m on Mutation { " + " ".join(one % n for n in range(6)) + " }"
    # then
    assert refusal(five) is None
    assert refusal(six) == "MUTATION_LIMIT"


@pytest.mark.django_db
def test_a_refused_operation_is_answered_with_400(django_assert_num_queries):
    # given
    query = "{ producers(first: 100) { gifts { producer { gifts { name } } } } }"
    # when
    with django_assert_num_queries(0):
        answer = api_client.anonymous().ask(query)
    # then
    assert (answer.status, answer.codes) == (400, ["COST_LIMIT"])
    assert str(limits.COST_LIMIT) in answer.body["errors"][0]["message"]

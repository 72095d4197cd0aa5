"""What cannot be read is refused clearly, and nothing personal is told or logged."""

import json
import logging

import pytest

from saleor_ext.membership import selectors
from tests.builders import api_client, world

pytestmark = pytest.mark.django_db

NESTED = "[" * 40 + "]" * 40
TOWN = "{ municipality { name } }"


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_other_methods_than_post_are_refused(method):
    # when
    response = getattr(api_client.anonymous().http, method)("/graphql/?query={me{email}}")
    # then
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert response.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/graphql", "application/x-www-form-urlencoded", ""],
)
def test_other_content_types_than_json_are_refused(content_type):
    # when
    answer = api_client.anonymous().post(json.dumps({"query": TOWN}), content_type=content_type)
    # then
    assert (answer.status, answer.codes) == (415, ["CONTENT_TYPE"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (" ", "JSON_INVALID"),
        ("{", "JSON_INVALID"),
        ("null", "JSON_INVALID"),
        ('"text"', "JSON_INVALID"),
        ("[" * 50_000, "JSON_INVALID"),
        (b"\xff\xfe{}", "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": {"a": NaN}}', "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": {"a": ' + "1" * 5000 + "}}", "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": []}', "JSON_INVALID"),
        ('{"query": "{me{email}}", "operationName": 1}', "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": {"a": "\\u0000"}}', "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": {"a": "\\ud800"}}', "JSON_INVALID"),
        ('{"query": "{me{email}}", "variables": {"\\ud800": 1}}', "JSON_INVALID"),
        (
            '{"query": "{me{email}}", "variables": {"a": ' + "[" * 40 + "]" * 40 + "}}",
            "JSON_INVALID",
        ),
        ("{}", "QUERY_MISSING"),
        ('{"query": ""}', "QUERY_MISSING"),
        ('{"query": 1}', "QUERY_MISSING"),
        ('[{"query": "{me{email}}"}]', "BATCH_REFUSED"),
        ('{"query": "{"}', "GRAPHQL_SYNTAX"),
        ('{"query": "{ nothing }"}', "GRAPHQL_INVALID"),
        ('{"query": "{ me }"}', "GRAPHQL_INVALID"),
        ('{"query": "subscription { me { email } }"}', "GRAPHQL_INVALID"),
        ('{"query": "query A { me { email } } query B { me { email } }"}', "OPERATION_UNKNOWN"),
        ('{"query": "query A { me { email } }", "operationName": "C"}', "OPERATION_UNKNOWN"),
        ('{"query": "fragment A on Me { email }"}', "GRAPHQL_INVALID"),
        ('{"query": "{ tier(slug: \\"\\\\u0000\\") { name } }"}', "GRAPHQL_INVALID"),
        ('{"query": "{ posts(first: ' + "9" * 5000 + ') { slug } }"}', "GRAPHQL_INVALID"),
    ],
)
def test_what_is_no_sound_request_is_refused_with_400(body, code):
    # when
    answer = api_client.anonymous().post(body)
    # then
    assert answer.status == 400
    assert set(answer.codes) == {code}
    assert "data" not in answer.body
    assert "Traceback" not in str(answer.body)


def test_a_body_that_is_too_large_is_refused():
    # when
    answer = api_client.anonymous().post(json.dumps({"query": TOWN + " " * 100_000}))
    # then
    assert (answer.status, answer.codes) == (413, ["BODY_TOO_LARGE"])


def test_one_operation_of_several_can_be_chosen():
    # given
    world.town_make()
    query = "query A { municipality { name } } query B { municipality { kana } }"
    # when
    answer = api_client.anonymous().post({"query": query, "operationName": "B"})
    # then
    assert answer.data == {"municipality": {"kana": "しおみちょう"}}


def test_the_schema_can_be_asked_for():
    # given
    from graphql import build_client_schema, get_introspection_query, print_schema

    # when
    data = api_client.anonymous().ask(get_introspection_query()).data
    # then
    assert "type Query" in print_schema(build_client_schema(data))


def test_answers_are_never_kept_in_caches():
    # given
    world.town_make()
    # when
    response = api_client.anonymous().http.post(
        "/graphql/", {"query": TOWN}, content_type="application/json"
    )
    # then
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "application/json"


def test_a_wrong_variable_is_named_but_its_value_is_not_repeated(caplog):
    # given
    query = """
    mutation ($input: DonorDetailsInput!) { donorDetailsSet(input: $input) { errors { code } } }
    """
    caplog.set_level(logging.DEBUG)
    # when
    answer = api_client.as_donor().ask(query, input={"familyName": "山田", "phone": 90})
    # then
    assert answer.status == 400
    assert set(answer.codes) == {"VARIABLE_INVALID"}
    assert "$input" in answer.body["errors"][0]["message"]
    assert "山田" not in str(answer.body)
    assert "山田" not in caplog.text


def test_an_accident_tells_and_logs_neither_its_text_nor_its_data(monkeypatch, caplog):
    # given
    def accident(**_arguments):
        raise RuntimeError("山田 花子 090-0000-1111")

    monkeypatch.setattr(selectors, "municipality_get", accident)
    # when
    answer = api_client.anonymous().ask(TOWN)
    # then
    assert answer.status == 200
    assert answer.body["errors"][0]["message"] == "INTERNAL_ERROR"
    assert answer.codes == ["INTERNAL_ERROR"]
    assert "花子" not in str(answer.body)
    assert "花子" not in caplog.text
    assert "RuntimeError at api/membership/queries.py:" in caplog.text

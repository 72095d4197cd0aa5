"""The one address of the GraphQL API."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, execute

from saleor_ext.api import context, documents, errors, transport
from saleor_ext.api.schema import schema
from saleor_ext.saleor_connector.errors import KeysUnavailable


# Requests with the session's cookie are checked below; those with a token need no such check.
@csrf_exempt
def graphql_view(request: HttpRequest) -> JsonResponse:
    """This will answer one GraphQL request.

    400 and other 4xx: nothing was run. 503: the shop's keys cannot be had to check a token.
    200: it was run; `errors` says what went wrong, if anything.
    """
    try:
        asked = transport.asked_read(request)
        operation = documents.operation_read(schema=schema.graphql_schema, asked=asked)
    except transport.RequestRefused as refused:
        return _refused(refused.status, errors.top(refused.message, refused.code))
    except documents.DocumentRefused as refused:
        entries = [errors.top(message, code, error) for code, message, error in refused.entries]
        return _refused(400, *entries)
    return _run(request, asked, operation)


def _run(
    request: HttpRequest, asked: transport.Asked, operation: documents.Operation
) -> JsonResponse:
    relies_on_cookie = context.bearer_token(request) is None
    if operation.is_mutation and relies_on_cookie and context.csrf_failure(request):
        return _refused(403, errors.top("Send the CSRF token or a bearer token.", "CSRF_FAILED"))
    try:
        api_context = context.context_make(request)
    except errors.Unauthenticated:
        return _answer(None, [errors.top("UNAUTHENTICATED", "UNAUTHENTICATED")])
    except KeysUnavailable:
        return _refused(503, errors.top("Try again in a minute.", "SHOP_UNAVAILABLE"))
    result = execute(
        schema.graphql_schema,
        operation.document,
        context_value=api_context,
        variable_values=asked.variables,
        operation_name=asked.operation_name,
    )
    return _result(result)


def _result(result: Any) -> JsonResponse:
    if not isinstance(result, ExecutionResult):
        raise TypeError("resolvers must not be asynchronous")
    return _answer(result.data, [errors.error_top(error) for error in result.errors or []])


def _answer(data: dict[str, Any] | None, entries: list[dict[str, Any]]) -> JsonResponse:
    body: dict[str, Any] = {"data": data}
    if entries:
        body = {"errors": entries, "data": data}
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _refused(status: int, *entries: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(
        {"errors": list(entries)}, status=status, json_dumps_params={"ensure_ascii": False}
    )
    response.headers["Cache-Control"] = "no-store"
    if status == 405:
        response.headers["Allow"] = "POST"
    return response

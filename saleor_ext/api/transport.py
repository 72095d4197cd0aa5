"""Reading what a client posts. Everything that is not one sound JSON object is refused."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

BODY_LIMIT_BYTES = 100_000
NESTING_LIMIT = 30


class RequestRefused(Exception):
    """The request cannot be read. `status` is for HTTP, `code` for machines."""

    def __init__(self, *, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One GraphQL request."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict, repr=False)


def asked_read(request: HttpRequest) -> Asked:
    """This will read one GraphQL request from a POST of JSON.

    Raises:
        RequestRefused: another method or content type, too large, not JSON, a batch, or without
            a document.
    """
    if request.method != "POST":
        raise _refused(405, "METHOD_NOT_ALLOWED", "Send a POST request with a JSON body.")
    if request.content_type != "application/json":
        raise _refused(415, "CONTENT_TYPE", "The content type must be application/json.")
    data = _json(_body(request))
    if isinstance(data, list):
        raise _refused(400, "BATCH_REFUSED", "Send one operation per request.")
    if not isinstance(data, dict):
        raise _refused(400, "JSON_INVALID", "The body must be a JSON object.")
    return _asked(data)


def _body(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT_BYTES:
        raise _refused(413, "BODY_TOO_LARGE", f"The body may have {BODY_LIMIT_BYTES} bytes.")
    try:
        body = request.body
    except RequestDataTooBig:
        raise _refused(413, "BODY_TOO_LARGE", "The body is too large.") from None
    except UnreadablePostError:
        raise _refused(400, "BODY_UNREADABLE", "The body did not arrive whole.") from None
    if len(body) > BODY_LIMIT_BYTES:
        raise _refused(413, "BODY_TOO_LARGE", f"The body may have {BODY_LIMIT_BYTES} bytes.")
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_constant_refuse)
    except (ValueError, RecursionError):
        raise _refused(400, "JSON_INVALID", "The body is not valid JSON.") from None


def _constant_refuse(name: str) -> None:
    raise ValueError(name)


def _asked(data: dict[str, Any]) -> Asked:
    query, name = data.get("query"), data.get("operationName")
    variables = data.get("variables")
    if not isinstance(query, str) or not query.strip():
        raise _refused(400, "QUERY_MISSING", "`query` must be a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise _refused(400, "JSON_INVALID", "`operationName` must be text.")
    if variables is not None and not isinstance(variables, dict):
        raise _refused(400, "JSON_INVALID", "`variables` must be an object.")
    if not _is_storable([query, variables], NESTING_LIMIT):
        raise _refused(400, "JSON_INVALID", "Text with characters that cannot be stored.")
    return Asked(query=query, operation_name=name or None, variables=variables or {})


def _is_storable(value: Any, levels: int) -> bool:
    """This will find text no database keeps (NUL, half characters) and endless nesting."""
    if levels == 0:
        return False
    if isinstance(value, str):
        return is_storable_text(value)
    if isinstance(value, dict):
        return all(is_storable_text(name) for name in value) and _is_storable(
            list(value.values()), levels - 1
        )
    if isinstance(value, list):
        return all(_is_storable(item, levels - 1) for item in value)
    return True


def is_storable_text(text: str) -> bool:
    """This will say whether a text has neither NUL nor half of a surrogate pair."""
    return not any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text)


def _refused(status: int, code: str, message: str) -> RequestRefused:
    return RequestRefused(status=status, code=code, message=message)

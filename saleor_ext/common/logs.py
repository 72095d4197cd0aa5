"""Log lines as JSON objects, one a line, in which no person can be found.

What we write ourselves holds ids only. This is for what others write: text is scrubbed of
whatever looks like an address, a number or a key, and an error of somebody else's code is told by
its class and the places it went through, never by its words, which may quote a person's data.
"""

import contextlib
import contextvars
import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from saleor_ext.common import my_number

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

OWN = ("saleor_ext.", "plugins.", "storefront.")
FRAMES_MAX = 30
TEXT_MAX = 2000
TASK_CONTENT = ("args", "kwargs", "exc", "return_value", "traceback")
FIELDS = ("method", "route", "status", "duration_ms", "task")
"""What a line may carry beside its text: `logger.info("...", extra={"route": ...})`."""

_SCRUBBED = (
    (re.compile(r"[\w.+'-]+@[\w-]+\.[\w.-]+"), "[mail]"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [token]"),
    (re.compile(r"\b(?:sk|rk|pk|whsec)_\w+"), "[key]"),
    (re.compile(r"\b(pi|seti)_\w+_secret_\w+"), r"\1_[key]"),
    (re.compile(r"(://[^\s:/@]+:)[^\s@]+@"), r"\1[key]@"),
    (
        re.compile(
            r"(?i)\b(password|passwd|secret|token|authorization|api[_-]?key)"
            r"(['\"]?\s*[=:]\s*['\"]?)[^\s,'\"&}]+"
        ),
        r"\1\2[key]",
    ),
    (
        re.compile(r"〒?\s*(?<![\d０-９A-Za-z_-])[\d０-９]{3}[-－‐−ー][\d０-９]{4}(?![\d０-９-])"),
        "[postal]",
    ),
    (
        re.compile(
            r"(?<![\d０-９A-Za-z_.:-])(?:\+81[-\s]?|[0０])[\d０-９]{1,4}[-－‐−ー\s(]?"
            r"[\d０-９]{1,4}[-－‐−ー\s)]?[\d０-９]{3,4}(?![\d０-９])"
        ),
        "[phone]",
    ),
    (re.compile(r"(?<!\d)\d{14,19}(?!\d)"), "[number]"),
    (re.compile(r"(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県)[^\s,。、'\"\])]+"), "[address]"),
)


def scrub(text: str) -> str:
    """This will take out of a text whatever looks like a person's data or a key."""
    text = my_number.masked(text)
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    return text


@contextlib.contextmanager
def request_named(name: str) -> Iterator[None]:
    """This will put a name on every line that is written while one request is answered."""
    token = request_id.set(name)
    try:
        yield
    finally:
        request_id.reset(token)


class JsonFormatter(logging.Formatter):
    """time (UTC), level, logger, message; request, and for errors error and frames."""

    def format(self, record: logging.LogRecord) -> str:
        """This will return one line of JSON."""
        moment = datetime.fromtimestamp(record.created, tz=UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= {name: _value(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = " < ".join(error_words(one) for one in _chain(record.exc_info[1]))
            line["frames"] = frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """An argument that is somebody else's error is told by its class only.

    Celery names its arguments, and among them are what a task was given, gave back or broke at.
    """
    arguments = record.args
    record = logging.makeLogRecord(record.__dict__)
    if isinstance(arguments, tuple):
        record.args = tuple(_argument(record, argument) for argument in arguments)
    elif arguments:
        error = record.exc_info[1] if record.exc_info else None
        hidden = dict.fromkeys(TASK_CONTENT, "-")
        if error is not None:
            hidden["exc"] = error_words(error)
        record.args = {name: hidden.get(name, value) for name, value in arguments.items()}
    return scrub(record.getMessage())[:TEXT_MAX]


def _argument(record: logging.LogRecord, argument: object) -> object:
    """Django tells a request's path, in which a mailed link may stand; its pattern says enough."""
    if isinstance(argument, Exception):
        return error_words(argument)
    request = getattr(record, "request", None)
    if request is not None and argument == getattr(request, "path", None):
        match = getattr(request, "resolver_match", None)
        return match.route if match else "-"
    return argument


def _value(record: logging.LogRecord, name: str) -> object:
    value = getattr(record, name)
    return value if isinstance(value, int | float) else scrub(str(value))[:TEXT_MAX]


def error_words(error: BaseException) -> str:
    """This will name an error: its class, and its words only where we wrote them ourselves."""
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if kind.__module__.startswith(OWN):
        return f"{name}: {scrub(str(error))}"[:TEXT_MAX]
    return name


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        yield found
        seen.append(found)
        found = found.__cause__ or found.__context__


def frames(trace: TracebackType | None) -> list[str]:
    """This will list where an error went through, the innermost place last, without its text."""
    found = traceback.extract_tb(trace)[-FRAMES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]

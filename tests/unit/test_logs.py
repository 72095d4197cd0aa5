"""Nobody's name, address, number or key gets into a log line, whoever wrote it."""

import json
import logging
from typing import Any

import pytest

from saleor_ext.common import logs
from saleor_ext.common.errors import NotFound
from saleor_ext.config.logging import logging_config

LEAKS = {
    "hanako.yamada+salon@example.jp": "[mail]",
    "090-1234-5678": "[phone]",
    "０９０-１２３４-５６７８": "[phone]",
    "+81 90 1234 5678": "[phone]",
    "0887-45-0001": "[phone]",
    "09012345678": "[phone]",
    "〒789-0101": "[postal]",
    "7890101 高知県幡見郡汐見町本町1-1": "[address]",
    "東京都港区芝公園4-2-8": "[address]",
    "4242424242424242": "[number]",
    "sk_test_51Habcdefghijkl": "[key]",
    "whsec_0123456789abcdef": "[key]",
    "pi_3Nabc_secret_Xyz123": "[key]",
    "Bearer abc.def-123": "[token]",
    "eyJhbGciOi.eyJlbWFpbCI6.c2lnbmF0dXJl": "[token]",
    "postgresql://salon:hunter2@db/salon": "[key]",
    "password='hunter2'": "[key]",
    '{"token": "abcdef123"}': "[key]",
}


def line_of(message: str, *arguments: Any, error: BaseException | None = None) -> dict[str, Any]:
    """What the formatter makes of one call, read back."""
    record = logging.LogRecord("some.library", logging.ERROR, __file__, 1, message, None, None)
    record.args = (
        arguments[0] if len(arguments) == 1 and isinstance(arguments[0], dict) else arguments
    )
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def raised(error: Exception) -> Exception:
    """An error as it is caught: with the places it went through."""
    try:
        raise error
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(("leak", "instead"), LEAKS.items())
def test_what_looks_like_a_person_or_a_key_is_taken_out(leak: str, instead: str) -> None:
    line = line_of("could not do it for %s today", leak)

    assert instead in line["message"]
    digits = "".join(c for c in leak if c.isdigit())
    assert leak not in line["message"]
    assert not digits or digits not in line["message"]


@pytest.mark.parametrize(
    "text",
    [
        "attempt 4711 could not be looked at",
        "ledger receipt_numbers: 2026: 12 receipts, highest number 13",
        "ledger provider_differs: 2026-11-24: ledger 5000 yen, provider 10000 yen",
        "outbox order.create 42: ShopUnavailable: order_find: HTTP 503",
        "Task cycles.run[3f0c0123-4567-8901-a123-0123456789ab] received",
        "look what=member actor=staff:VXNlcjoyMQ== objects=12,13",
    ],
)
def test_our_own_words_stay_as_they_are(text: str) -> None:
    assert line_of(text)["message"] == text


def test_a_line_says_when_how_bad_where_and_what() -> None:
    with logs.request_named("abc-12345"):
        line = line_of("attempt %s", 7)

    assert sorted(line) == ["level", "logger", "message", "request", "time"]
    assert (line["level"], line["logger"], line["message"]) == (
        "ERROR",
        "some.library",
        "attempt 7",
    )
    assert line["request"] == "abc-12345"
    assert line["time"].endswith("+00:00")


def test_somebody_elses_error_is_told_without_its_words() -> None:
    error = raised(ValueError("山田 花子 cannot be 汐見町本町1-1"))

    line = line_of("could not save", error=error)

    assert line["error"] == "ValueError"
    assert line["frames"][-1].endswith(" raised")
    assert "花子" not in json.dumps(line, ensure_ascii=False)


def test_what_an_error_was_raised_from_is_told_the_same_way() -> None:
    try:
        try:
            raise KeyError("山田 花子")
        except KeyError as cause:
            raise NotFound(donor=12) from cause
    except NotFound as error:
        line = line_of("no", error=error)

    assert line["error"] == "saleor_ext.common.errors.NotFound: not_found < KeyError"


def test_an_error_given_as_an_argument_is_told_without_its_words() -> None:
    assert line_of("failed: %s", ValueError("山田 花子"))["message"] == "failed: ValueError"


def test_what_a_task_was_given_and_broke_at_is_not_told() -> None:
    error = raised(RuntimeError("山田 花子"))
    context = {
        "name": "outbox.sweep",
        "id": "1",
        "description": "raised unexpected",
        "exc": "RuntimeError('山田 花子')",
        "args": "['花子']",
        "kwargs": "{'name': '花子'}",
    }

    line = line_of(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s %(kwargs)s", context, error=error
    )

    assert line["message"] == "Task outbox.sweep[1] raised unexpected: RuntimeError -"
    assert "花子" not in json.dumps(line, ensure_ascii=False)


def test_the_web_server_writes_no_addresses_of_its_own() -> None:
    access = logging_config(is_json=True, level="DEBUG")["loggers"]["gunicorn.access"]

    assert access == {"level": "CRITICAL", "handlers": [], "propagate": False}

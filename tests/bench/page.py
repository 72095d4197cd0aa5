"""A warm page of the storefront, against a Django view that does nothing."""

import argparse
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

EMPTY = "/bench/empty/"
PAGES = {"home": "/", "tiers": "/tiers/"}
WARM_UP = 30
ROUNDS = 300
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    django.setup()
    application = _application()
    for path in (EMPTY, *PAGES.values()):
        for _ in range(WARM_UP):
            _ask(application, path)
    seconds = _measure(application, rounds)
    _report(seconds, rounds=rounds, queries={n: _queries(application, p) for n, p in PAGES.items()})


def _application() -> Callable[..., Any]:
    """This will fill the town and return the product's own WSGI application."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    from fixtures.trial import town_rows
    from saleor_ext.common import jptime

    call_command("migrate", verbosity=0)
    town_rows.town_rows_load(today=jptime.jst_date(NOW))
    settings.ROOT_URLCONF = "tests.bench.urls"
    connection.settings_dict["CONN_MAX_AGE"] = 60  # as in service
    return get_wsgi_application()


def _ask(application: Callable[..., Any], path: str) -> bytes:
    """This will send one request through every middleware and return the page."""
    found: dict[str, str] = {}
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    answer = application(environ, lambda status, headers: found.update(status=status))
    body = b"".join(answer)
    answer.close()
    if not found["status"].startswith("200"):
        raise SystemExit(f"{path} answered {found['status']}")
    return body


def _measure(application: Callable[..., Any], rounds: int) -> dict[str, list[float]]:
    """The pages take turns, so that whatever else the machine does hits all of them."""
    paths = {"empty": EMPTY, **PAGES}
    seconds: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(rounds):
        for name, path in paths.items():
            began = time.perf_counter()
            _ask(application, path)
            seconds[name].append(time.perf_counter() - began)
    return seconds


def _queries(application: Callable[..., Any], path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _ask(application, path)
    return len(asked)


def _report(seconds: dict[str, list[float]], *, rounds: int, queries: dict[str, int]) -> None:
    from tests.bench import report

    medians = {name: report.median_ms(found) for name, found in seconds.items()}
    rows = [("Empty view", f"{medians['empty']:.2f} ms")]
    rows += [
        (f"`{path}`", f"{medians[name]:.2f} ms, {queries[name]} queries")
        for name, path in PAGES.items()
    ]
    report.write(
        report.Report(
            name="page",
            title="A warm page",
            question=(
                "How long does a page of the storefront take, against a view that returns nothing"
                " through the same middleware?"
            ),
            ratio_words="home page: times as long as the empty view",
            ratio=medians["home"] / medians["empty"],
            rows=[
                *rows,
                ("Measured", f"median of {rounds} requests each, taking turns, one process"),
                ("Database", report.database_words()),
            ],
            numbers={"median_ms": medians, "queries": queries, "rounds": rounds},
            notes="Nobody is signed in; the demo town is loaded. No network is between.",
        )
    )


if __name__ == "__main__":
    main()

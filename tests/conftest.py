"""What every test may ask for, and what holds for all of them."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from saleor_ext.common import clock, collector, jptime
from saleor_ext.config.celery import app as celery_app
from tests.tools import machine, network

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Tuesday 24 November 2026, 10:00 in Japan."""

ROOT = Path(__file__).resolve().parents[1]

# Two slow cores must not turn a true property into a failure.
hypothesis_settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis_settings.load_profile("suite")
network.network_close()
celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """This will add the flags by which a test runs on one database, or on both."""
    parser.addoption(
        "--database-only", action="store_true", help="only tests that touch the database"
    )
    parser.addoption(
        "--database-in", help="of tests that touch the database only those in these places (a,b)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """This will leave out tests that would do the same on any database."""
    for item in items:
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: several writers at once"))
    left_out = {item for item in items if not _is_wanted(config, item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish(session: pytest.Session) -> None:
    """This will spare Python from looking through thousands of tests for what it may clear away."""
    gc.freeze()
    gc.set_threshold(collector.OBJECTS)


def _is_wanted(config: pytest.Config, item: pytest.Item) -> bool:
    if config.getoption("--database-only"):
        return _touches_database(item)
    folders = config.getoption("--database-in")
    if not folders:
        return True
    is_named = any(item.path.is_relative_to(ROOT / folder) for folder in folders.split(","))
    return is_named or not _touches_database(item)


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return (
        item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("postgres") is not None
        or bool(
            fixtures & {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
        )
    )


@pytest.fixture
def now(clock_at: Callable[[datetime], None]) -> datetime:
    """This will stop the clock at 10:00 on Tuesday 24 November 2026 in Japan."""
    clock_at(NOW)
    return NOW


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """This will give a function that stops the clock at a moment."""

    def stop(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "today", lambda: jptime.jst_date(moment))

    return stop


@pytest.fixture
def queries() -> Callable[[], contextlib.AbstractContextManager[CaptureQueriesContext]]:
    """This will give a context manager that counts what is asked of the database.

    `with queries() as asked: ...` and then `len(asked)`, `asked.captured_queries`.
    """

    @contextlib.contextmanager
    def counting() -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as asked:
            yield asked

    return counting


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """This will give the browser's program, or skip the test where there is none."""
    path = machine.browser_path()
    if path is None:
        pytest.skip("neither Chromium nor Chrome found")
    return path


@pytest.fixture(scope="session")
def root() -> Path:
    """This will give the project's folder."""
    return ROOT


DELETE_GUARDS = ("donation_no_delete", "balance_entry_no_delete")
_guards_taken: list[str] = []


@pytest.fixture(autouse=True)
def ledger_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """This will let SQLite's flush after a transactional test empty ledger and mirrored balance.

    The guards against deleting are taken away only while the database is emptied.
    """
    marker = request.node.get_closest_marker("django_db")
    is_transactional = marker is not None and marker.kwargs.get("transaction", False)
    if not is_transactional or connection.vendor != "sqlite":
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        for guard in DELETE_GUARDS:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [guard])
            _guards_taken.append(cursor.fetchone()[0])
            cursor.execute(f"DROP TRIGGER {guard}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """This will put the ledger's guard back once the database has been emptied."""
    yield
    blocker = item.config.stash[blocking_manager_key]
    while _guards_taken:
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(_guards_taken.pop())

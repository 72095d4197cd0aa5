"""Is everything there that this process needs? Each part by name, in a bounded time."""

from collections.abc import Callable

from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from saleor_ext.common import jobs
from saleor_ext.saleor_connector import selectors as shop_selectors

OK = "ok"
DATABASE_TIMEOUT_MS = 2000
BROKER_TIMEOUT_S = 2

_seen_migrated: set[str] = set()


def readiness() -> dict[str, str]:
    """This will name every part and how it stands: "ok", or in a word what is wrong."""
    database = _answer(_database)
    is_there = database == OK
    return {
        "database": database,
        "migrations": _answer(_migrations) if is_there else "unknown",
        "broker": OK if jobs.broker_answers(timeout_s=BROKER_TIMEOUT_S) else "unreachable",
        "shop": _answer(_shop) if is_there else "unknown",
    }


def _answer(check: Callable[[], str]) -> str:
    try:
        with transaction.atomic():
            statements_bound(DATABASE_TIMEOUT_MS)
            return check()
    except Error:
        return "unreachable"


def statements_bound(limit_ms: int) -> None:
    """This will let no statement of the present transaction take longer, where that can be said."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(limit_ms)])


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    """Asked until the answer is yes: applied migrations stay applied while a process lives."""
    name = str(connection.settings_dict["NAME"])
    if name in _seen_migrated:
        return OK
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "pending"
    _seen_migrated.add(name)
    return OK


def _shop() -> str:
    return OK if shop_selectors.installation_current() else "not_installed"

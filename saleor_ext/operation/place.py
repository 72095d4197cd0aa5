"""Where the database is just now: what a copy of it cannot have in common with the original."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

MARK_SHOWN = 12
UNKNOWN = "unknown"

# Asked one by one: some hosts do not let everybody read the server's control file.
_READABLE = "SELECT has_function_privilege(current_user, %s, 'execute')"
_CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"
_TIMELINE = "SELECT timeline_id::text FROM pg_control_checkpoint()"
_DATABASE = "SELECT oid::text, datname FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, kw_only=True)
class Here:
    """The present place, and its mark: a digest of all that tells it from other places.

    On PostgreSQL: `cluster` is made anew by initdb, so a dump that is restored elsewhere has
    another. `database` changes when it is restored under another name or dropped and made again.
    `timeline` changes when files are restored up to a moment or a standby takes over. `name` is
    PLACE_NAME, for copies of whole machines.
    """

    parts: Mapping[str, str]

    @property
    def mark(self) -> str:
        """Twelve characters that a person can compare and type."""
        text = json.dumps(dict(self.parts), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:MARK_SHOWN]


def here() -> Here:
    """This will say where the database is, asking it once per connection.

    A database can only be exchanged under us by cutting the connection. SQLite is for the trial,
    whose folder may be moved about: there every place is the same.
    """
    if connection.vendor != "postgresql":
        return Here(parts={"engine": connection.vendor})
    connection.ensure_connection()
    known: tuple[Any, Here] | None = getattr(connection, "_salon_place", None)
    if known is not None and known[0] is connection.connection and _is_named(known[1]):
        return known[1]
    found = Here(parts=_parts_read())
    connection._salon_place = (connection.connection, found)  # type: ignore[attr-defined]
    return found


def _is_named(found: Here) -> bool:
    return found.parts["name"] == settings.PLACE_NAME


def _parts_read() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        oid, database = cursor.fetchone()
        return {
            "cluster": _control(cursor, "pg_control_system()", _CLUSTER),
            "timeline": _control(cursor, "pg_control_checkpoint()", _TIMELINE),
            "database": f"{database} {oid}",
            "name": settings.PLACE_NAME,
        }


def _control(cursor: Any, function: str, query: str) -> str:
    cursor.execute(_READABLE, [function])
    if not cursor.fetchone()[0]:
        return UNKNOWN
    cursor.execute(query)
    return str(cursor.fetchone()[0])

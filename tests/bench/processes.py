"""Processor seconds of what takes part in a measurement, read from /proc. On a machine that others
use as well they say more than the clock on the wall.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat behind the name: parent; own seconds; those of children that ended.
PARENT, OWN, ENDED = 1, (11, 12), (13, 14)


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """Seconds on the wall, and processor seconds of the run, the stand-in and the database."""

    wall_s: float = 0.0
    run_s: float = 0.0
    stand_in_s: float = 0.0
    database_s: float = 0.0

    @property
    def cpu_s(self) -> float:
        """All three together."""
        return self.run_s + self.stand_in_s + self.database_s

    def __add__(self, other: Self) -> "Seconds":
        return Seconds(
            wall_s=self.wall_s + other.wall_s,
            run_s=self.run_s + other.run_s,
            stand_in_s=self.stand_in_s + other.stand_in_s,
            database_s=self.database_s + other.database_s,
        )

    def __sub__(self, other: Self) -> "Seconds":
        return Seconds(
            wall_s=self.wall_s - other.wall_s,
            run_s=self.run_s - other.run_s,
            stand_in_s=self.stand_in_s - other.stand_in_s,
            database_s=self.database_s - other.database_s,
        )

    def words(self, count: int) -> str:
        """This will say for how long each part computed for one of `count`."""
        each = 1000 / count
        return (
            f"{self.cpu_s * each:.2f} ms: run {self.run_s * each:.2f},"
            f" database {self.database_s * each:.2f}, stand-in {self.stand_in_s * each:.2f}"
        )


def seconds(*, stand_in: int = 0) -> Seconds:
    """This will read all clocks; `stand_in` is the stand-in's process, 0 for none."""
    own = os.times()
    return Seconds(
        wall_s=time.perf_counter(),
        run_s=own.user + own.system,
        stand_in_s=_of(stand_in) if stand_in else 0.0,
        database_s=_of_database(),
    )


def _of(pid: int, fields: tuple[int, ...] = OWN) -> float:
    stat = _stat(Path("/proc") / str(pid))
    return sum(int(stat[field]) for field in fields) / TICKS if stat else 0.0


def _of_database() -> float:
    """Of a PostgreSQL on this machine: its server and all processes it began. SQLite has none."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = _stat(Path("/proc") / str(cursor.fetchone()[0]))
    if not backend:
        return 0.0
    server = int(backend[PARENT])
    return _of(server, OWN + ENDED) + sum(_of(pid) for pid in _children(server))


def _children(parent: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            stat = _stat(folder)
            if stat and int(stat[PARENT]) == parent:
                yield int(folder.name)


def _stat(folder: Path) -> list[str]:
    try:
        text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []  # it ended in this very moment
    return text.rsplit(")", 1)[1].split()

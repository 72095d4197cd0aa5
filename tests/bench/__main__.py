"""Runs the measurements: `python -m tests.bench [--only cycles,charges,month,rehearsal,me,page]`.

Each runs in a process and a database of its own: PostgreSQL where DATABASE_URL names one or its
programs are found, else SQLite.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.tools import cluster, machine

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("cycles", "charges", "month", "rehearsal", "orders", "me", "page", "checkout")


def main() -> int:
    """This will run the chosen measurements and return an exit code."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--only", default=",".join(NAMES), help=f"some of {', '.join(NAMES)}")
    parser.add_argument("--cycles", type=int, default=100_000, help="months to plan and lock")
    parser.add_argument("--charges", type=int, default=4000, help="donations to receive")
    parser.add_argument("--rehearsed", type=int, default=10_000, help="members to rehearse")
    parser.add_argument("--month", type=int, default=10_000, help="members of a whole month")
    parser.add_argument("--orders", type=int, default=60, help="renewal orders to make")
    parser.add_argument("--sqlite", action="store_true", help="even where PostgreSQL is found")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if not set(chosen) <= set(NAMES):
        parser.error(f"choose from {', '.join(NAMES)}")
    sizes = {
        "cycles": options.cycles,
        "charges": options.charges,
        "month": options.month,
        "rehearsal": options.rehearsed,
        "orders": options.orders,
    }
    failed = [
        name
        for name in chosen
        if not _run(name, size=sizes.get(name), is_sqlite=options.sqlite or name == "checkout")
    ]
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _run(name: str, *, size: int | None, is_sqlite: bool) -> bool:
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"tests.bench.{name}"]
    if size is not None:
        command += ["--size", str(size)]
    with tempfile.TemporaryDirectory(prefix="salon-bench-") as data, _database(is_sqlite) as url:
        return subprocess.run(
            command, cwd=ROOT, env=_environment(data=data, url=url), check=False
        ).returncode == 0  # fmt: skip


@contextlib.contextmanager
def _database(is_sqlite: bool) -> Iterator[str]:
    """This will give a database that may be filled and thrown away, "" for a file of its own."""
    folder = machine.postgres_folder()
    if is_sqlite or folder is None:
        yield ""
        return
    with cluster.cluster(folder, is_durable=True) as url:
        yield url


def _environment(*, data: str, url: str) -> dict[str, str]:
    left_out = {"DATABASE_URL", "FURUSATO_MODE", "TRIAL_CLOCK_FILE", "PORT"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["FURUSATO_DATA_DIR"] = data
    environment["DJANGO_SETTINGS_MODULE"] = "saleor_ext.config.settings"
    environment["LOG_LEVEL"] = "ERROR"
    environment["PYTHONWARNINGS"] = "ignore"
    if url:
        environment["DATABASE_URL"] = url
    return environment


if __name__ == "__main__":
    sys.exit(main())

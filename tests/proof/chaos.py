"""Chaos: `make chaos`, or `python -m tests.proof.chaos`.

Turns many months of many members with workers that are killed at random, while the provider fails
one call in ten, until so many months are turned or the time is up. Then all is let come to rest,
and every book is compared with every other. Writes docs/bench/chaos.md.

CHAOS_CYCLES (100,000), CHAOS_MINUTES (30), CHAOS_WORKERS (8), CHAOS_MEMBERS (2,000),
CHAOS_KILL_EVERY_S (1.5) and CHAOS_SEED (1) change it.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.tools import cluster, machine

ROOT = Path(__file__).resolve().parents[2]
START = date(2026, 11, 24)
CYCLES = int(os.environ.get("CHAOS_CYCLES", "100000"))
MINUTES = float(os.environ.get("CHAOS_MINUTES", "30"))
MEMBERS = int(os.environ.get("CHAOS_MEMBERS", "2000"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
SHARE_OF_TROUBLE = 0.1
DAY_MOST_S = 20.0
QUIET_DAYS = 25
STAFF_DAY = 5  # of these days: staff look at whom they were to look at
LOOK_EVERY_S = 0.3
NO_DATABASE = "OperationalError: connection timeout expired"


@dataclass(kw_only=True)
class Tale:
    """What happened."""

    began: float = field(default_factory=time.monotonic)
    days: int = 0
    workers: dict[str, int] = field(default_factory=dict)
    faults: int = 0

    @property
    def minutes(self) -> float:
        return (time.monotonic() - self.began) / 60


def main() -> int:
    """This will start everything, and return 0 only when every book was right."""
    folder = machine.postgres_folder()
    if folder is None:
        print("chaos needs PostgreSQL's server programs (initdb, postgres)", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="salon-chaos-") as data,
        cluster.cluster(folder, is_durable=True) as url,
    ):
        _environment_set(Path(data), url)
        from tests.bench import charges

        with charges.stand_in(Path(data) / "stripe") as stripe_url:
            os.environ["STRIPE_API_BASE"] = stripe_url
            return _chaos(Path(data), stripe_url)


def _environment_set(data: Path, url: str) -> None:
    for name in ("FURUSATO_MODE", "PORT"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATABASE_URL": url,
        "FURUSATO_DATA_DIR": str(data),
        "PROOF_FOLDER": str(data),
        "TRIAL_CLOCK_FILE": str(data / "clock.json"),
        "DJANGO_SETTINGS_MODULE": "saleor_ext.config.settings",
        "LOG_LEVEL": "CRITICAL",
        "PYTHONWARNINGS": "ignore",
        "STRIPE_TIMEOUT_S": "2",
        "OUTBOX_CONCURRENCY": "2",
        "CHARGE_CONCURRENCY": "2",
    }
    clock_set(data, START)


def clock_set(data: Path, day: date, *, hour: int = 10) -> None:
    """This will move the clock of all processes to a time of day in Japan."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=9)
    offset = moment - datetime.now(tz=UTC)
    fresh = data / "clock.new"
    fresh.write_text(json.dumps({"offset_s": int(offset.total_seconds()) + 1}))
    fresh.replace(data / "clock.json")


def _chaos(data: Path, stripe_url: str) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.proof import chaos_books, crowd

    call_command("migrate", verbosity=0)
    months = CYCLES // MEMBERS + 2
    crowd.crowd_make(MEMBERS, start=START, months=months, stripe_url=stripe_url)
    tale = Tale()
    day = _wild_days(data, stripe_url, tale)
    day = _days_of_rest(data, day)
    found = chaos_books.compare(last_day=day, stripe_url=stripe_url)
    errors = _errors(data)
    # The queue would hand such work to another worker, as after a kill: it is told, not blamed.
    cut_off = [line for line in errors if NO_DATABASE in line]
    found.rows.append(("Work broken off for want of a database connection", str(len(cut_off))))
    found.wrong += [f"a worker: {line}" for line in sorted(set(errors) - set(cut_off))]
    chaos_books.report(found, tale=tale, cycles=CYCLES, minutes=MINUTES, members=MEMBERS)
    return int(bool(found.wrong))


def _wild_days(data: Path, stripe_url: str, tale: Tale) -> date:
    from tests.proof import chaos_books, colony

    day = START
    with _colony(data, tale):
        _misfortune(stripe_url, is_on=True)
        while tale.minutes < MINUTES and chaos_books.turned() < CYCLES:
            _until_quiet()
            day = chaos_books.next_day(day)
            with colony.nobody_at_work(data):
                clock_set(data, day)
            tale.days += 1
            if tale.days % 10 == 0:
                told = f"{day}: {chaos_books.turned():,} months, {tale.minutes:.1f} minutes"
                print(told, flush=True)
        tale.faults = _misfortune(stripe_url, is_on=False)
    return day


def _until_quiet() -> None:
    from tests.proof import chaos_books

    until = time.monotonic() + DAY_MOST_S
    while time.monotonic() < until and chaos_books.left_today():
        time.sleep(LOOK_EVERY_S)


def _misfortune(stripe_url: str, *, is_on: bool) -> int:
    """This will turn the provider's troubles on or off; how often they struck until now."""
    import httpx

    from tests.proof import bank

    url = f"{stripe_url}/_control/faults"
    with httpx.Client(timeout=30, trust_env=False) as http:
        struck = sum(rule["struck"] for rule in http.get(url).json())
        rules = bank.misfortunes(share=SHARE_OF_TROUBLE, seed=SEED)
        slow = {"path": "/v1/", "count": None, "seed": SEED}
        rules += [
            {"fault": "delay_s", "hold_s": 0.3, "probability": 0.01, **slow},
            {"fault": "timeout_after_commit", "hold_s": 3.0, "probability": 0.002, **slow},
        ]
        http.post(url, json=rules if is_on else []).raise_for_status()
    return struck


@contextlib.contextmanager
def _colony(data: Path, tale: Tale) -> Iterator[None]:
    with (data / "colony.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.colony"],
            cwd=ROOT,
            env=os.environ | {"CHAOS_SEED": str(SEED)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield
        out, _ = process.communicate("stop\n", timeout=60)
        tale.workers = json.loads(out)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _days_of_rest(data: Path, day: date) -> date:
    """Nobody dies and nothing fails any more: two workers a day, until all is done."""
    from tests.proof import chaos_books
    from tests.proof.nursery import Job, nursery_open

    with nursery_open(dict(os.environ), log=data / "nursery.log") as nursery:
        for number in range(QUIET_DAYS):
            chaos_books.claims_run_out()
            day += timedelta(days=1)
            clock_set(data, day)
            if number == STAFF_DAY:
                nursery.do("unclear_go_on")
            for end in nursery.run(*[Job(name="run", args={})] * 2):
                if end.code != 0:
                    raise SystemExit(end.error)
    return day


def _errors(data: Path) -> list[str]:
    path = data / "errors"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def options() -> dict[str, Any]:
    """This will return what this run was asked for."""
    return {"cycles": CYCLES, "minutes": MINUTES, "members": MEMBERS, "seed": SEED}


if __name__ == "__main__":
    sys.exit(main())

"""Chaos: `make chaos`, or `python -m tests.proof.chaos`.

Turns many months of many members with workers that are killed at random, while the provider fails
one call in ten, until so many months are turned or the time is up. Then all is let come to rest,
and every book is compared with every other. Writes docs/bench/chaos.md.

CHAOS_CYCLES (100,000), CHAOS_MINUTES (60), CHAOS_WORKERS (8), CHAOS_MEMBERS (6,000),
CHAOS_KILL_EVERY_S (1), CHAOS_SEED (1) and CHAOS_REPORT (docs/bench) change it.
"""

import contextlib
import json
import os
import random
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
MINUTES = float(os.environ.get("CHAOS_MINUTES", "60"))
MEMBERS = int(os.environ.get("CHAOS_MEMBERS", "6000"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
SHARE_OF_TROUBLE = 0.1
# In one leap of so many the provider begins by answering nobody.
SILENT_EVERY = 6
SILENT_S = 20.0
LOOK_EVERY_S = 0.3
# A leap of days waits so long for its work at most; so much of it may lie over to the next one.
LEAP_MOST_S = 90.0
LEAP_DAYS = (2, 6)
LEFT_OVER = 0.1
CHECK_EVERY = 10  # leaps
# The days of rest: retries, what gives up after a fortnight, and lists after long holidays.
QUIET_DAYS = (1, 1, 1, 2, 2, 3, 5, 5, 5)
# Then once more, one alone: what those beside each other had put off is done.
LAST_HOURS = (12, 15)
STAFF_DAY = 4  # of these: staff look at whom they were to look at
QUIET_WORKERS = 4
QUIET_MOST_S = 1800.0
NO_DATABASE = "OperationalError: connection timeout expired"


@dataclass(kw_only=True)
class Tale:
    """What happened."""

    began: float = field(default_factory=time.monotonic)
    wild_minutes: float = 0.0
    wild_months: int = 0
    ended: str = ""
    first_day: date = START
    last_day: date = START
    leaps: int = 0
    silences: int = 0
    silent_s: float = 0.0
    checks: int = 0
    broken: list[str] = field(default_factory=list)
    workers: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    caught: dict[str, int] = field(default_factory=dict)

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
        # Workers are killed, the database's server is not: what its disk keeps is not tried here.
        cluster.cluster(folder) as url,
    ):
        environment_set(Path(data), url, day=START)
        from tests.bench import stand_in

        with stand_in.running(Path(data) / "stripe") as (stripe_url, _pid):
            os.environ["STRIPE_API_BASE"] = stripe_url
            return _chaos(Path(data), stripe_url)


def environment_set(data: Path, url: str, *, day: date) -> None:
    """This will let this process and those it begins work on a database, at a day's beginning."""
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
    clock_set(data, day)


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

    from tests.proof import chaos_books, chaos_report, crowd

    call_command("migrate", verbosity=0)
    months = CYCLES // MEMBERS + 2
    crowd.crowd_make(MEMBERS, start=START, months=months, stripe_url=stripe_url)
    _statistics_take()
    tale = Tale()
    _wild_days(data, stripe_url, tale)
    _days_of_rest(data, tale)
    found = chaos_books.compare(last_day=tale.last_day, stripe_url=stripe_url, data=data)
    found.wrong += tale.broken
    errors = _errors(data)
    # The queue would hand such work to another worker, as after a kill: it is told, not blamed.
    cut_off = [line for line in errors if NO_DATABASE in line]
    found.rows.append(("Work broken off for want of a database connection", str(len(cut_off))))
    found.wrong += [f"a worker: {line}" for line in sorted(set(errors) - set(cut_off))]
    chaos_report.report(found, tale=tale, cycles=CYCLES, minutes=MINUTES, members=MEMBERS)
    return int(bool(found.wrong))


def _wild_days(data: Path, stripe_url: str, tale: Tale) -> None:
    """The days leap on, some at a time, until enough months are turned or the time is up."""
    from tests.proof import chaos_watch, colony

    dice, ends_at = random.Random(SEED), time.monotonic() + MINUTES * 60
    began = time.monotonic()
    with _colony(data, tale):
        _misfortune(stripe_url, tale, is_on=True)
        while not tale.ended:
            if tale.leaps % SILENT_EVERY == SILENT_EVERY - 1:
                _silence(stripe_url, tale)
            _until_quiet(ends_at)
            with colony.nobody_at_work(data):
                tale.wild_months = chaos_watch.turned()
                _statistics_take()
                _look(tale)
                tale.ended = _why_ended(tale.wild_months, ends_at=ends_at)
                if not tale.ended:
                    tale.last_day = chaos_watch.next_day(tale.last_day, dice.randint(*LEAP_DAYS))
                    clock_set(data, tale.last_day)
                    tale.leaps += 1
        tale.wild_minutes = (time.monotonic() - began) / 60
        _misfortune(stripe_url, tale, is_on=False)
    tale.jobs, tale.caught = colony.jobs_done(data), colony.caught(data)


def _statistics_take() -> None:
    """A town's database has known its tables for long. This one fills within minutes, quicker than
    it looks by itself, and would go on planning for empty tables.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _why_ended(months: int, *, ends_at: float) -> str:
    if months >= CYCLES:
        return "all months asked for were turned"
    return "the time was up" if time.monotonic() >= ends_at else ""


def _look(tale: Tale) -> None:
    """While nobody is at work: what must hold at every moment, and how far it has come."""
    from tests.proof import chaos_watch

    if tale.leaps % CHECK_EVERY:
        return
    tale.checks += 1
    tale.broken += [f"{tale.last_day}: {text}" for text in chaos_watch.broken_now()]
    told = f"{tale.last_day}: {tale.wild_months:,} months, {tale.minutes:.1f} minutes"
    print(told, *tale.broken, flush=True)


def _until_quiet(ends_at: float) -> None:
    """Until the donations of these days are taken, and nearly all orders, mails and parcels."""
    from tests.proof import chaos_watch

    until = min(time.monotonic() + LEAP_MOST_S, ends_at)
    most = int(MEMBERS * LEFT_OVER)
    while time.monotonic() < until and chaos_watch.is_much_left(most):
        time.sleep(LOOK_EVERY_S)


def _silence(stripe_url: str, tale: Tale) -> None:
    """For a while nobody is answered at all, on a day on which donations are due."""
    _faults_set(stripe_url, tale, [{"fault": "cut_before", "path": "/v1/", "count": None}])
    time.sleep(SILENT_S)
    tale.silences += 1
    tale.silent_s += SILENT_S
    _misfortune(stripe_url, tale, is_on=True)


def _misfortune(stripe_url: str, tale: Tale, *, is_on: bool) -> None:
    """This will turn the provider's troubles on or off."""
    from tests.proof import bank

    rules = bank.misfortunes(share=SHARE_OF_TROUBLE, seed=SEED)
    slow = {"path": "/v1/", "count": None, "seed": SEED}
    rules += [
        {"fault": "delay_s", "hold_s": 0.3, "probability": 0.01, **slow},
        {"fault": "timeout_after_commit", "hold_s": 3.0, "probability": 0.002, **slow},
    ]
    _faults_set(stripe_url, tale, rules if is_on else [])


def _faults_set(stripe_url: str, tale: Tale, rules: list[dict[str, Any]]) -> None:
    """This will put other troubles in the place of the present ones, and count how often each kind
    of these struck.
    """
    import httpx

    url = f"{stripe_url}/_control/faults"
    with httpx.Client(timeout=30, trust_env=False) as http:
        for rule in http.get(url).json():
            name = _fault_name(rule)
            tale.faults[name] = tale.faults.get(name, 0) + rule["struck"]
        http.post(url, json=rules).raise_for_status()


def _fault_name(rule: dict[str, Any]) -> str:
    kinds = {
        "delay_s": "slow",
        "cut_before": "cut before its work",
        "malformed": "half an answer",
        "timeout_after_commit": "cut after its work" if rule["cut"] else "too late",
        "status": f"{rule['status']}{' after its work' if rule['keeps_work'] else ''}",
    }
    return kinds[rule["fault"]]


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


def _days_of_rest(data: Path, tale: Tale) -> None:
    """Nobody dies and nothing fails any more: some workers a day, until all is done."""
    from tests.proof import chaos_watch
    from tests.proof.nursery import Job, nursery_open

    log = data / "nursery.log"
    with nursery_open(dict(os.environ), log=log, timeout_s=QUIET_MOST_S) as nursery:
        for number, days in enumerate(QUIET_DAYS):
            chaos_watch.claims_run_out()
            tale.last_day = chaos_watch.next_day(tale.last_day, days)
            clock_set(data, tale.last_day)
            if number == STAFF_DAY:
                nursery.do("unclear_go_on")
            for end in nursery.run(*[Job(name="run", args={})] * QUIET_WORKERS):
                if end.code != 0:
                    raise SystemExit(end.error or log.read_text(encoding="utf-8"))
        for hour in LAST_HOURS:
            clock_set(data, tale.last_day, hour=hour)
            nursery.do("run")


def _errors(data: Path) -> list[str]:
    path = data / "errors"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())

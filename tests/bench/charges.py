"""A day's donations: how many a second, against bare loops on the same stand-in.

The first thousand members stand for a small town, all of them for a large one. Then the stand-in
takes its time, as banks do, and more calls are made at a time. All that without a bound; the pace
that several runs keep together is measured apart.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import httpx

from tests.bench import bare, pace, stand_in

CHARGE_ON = date(2026, 12, 24)
RUN_ON = date(2026, 12, 25)
SMALL, CARDS, BARE, PACED_S = 1000, 500, 2000, 60
CONCURRENCY, LATE_CONCURRENCY, LATE_S = 4, 32, 10
# Of each of several runs, as the product has it.
PACED_CONCURRENCY = 16


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--late-ms", type=int, default=200)
    parser.add_argument("--paced-s", type=int, default=PACED_S)
    given = parser.parse_args()
    with stand_in.running(Path(os.environ["FURUSATO_DATA_DIR"]) / "stripe") as (url, pid):
        os.environ["STRIPE_API_BASE"] = url
        os.environ["CHARGE_CONCURRENCY"] = str(CONCURRENCY)
        os.environ["STRIPE_HTTP_POOL"] = str(2 * LATE_CONCURRENCY)
        django.setup()
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            bench = Bench(http=http, stand_in_pid=pid)
            bench.measure(max(given.size, SMALL), late_ms=given.late_ms, paced_s=given.paced_s)


def _paced(*, late_ms: int, seconds: int) -> list[pace.Paced]:
    """Several processes at one pace, with a stand-in and a database of their own; on SQLite, which
    one process has for itself, none.
    """
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    data = Path(os.environ["FURUSATO_DATA_DIR"]) / "pace"
    data.mkdir()
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE pace")
    own = {
        "FURUSATO_DATA_DIR": str(data),
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path="/pace").geturl(),
        "CHARGE_CONCURRENCY": str(PACED_CONCURRENCY),
    }
    command = [sys.executable, "-m", "tests.bench.pace", "--to", str(data / "found.json")]
    command += ["--per-second", str(settings.CHARGE_RATE), "--seconds", str(seconds)]
    command += ["--late-ms", str(late_ms)]
    subprocess.run(command, cwd=stand_in.ROOT, env={**os.environ, **own}, check=True)
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE pace")
    found = json.loads((data / "found.json").read_text(encoding="utf-8"))
    return [pace.Paced.read(one) for one in found]


@dataclass(kw_only=True)
class Bench:
    """The members of one database, charged in parts."""

    http: httpx.Client
    stand_in_pid: int
    cards: list[bare.Card] = field(default_factory=list)
    members: int = 0

    def measure(self, size: int, *, late_ms: int, paced_s: int) -> None:
        """This will measure every part and write the report."""
        from django.conf import settings
        from django.core.management import call_command

        from tests.bench import charges_report

        call_command("migrate", verbosity=0)
        paced = _paced(late_ms=late_ms, seconds=paced_s)
        late_s = late_ms / 1000
        settings.CHARGE_RATE = 0
        self.cards = [bare.card_make(self.http, number) for number in range(CARDS)]
        small_bare = self._bare(BARE)
        small = self._run(SMALL)
        # The stand-in grows slower as it remembers more: ours stands between two bare loops.
        large_bare = self._bare(BARE)
        large = self._run(size)
        large_bare += self._bare(BARE)
        bare.wait_set(self.http, seconds=late_s)
        settings.CHARGE_CONCURRENCY = LATE_CONCURRENCY
        count = int(LATE_CONCURRENCY / late_s * LATE_S)
        late_bare = self._bare(count, at_a_time=LATE_CONCURRENCY)
        late = self._run(count)
        charges_report.write(
            charges_report.Measured(
                small=charges_report.Part(run=small, bare=small_bare, at_a_time=CONCURRENCY),
                large=charges_report.Part(run=large, bare=large_bare, at_a_time=CONCURRENCY),
                late=charges_report.Part(run=late, bare=late_bare, at_a_time=LATE_CONCURRENCY),
                paced=paced,
                late_s=late_s,
            )
        )

    def _bare(self, count: int, *, at_a_time: int = CONCURRENCY) -> bare.Bare:
        return bare.bare(
            self.http, self.cards, count=count, at_a_time=at_a_time, stand_in=self.stand_in_pid
        )

    def _run(self, size: int) -> Any:
        """The part of the monthly run that receives donations."""
        from tests.bench import charges_report

        self._months_prepare(size)
        watch = charges_report.Watch(stand_in=self.stand_in_pid)
        received = _charge_due(watch.look)
        if received != size:
            raise SystemExit(f"not every donation was received: {received} of {size}")
        return watch.seen(size)

    def _months_prepare(self, count: int) -> None:
        """New members, whose December is locked and due, and statistics as in a living database."""
        from django.db import connection

        from tests.bench import people

        members = people.members_make(count, anchor_day=CHARGE_ON.day, first=self.members)
        people.cards_keep(members, list(islice(bare.again(self.cards), count)))
        people.decembers_lock(members)
        self.members += count
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _charge_due(tell: Callable[[int], None]) -> int:
    from saleor_ext.common import clock
    from saleor_ext.flows.month import charge_run
    from tests.builders import world

    tally = charge_run.charge_due(
        as_of=RUN_ON,
        moment=clock.going_on_from(world.NOW),
        actor="bench",
        tell=lambda tally: tell(tally.charged),
    )
    if tally.donations_yen != tally.charged * bare.AMOUNT_YEN or tally.charged != tally.due:
        raise SystemExit(f"not every donation was received: {tally}")
    return tally.charged


if __name__ == "__main__":
    main()

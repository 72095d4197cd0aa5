"""A day's donations: how many a second, against bare loops on the same stand-in.

The first thousand members stand for a small town, all of them for a large one. Then the stand-in
takes its time, as banks do, and more calls are made at a time. Each part is measured once without a
bound and once with a pace that two runs keep together.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import django
import httpx

from tests.bench import bare

CHARGE_ON = date(2026, 12, 24)
RUN_ON = date(2026, 12, 25)
START_TIMEOUT_S = 30
SMALL, CARDS, BARE, PACED_S = 1000, 500, 2000, 30
CONCURRENCY, LATE_CONCURRENCY, LATE_S = 4, 32, 10
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--late-ms", type=int, default=200)
    given = parser.parse_args()
    with stand_in(Path(os.environ["FURUSATO_DATA_DIR"]) / "stripe") as (url, pid):
        os.environ["STRIPE_API_BASE"] = url
        os.environ["CHARGE_CONCURRENCY"] = str(CONCURRENCY)
        os.environ["STRIPE_HTTP_POOL"] = str(2 * LATE_CONCURRENCY)
        django.setup()
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            bench = Bench(http=http, stand_in=pid)
            bench.measure(max(given.size, SMALL), late_s=given.late_ms / 1000)


@contextlib.contextmanager
def stand_in(data: Path) -> Iterator[tuple[str, int]]:
    """This will start the Stripe stand-in as the trial does, in a process of its own."""
    command = [sys.executable, "-m", "fixtures.stripe", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        if found is None:
            raise SystemExit("the Stripe stand-in did not start")
        _wait(found[0])
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/_control/state", trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise SystemExit("the Stripe stand-in does not answer")


@dataclass(kw_only=True)
class Bench:
    """The members of one database, charged in parts."""

    http: httpx.Client
    stand_in: int
    cards: list[bare.Card] = field(default_factory=list)
    members: int = 0

    def measure(self, size: int, *, late_s: float) -> None:
        """This will measure every part and write the report."""
        from django.conf import settings
        from django.core.management import call_command

        from tests.bench import charges_report

        call_command("migrate", verbosity=0)
        self.cards = [bare.card_make(self.http, number) for number in range(CARDS)]
        pace = settings.CHARGE_RATE
        small_bare = self._bare(BARE)
        small = self._run(SMALL)
        # The stand-in grows slower as it remembers more: ours stands between two bare loops.
        large_bare = self._bare(BARE)
        large = self._run(size)
        large_bare += self._bare(BARE)
        paced = self._paced_run(pace * PACED_S, per_second=pace)
        bare.wait_set(self.http, seconds=late_s)
        settings.CHARGE_CONCURRENCY = LATE_CONCURRENCY
        count = int(LATE_CONCURRENCY / late_s * LATE_S)
        late_bare = self._bare(count, at_a_time=LATE_CONCURRENCY)
        late = self._run(count)
        late_paced = self._paced_run(pace * PACED_S, per_second=pace)
        charges_report.write(
            charges_report.Measured(
                small=charges_report.Part(run=small, bare=small_bare, at_a_time=CONCURRENCY),
                large=charges_report.Part(run=large, bare=large_bare, at_a_time=CONCURRENCY),
                late=charges_report.Part(run=late, bare=late_bare, at_a_time=LATE_CONCURRENCY),
                paced=paced,
                late_paced=late_paced,
                late_s=late_s,
            )
        )

    def _bare(self, count: int, *, at_a_time: int = CONCURRENCY) -> bare.Bare:
        return bare.bare(
            self.http, self.cards, count=count, at_a_time=at_a_time, stand_in=self.stand_in
        )

    def _run(self, size: int) -> Any:
        """The part of the monthly run that receives donations."""
        from django.conf import settings

        from tests.bench import charges_report

        self._months_prepare(size)
        rate, settings.CHARGE_RATE = settings.CHARGE_RATE, 0
        watch = charges_report.Watch(stand_in=self.stand_in)
        received = _charge_due(watch.look)
        settings.CHARGE_RATE = rate
        if received != size:
            raise SystemExit(f"not every donation was received: {received} of {size}")
        return watch.seen(size)

    def _paced_run(self, size: int, *, per_second: int) -> Any:
        """Two runs at the same time that keep to one pace."""
        from django.db import connections

        from tests.bench import charges_report

        self._months_prepare(size)
        watch = charges_report.Watch(stand_in=self.stand_in)
        counts = [0, 0]

        def run(number: int) -> None:
            def tell(charged: int) -> None:
                counts[number] = charged
                watch.look(sum(counts))

            tell(_charge_due(tell))
            connections.close_all()

        runs = [threading.Thread(target=run, args=[number]) for number in range(len(counts))]
        for thread in runs:
            thread.start()
        for thread in runs:
            thread.join()
        if sum(counts) != size:
            raise SystemExit(f"not every donation was received: {counts} of {size}")
        return watch.seen(size, per_second=per_second)

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

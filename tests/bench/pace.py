"""Several runs in processes of their own, started as on several machines: do they keep to one pace?

What counts is when the provider's stand-in hears each call. `charges` starts this in a process and
a database of its own and puts what it finds into its report.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import django
import httpx

from tests.bench import bare, stand_in, steadiness

START_MONTH = date(2026, 11, 1)
ANCHOR_DAY = 24
CARDS = 500
CHARGES = {"method": "POST", "path": "/v1/payment_intents"}
COMMAND = [sys.executable, "manage.py", "run_cycles", "--json"]
# Beside the donations themselves: starting, planning, writing, closing.
SPARE_S = 300
LOOK_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Part:
    """How it is measured. `is_second_late`: the second run is started when a third is received."""

    runs: int
    late_s: float = 0.0
    is_second_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Paced:
    """What was found: how many donations each of the runs received, and how the calls came."""

    part: Part
    per_second: int
    received: list[int]
    seen: steadiness.Steadiness

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Paced":
        """This will read what another process wrote."""
        return cls(
            part=Part(**given["part"]),
            per_second=given["per_second"],
            received=given["received"],
            seen=steadiness.Steadiness(**given["seen"]),
        )


def main() -> None:
    """This will measure and write JSON for whoever started it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-second", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--late-ms", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    data = Path(os.environ["FURUSATO_DATA_DIR"])
    os.environ["TRIAL_CLOCK_FILE"] = str(data / "clock.json")
    os.environ["CHARGE_RATE"] = str(given.per_second)
    parts = parts_make(late_s=given.late_ms / 1000)
    with stand_in.running(data / "stripe") as (url, _):
        os.environ["STRIPE_API_BASE"] = url
        django.setup()
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as http:
            bench = Bench(http=http, per_second=given.per_second)
            found = bench.measure(parts, size=given.per_second * given.seconds)
    given.to.write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")


def parts_make(*, late_s: float) -> list[Part]:
    """This will say what is measured."""
    return [
        *(Part(runs=runs) for runs in (1, 2, 4)),
        Part(runs=4, late_s=late_s),
        Part(runs=2, is_second_late=True),
    ]


@dataclass(kw_only=True)
class Bench:
    """The members of one database, each part with new ones."""

    http: httpx.Client
    per_second: int
    cards: list[bare.Card] = field(default_factory=list)
    members: int = 0

    def measure(self, parts: Sequence[Part], *, size: int) -> list[Paced]:
        """This will measure one part after the other, each with `size` donations."""
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        self.cards = [bare.card_make(self.http, number) for number in range(CARDS)]
        return [self._part(part, size=size) for part in parts]

    def _part(self, part: Part, *, size: int) -> Paced:
        self._months_prepare(size)
        bare.wait_set(self.http, seconds=part.late_s)
        self.http.delete("/_control/arrivals").raise_for_status()
        received = self._runs(part, size=size)
        moments = self._moments(size)
        if sum(received) != size:
            raise SystemExit(f"not every donation was received once: {received} of {size}")
        self._books_check()
        seen = steadiness.steadiness(moments)
        print(f"  {part}: {received}, {seen}", flush=True)
        return Paced(part=part, per_second=self.per_second, received=received, seen=seen)

    def _runs(self, part: Part, *, size: int) -> list[int]:
        """What a town starts on each machine; returns how many donations each run received."""
        timeout_s = size / self.per_second + SPARE_S
        with ExitStack() as stack:
            started = []
            for number in range(part.runs):
                if number and part.is_second_late:
                    self._wait_until_heard(size // 3)
                run = subprocess.Popen(
                    COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
                stack.callback(run.kill)
                started.append(run)
            ends = [(run, *run.communicate(timeout=timeout_s)) for run in started]
        for run, _, told in ends:
            if run.returncode:
                raise SystemExit(f"a run did not end well: {told[-1000:]}")
        return [int(json.loads(said)["charged"]) for _, said, _ in ends]

    def _wait_until_heard(self, count: int) -> None:
        until_s = time.monotonic() + SPARE_S
        while len(self._arrivals()) < count:
            if time.monotonic() > until_s:
                raise SystemExit("the first run does not come to a third of its donations")
            time.sleep(LOOK_S)

    def _arrivals(self) -> list[dict[str, Any]]:
        answer = self.http.get("/_control/arrivals", params=CHARGES)
        return list(answer.raise_for_status().json())

    def _moments(self, size: int) -> list[float]:
        arrivals = self._arrivals()
        if not len({one["key"] for one in arrivals}) == len(arrivals) == size:
            raise SystemExit(f"not every month was asked for once: {len(arrivals)} of {size}")
        return [one["at_s"] for one in arrivals]

    def _books_check(self) -> None:
        from saleor_ext.donations.models import Donation, PaymentAttempt

        months = PaymentAttempt.objects.filter(state="succeeded").values("cycle").distinct().count()
        counts = (months, PaymentAttempt.objects.count(), Donation.objects.count())
        if set(counts) != {self.members}:
            raise SystemExit(f"{self.members} months, but paid, asked for, in the books: {counts}")

    def _months_prepare(self, count: int) -> None:
        """New members, whose December is locked and due, on the day of their donation."""
        from django.db import connection

        from saleor_ext.common import clock, jptime
        from saleor_ext.flows.month import locking
        from saleor_ext.membership import models, planning, selectors
        from tests.bench import people
        from tests.builders import world

        members = people.members_make(
            count, anchor_day=ANCHOR_DAY, first=self.members, start_month=START_MONTH
        )
        people.cards_keep(members, list(islice(bare.again(self.cards), count)))
        calendar = selectors.town_calendar(town=world.town_make())
        planning.cycles_plan(today=people.PLANNED_ON, town=calendar)
        december = models.Cycle.objects.filter(n=1).order_by("-pk")[0]
        lock_on = december.change_until + timedelta(days=1)
        moment = jptime.jst_moment(lock_on, hour=10)
        locked = locking.cycles_lock_due(as_of=lock_on, now=moment, actor="bench").locked
        if locked != count:
            raise SystemExit(f"not every month was locked: {locked} of {count}")
        self.members += count
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if not clock.today() >= december.charge_on:
            clock.move_to(jptime.jst_moment(december.charge_on, hour=10))
        connection.close()


if __name__ == "__main__":
    main()

"""A whole month of every member, from the lock to the parcels: does it take longer for each when
there are many?

Three daily runs as the timetable starts them: on the day of the lock, of the donation and of the
producers' list. First for a thousand members, then for as many as wanted in the same database.
The payment provider and the shop answer at once in this process: what they cost is measured in
`charges` and `orders`; here it is the run's own work, its queries and what it writes.
"""

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import django

from tests.bench import processes

SMALL = 1000
START_MONTH = date(2026, 11, 1)
ANCHOR_DAY = 24
WARM_UP = 50

Phases = Counter[str]


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    size = parser.parse_args().size
    django.setup()
    from django.core.management import call_command

    from tests.bench import month_report

    call_command("migrate", verbosity=0)
    provider = _outside_set()
    _month(WARM_UP, first=0, provider=provider)
    small = _month(SMALL, first=WARM_UP, provider=provider)
    large = _month(size, first=WARM_UP + SMALL, provider=provider)
    month_report.write(small=small, large=large)


def _outside_set() -> Any:
    """Provider and shop answer at once, and nothing leaves the process."""
    from saleor_ext.common import registry
    from saleor_ext.flows import outbox_run
    from tests.builders.provider import MemoryProvider

    provider = MemoryProvider()
    registry._payment_provider = lambda: provider  # type: ignore[assignment]
    for topic in outbox_run.HANDLERS:
        if topic.startswith("order."):
            outbox_run.HANDLERS[topic] = _shop_answers
    return provider


def _shop_answers(payload: Mapping[str, Any], now: object) -> None:
    """An order that is made at once."""


def _month(count: int, *, first: int, provider: Any) -> Any:
    from tests.bench import month_report

    _members_make(count, first=first)
    phases: dict[str, processes.Seconds] = {}
    totals: Counter[str] = Counter()
    for day in _days():
        totals.update(_run(day, phases=phases, provider=provider))
    if not totals["locked"] == totals["charged"] == totals["shipments"] == count:
        raise SystemExit(f"not every month of {count} went through: {dict(totals)}")
    return month_report.Month(count=count, phases=phases)


def _members_make(count: int, *, first: int) -> None:
    from django.db import connection

    from saleor_ext.membership import planning, selectors
    from tests.bench import people
    from tests.builders import world

    members = people.members_make(
        count, anchor_day=ANCHOR_DAY, first=first, start_month=START_MONTH
    )
    people.cards_keep(members, [(f"cus_{member.pk}", "pm_visa") for member in members])
    planning.cycles_plan(
        today=people.PLANNED_ON, town=selectors.town_calendar(town=world.town_make())
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _days() -> list[date]:
    """The day after the last one for changes, the day of the donation and that of the list."""
    from datetime import timedelta

    from saleor_ext.membership.models import Cycle

    month = Cycle.objects.filter(n=1).order_by("-pk")[0]
    return [month.change_until + timedelta(days=1), month.charge_on, month.list_on]


def _run(day: date, *, phases: dict[str, processes.Seconds], provider: Any) -> dict[str, int]:
    """One run, whose time is added to that of its phases."""
    from saleor_ext.common import jptime
    from saleor_ext.flows.month import monthly, run_record

    now = jptime.jst_moment(day, hour=10)
    provider.now = now
    watch = _Phases(phases)
    before = run_record.Record.phase

    def phase(self: run_record.Record, phase: Any) -> None:
        watch.enter(str(phase))
        before(self, phase)

    run_record.Record.phase = phase  # type: ignore[method-assign]
    try:
        report = monthly.run_cycles(as_of=day, now=now, actor="bench")
    finally:
        run_record.Record.phase = before  # type: ignore[method-assign]
        watch.enter("")
    return report.figures()


class _Phases:
    """Adds what passes to the phase that is entered."""

    def __init__(self, phases: dict[str, processes.Seconds]) -> None:
        self.phases, self.name, self.since = phases, "planning", processes.seconds()

    def enter(self, name: str) -> None:
        now = processes.seconds()
        known = self.phases.get(self.name, processes.Seconds())
        self.phases[self.name] = known + (now - self.since)
        self.name, self.since = name, now


if __name__ == "__main__":
    main()

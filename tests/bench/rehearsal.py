"""Rehearsing twelve months of all members: how fast, and that memory stays flat."""

import argparse
import resource
import time
from datetime import date

import django

MONTHS = 12
SMALL = 10
"""The same with a tenth of the members, to see what grows and what does not."""


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    size = parser.parse_args().size
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    small = _measure(size // SMALL, first=0)
    large = _measure(size - size // SMALL, first=size // SMALL)
    if large["members"] != size or not large["donations_yen"]:
        raise SystemExit(f"not everybody was rehearsed: {large}")
    _report(size, small=small, large=large)


def _measure(count: int, *, first: int) -> dict[str, float]:
    from saleor_ext.flows.rehearsal import rehearsing
    from saleor_ext.membership import planning, selectors
    from tests.bench import people
    from tests.builders import world

    members = people.members_make(count, first=first)
    people.cards_keep(members, [(f"cus_{first}_{n}", f"pm_{first}_{n}") for n in range(count)])
    town = selectors.town_calendar(town=world.town_make())
    planning.cycles_plan(today=people.PLANNED_ON, town=town)
    del members
    _boxes_ahead()
    before = _memory_mb()
    began, began_cpu = time.perf_counter(), time.process_time()
    report = rehearsing.rehearse_all(today=people.PLANNED_ON, months=MONTHS)
    return {
        "members": report["members"],
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - began_cpu,
        "grown_mb": _memory_mb() - before,
        "donations_yen": sum(row["donations_yen"] for row in report["months"]),
    }


def _boxes_ahead() -> None:
    """A year of boxes, as a town that rehearses has planned them."""
    from saleor_ext.membership import models
    from tests.builders import world

    tier = models.Tier.objects.get(kind="monthly")
    world.boxes_make(tier=tier, month_from=date(2026, 10, 1), months=MONTHS + 3)


def _memory_mb() -> float:
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _report(size: int, *, small: dict[str, float], large: dict[str, float]) -> None:
    from tests.bench import report

    each_small = small["cpu_seconds"] / small["members"]
    each_large = large["cpu_seconds"] / large["members"]
    report.write(
        report.Report(
            name="rehearsal",
            title="Rehearsing the coming year",
            question=(
                f"How long does it take to rehearse {MONTHS} months of {size:,} members (every"
                " month planned, checked against all rules and added up, nothing written), and"
                " does one member cost more when there are ten times as many?"
            ),
            ratio_words="times the processor time per member at a tenth of them",
            ratio=each_large / each_small,
            rows=[
                (
                    f"{size:,} members",
                    f"{large['seconds']:.1f} s, {size / large['seconds']:,.0f} members a second",
                ),
                ("Processor time of it", f"{large['cpu_seconds']:.1f} s"),
                (
                    f"{small['members']:,.0f} members",
                    f"{small['seconds']:.1f} s, processor {small['cpu_seconds']:.1f} s",
                ),
                ("Memory while at it", f"{large['grown_mb']:.0f} MB more than before it began"),
                ("Database", report.database_words()),
            ],
            numbers={"small": small, "large": large, "database": report.database_words()},
            notes="Memory is the highest the process reached, measured before and after the"
            " larger one: members are read in batches of 500. Staff start it as a task and see"
            " how far it is.",
        )
    )


if __name__ == "__main__":
    main()

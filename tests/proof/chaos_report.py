"""The page that says how chaos went: docs/bench/chaos.md, and chaos.json for machines."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import report as bench_report
from tests.proof.chaos_books import Found
from tests.proof.colony import KILL_EVERY_S, WORKERS

if TYPE_CHECKING:
    from tests.proof.chaos import Tale

WHAT = (
    "Months of many members are turned by several workers at once that are killed at random, while"
    " the payment provider fails one call in ten in every way it documents and now and then"
    " answers nobody at all, its messages come doubled, shuffled, late and forged, and one donor in"
    " ten leaves months out, has a card that wavers or gets a month back. Then all comes to rest,"
    " and ledger, provider, shop, parcels and every member are compared."
)
AFTER = """\
The workers are forked from one process that has loaded everything, and killed by number (SIGKILL)
at a random moment of whatever they are at. The queue loses every message. The clock leaps some days
at a time, while nobody is at work, as soon as the donations of these days are taken and nine tenths
of what follows from them is done. What is looked at and compared is in
[tests/proof/chaos_books.py](../../tests/proof/chaos_books.py).
Again: `make chaos` (`CHAOS_CYCLES=`, `CHAOS_MINUTES=`, `CHAOS_MEMBERS=`, `CHAOS_KILL_EVERY_S=`,
`CHAOS_SEED=`; `CHAOS_REPORT=` names another folder for this page)."""


def report(found: Found, *, tale: "Tale", cycles: int, minutes: float, members: int) -> None:
    """This will write the page and its numbers, and print the page."""
    facts = bench_report.machine()
    wrong = found.wrong or ["nothing"]
    rows = _rows(found, tale, cycles, minutes, members)
    page = [
        "# Chaos",
        "",
        WHAT,
        "",
        f"**wrong at the end: {'; '.join(wrong)}**",
        "",
        "| | |",
        "|---|---|",
        *(f"| {label} | {value} |" for label, value in rows),
        f"| Database | {bench_report.database_words()} |",
        f"| Machine | {facts['cores']} cores, Python {facts['python']}, {facts['system']} |",
        f"| Measured on | {facts['measured_on']} |",
        "",
        AFTER,
        "",
    ]
    numbers: dict[str, object] = {
        "turned": found.turned,
        "asked_for": cycles,
        "charged": found.charged,
        "minutes": round(tale.minutes, 1),
        "wild_minutes": round(tale.wild_minutes, 1),
        "months_per_minute": _per_minute(tale),
        "ended": tale.ended,
        "checks_under_way": tale.checks,
        "workers": tale.workers,
        "jobs": tale.jobs,
        "faults": tale.faults,
    }
    told = {"name": "chaos", "wrong": found.wrong, "machine": facts, "numbers": numbers}
    folder = Path(os.environ.get("CHAOS_REPORT", "") or bench_report.FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chaos.md").write_text("\n".join(page), encoding="utf-8")
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (folder / "chaos.json").write_text(text, encoding="utf-8")
    print("\n".join(page), flush=True)


def _rows(
    found: Found, tale: "Tale", cycles: int, minutes: float, members: int
) -> list[tuple[str, str]]:
    return [
        ("Months turned", f"{found.turned:,} of {cycles:,} asked for"),
        ("Ended because", f"{tale.ended}, after {tale.wild_minutes:.0f} of {minutes:.0f} minutes"),
        ("Months a minute", f"{_per_minute(tale):,} while workers were killed"),
        ("Processor time of the workers", f"{_processor_ms(tale):,} ms for a month"),
        ("Turned in rest", f"{found.turned - tale.wild_months:,}, in a month after the last kill"),
        ("Donations taken", f"{found.charged:,}, each once"),
        ("Members", f"{members:,}, from the first day on"),
        ("Days", f"{tale.first_day} to {tale.last_day}, in {tale.leaps:,} leaps"),
        ("Workers", f"{tale.workers.get('begun', 0):,} begun, {WORKERS} at a time"),
        ("Killed with SIGKILL", f"{tale.workers.get('killed', 0):,}, one every {KILL_EVERY_S:g} s"),
        ("Ended by themselves", f"{tale.workers.get('ended', 0):,}"),
        ("Pieces of work done to their end", _listed(tale.jobs)),
        ("Misfortunes of the provider", f"{sum(tale.faults.values()):,}: {_listed(tale.faults)}"),
        ("Caught and gone on from", _listed(tale.caught) or "nothing"),
        ("The provider answered nobody", f"{tale.silences:,} times, {tale.silent_s:.0f} s in all"),
        ("Looked at meanwhile", f"{tale.checks:,} times, found {len(tale.broken):,} faults"),
        *found.rows,
        ("Compared at the end", f"{', '.join(found.compared)}; found {len(found.wrong):,} faults"),
        ("Took in all", f"{tale.minutes:.0f} minutes"),
    ]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _processor_ms(tale: "Tale") -> int:
    return round(1000 * tale.workers.get("processor_s", 0) / max(tale.wild_months, 1))


def _per_minute(tale: "Tale") -> int:
    return round(tale.wild_months / max(tale.wild_minutes, 0.01))

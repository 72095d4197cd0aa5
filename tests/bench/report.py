"""Writes what was measured: docs/bench/<name>.md for people and <name>.json for machines."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "bench"


SALEOR = "-saleor"
AGAIN = (
    "Seconds differ from machine to machine; both sides of the ratio come from one run on the same"
    " one."
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One measurement. `ratio` compares ours with the bare thing, in the same run."""

    name: str
    title: str
    question: str
    ratio_words: str
    ratio: float
    rows: Sequence[tuple[str, str]]
    numbers: Mapping[str, object]
    notes: str


def machine() -> dict[str, object]:
    """This will describe where the measurement ran, as far as it matters."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "measured_on": datetime.now(tz=UTC).date().isoformat(),
        "commit": _commit(),
    }


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    result = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else ""


def write(report: Report) -> None:
    """This will write both files and print the outcome."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = machine()
    content = {"name": report.name, "ratio": round(report.ratio, 3), "machine": facts}
    content["numbers"] = dict(report.numbers)
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / f"{report.name}.json").write_text(text, encoding="utf-8")
    (FOLDER / f"{report.name}.md").write_text(_page(report, facts), encoding="utf-8")
    print(f"{report.name}: {report.ratio_words} {report.ratio:.2f}", flush=True)
    for label, value in report.rows:
        print(f"  {label}: {value}", flush=True)


def _page(report: Report, facts: Mapping[str, object]) -> str:
    table = [f"| {label} | {value} |" for label, value in report.rows]
    measured = report.name.removesuffix(SALEOR)
    lines = [
        f"# {report.title}",
        "",
        report.question,
        "",
        f"**{report.ratio_words}: {report.ratio:.2f}**",
        "",
        "| | |",
        "|---|---|",
        *table,
        f"| Machine | {facts['cores']} cores, Python {facts['python']}, {facts['system']} |",
        f"| Measured on | {facts['measured_on']} |",
        "",
        report.notes,
        "",
        AGAIN,
        f'Again: `make bench ARGS="--only {measured}"`{_given(report.name)}.',
        "",
    ]
    return "\n".join(lines)


def _given(name: str) -> str:
    return ", with a real shop named by SALEOR_API_URL" if name.endswith(SALEOR) else ""


def median_ms(seconds: Sequence[float]) -> float:
    """This will return the median in milliseconds."""
    return statistics.median(seconds) * 1000


def database_words() -> str:
    """This will name the database of this run."""
    from django.db import connection

    if connection.vendor == "postgresql":
        version = connection.pg_version  # type: ignore[attr-defined]
        return f"PostgreSQL {version // 10000}.{version % 10000}"
    import sqlite3

    return f"SQLite {sqlite3.sqlite_version}"

"""Planning and locking months, against SQL that only copies the same rows."""

import argparse
import time
from datetime import date

import django

BEFORE = {"plan": 0.0, "lock": 0.0, "copy": 0.0}
MONTHS_EACH = 4
LOCK_ON = date(2027, 4, 1)
TABLES = (
    "membership_cycle",
    "membership_cyclesnapshot",
    "membership_cycleevent",
    "outbox_outboxmessage",
)


def main() -> None:
    """This will measure and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    size = parser.parse_args().size
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    seconds, rows = _measure(size)
    _report(seconds, rows)


def _measure(size: int) -> tuple[dict[str, float], dict[str, int]]:
    from saleor_ext.flows.month import locking
    from saleor_ext.membership import planning, selectors
    from tests.bench import people
    from tests.builders import world

    people.members_make(-(-size // MONTHS_EACH))
    town = selectors.town_calendar(town=world.town_make())
    _analyze()
    seconds = dict(BEFORE)
    began = time.perf_counter()
    planned = planning.cycles_plan(today=people.PLANNED_ON, town=town)
    seconds["plan"] = time.perf_counter() - began
    _analyze()
    began = time.perf_counter()
    report = locking.cycles_lock_due(as_of=LOCK_ON, now=world.NOW, actor="bench")
    seconds["lock"] = time.perf_counter() - began
    if not planned == report.locked >= size:
        raise SystemExit(f"planned {planned}, but locked {report}: not the same months")
    rows = _hold_and_delete()
    began = time.perf_counter()
    _copy_back()
    seconds["copy"] = time.perf_counter() - began
    return seconds, rows


def _analyze() -> None:
    """Fresh statistics, as a database in service has them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _where(table: str) -> str:
    """The rows that planning and locking wrote; month 0 was there before."""
    return "WHERE n > 0" if table == TABLES[0] else ""


def _hold_and_delete() -> dict[str, int]:
    """This will put the rows aside and empty their tables of them, so they can be copied back."""
    from django.db import connection

    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE held_{table} AS SELECT * FROM {table} {_where(table)}")
            cursor.execute(f"SELECT count(*) FROM held_{table}")
            rows[table] = cursor.fetchone()[0]
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table} {_where(table)}")
        cursor.execute("VACUUM")
    return rows


def _copy_back() -> None:
    """One INSERT … SELECT per table, with every constraint and index in force."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM held_{table}")


def _report(seconds: dict[str, float], rows: dict[str, int]) -> None:
    from tests.bench import report

    months = rows[TABLES[0]]
    ours = seconds["plan"] + seconds["lock"]
    report.write(
        report.Report(
            name="cycles",
            title="Planning and locking months",
            question=(
                f"How long do {months:,} months take to be planned (dates computed) and locked"
                " (rules checked; address, box, price and cost copied; an event written and an"
                " order asked for), against SQL that copies the same finished rows,"
                " `INSERT … SELECT`?"
            ),
            ratio_words="times as long as the bare SQL",
            ratio=ours / seconds["copy"],
            rows=[
                (
                    "Planned",
                    f"{seconds['plan']:.1f} s, {months / seconds['plan']:,.0f} months a second",
                ),
                (
                    "Locked",
                    f"{seconds['lock']:.1f} s, {months / seconds['lock']:,.0f} months a second",
                ),
                ("Bare SQL, the same rows", f"{seconds['copy']:.1f} s"),
                ("Rows written", f"{sum(rows.values()):,} in {len(rows)} tables"),
                ("Database", report.database_words()),
            ],
            numbers={"seconds": seconds, "rows": rows, "database": report.database_words()},
            notes="The bare SQL computes no date and checks no rule; it is the floor that a"
            " database sets, not a way to do the work. Locking commits every 500 months, so that"
            " a stop loses nothing and nobody waits for a lock.",
        )
    )


if __name__ == "__main__":
    main()

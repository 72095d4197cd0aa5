"""What was seen while donations were received, and the page about it."""

import statistics
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Self

from tests.bench import report

PAGE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Bare:
    """Seconds that bare loops took for `count` charges: HTTP alone, and through our plugin."""

    raw_s: float
    plugin_s: float
    count: int

    @classmethod
    def mean(cls, one: Self, other: Self) -> Self:
        """This will return what stands between two loops of the same length."""
        return cls(
            raw_s=(one.raw_s + other.raw_s) / 2,
            plugin_s=(one.plugin_s + other.plugin_s) / 2,
            count=one.count,
        )

    @property
    def raw_per_second(self) -> float:
        """Charges a second over HTTP alone."""
        return self.count / self.raw_s

    @property
    def plugin_per_second(self) -> float:
        """Charges a second through our plugin."""
        return self.count / self.plugin_s


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One run: how many in how long, the memory of its process after a tenth and at the end, and
    for a paced one how many came in each whole second but the first and the last.
    """

    count: int
    took_s: float
    early_mib: float
    late_mib: float
    each_second: list[int]
    paced: int = 0

    @property
    def per_second(self) -> float:
        """Donations a second."""
        return self.count / self.took_s


@dataclass
class Watch:
    """Looks at a run while it goes on."""

    began_s: float = field(default_factory=time.perf_counter)
    looks: list[tuple[float, int, float]] = field(default_factory=list)

    def look(self, done: int) -> None:
        """This will note how far the run is and how much memory it holds."""
        at_s = time.perf_counter() - self.began_s
        if not self.looks or at_s - self.looks[-1][0] > 0.1:
            self.looks.append((at_s, done, _memory_mib()))

    def seen(self, count: int, *, per_second: int = 0) -> Seen:
        """This will say what was seen."""
        took_s = time.perf_counter() - self.began_s
        early = [mib for _, done, mib in self.looks if done >= count / 10]
        return Seen(
            count=count,
            took_s=took_s,
            early_mib=early[0] if early else _memory_mib(),
            late_mib=_memory_mib(),
            each_second=self._each_second(int(took_s)),
            paced=per_second,
        )

    def _each_second(self, seconds: int) -> list[int]:
        marks = [
            max((done for at_s, done, _ in self.looks if at_s <= second), default=0)
            for second in range(1, seconds)
        ]
        return [later - earlier for earlier, later in pairwise(marks)]


def _memory_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_BYTES / 2**20


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Everything that was measured in one go on one machine."""

    small: Seen
    small_bare: Bare
    large: Seen
    bare: Bare
    pace: Seen
    workers: int

    @property
    def stand_in_slower(self) -> float:
        """How much longer one bare charge took at the end than in the beginning."""
        return self.small_bare.raw_per_second / self.bare.raw_per_second


def write(found: Measured) -> None:
    """This will write the report."""
    report.write(
        report.Report(
            name="charges",
            title="Receiving a month's donations",
            question=(
                f"How many of {found.large.count:,} donations a second does the monthly run"
                " receive, against loops that only call the payment provider's stand-in, with as"
                " many calls at a time?"
            ),
            ratio_words="share of the speed of a bare loop through the same plugin",
            ratio=found.large.per_second / found.bare.plugin_per_second,
            rows=_rows(found),
            numbers=_numbers(found),
            notes=NOTES,
        )
    )


def _rows(found: Measured) -> list[tuple[str, str]]:
    small, large, bare, pace = found.small, found.large, found.bare, found.pace
    middle = statistics.median(pace.each_second) if pace.each_second else pace.per_second
    return [
        ("The monthly run", f"{large.per_second:,.0f} donations a second ({large.took_s:.1f} s)"),
        ("Bare loop through our plugin", f"{bare.plugin_per_second:,.0f} charges a second"),
        ("Share of it", f"{large.per_second / bare.plugin_per_second:.2f}"),
        ("Bare loop, HTTP alone", f"{bare.raw_per_second:,.0f} charges a second"),
        ("Share of it", f"{large.per_second / bare.raw_per_second:.2f}"),
        (
            f"{small.count:,} members in a small town",
            f"{small.per_second:,.0f} donations a second ({small.took_s:.1f} s)",
        ),
        (
            f"Time per member, {large.count:,} against {small.count:,}",
            f"{small.per_second / large.per_second:.2f}",
        ),
        ("The same of the bare loop over HTTP alone", f"{found.stand_in_slower:.2f}"),
        ("Memory of the run after a tenth", f"{large.early_mib:.0f} MiB"),
        ("Memory of the run at the end", f"{large.late_mib:.0f} MiB"),
        (
            f"Two runs that keep to {pace.paced} a second",
            f"{pace.per_second:.1f} a second over {pace.took_s:.0f} s, median second {middle:.0f}",
        ),
        ("Share of the pace that was held", f"{pace.per_second / pace.paced:.2f}"),
        ("Calls at a time", str(found.workers)),
        ("Database", report.database_words()),
    ]


def _numbers(found: Measured) -> dict[str, object]:
    small, large, bare, pace = found.small, found.large, found.bare, found.pace
    return {
        "donations": large.count,
        "seconds": large.took_s,
        "per_second": large.per_second,
        "bare_raw_per_second": bare.raw_per_second,
        "bare_plugin_per_second": bare.plugin_per_second,
        "ratio_raw": large.per_second / bare.raw_per_second,
        "small_per_second": small.per_second,
        "time_per_member_ratio": small.per_second / large.per_second,
        "bare_time_ratio": found.stand_in_slower,
        "memory_early_mib": large.early_mib,
        "memory_late_mib": large.late_mib,
        "paced": pace.paced,
        "paced_per_second": pace.per_second,
        "paced_each_second": pace.each_second,
        "concurrency": found.workers,
        "database": report.database_words(),
    }


NOTES = """\
The run writes each attempt and commits before its call, and after it the ledger row with its
receipt number, the events and what has to follow. Two bare loops stand beside it in the same run:
one sends only the HTTP request, one asks through our plugin, which names each charge, reads the
answer and turns it into what the product knows. Program, database and stand-in share the machine's
cores, so whatever one of them computes the others wait for; the stand-in answers in about a
millisecond. The real provider takes most of a second and allows a hundred requests a second: there
the pace decides, which two runs at once keep together in the last part."""

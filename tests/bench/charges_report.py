"""What was seen while donations were received, and the page about it."""

import statistics
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.bench import processes, report
from tests.bench.bare import Bare

PAGE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One run: how many in how long, the memory of its process after a tenth and at the end, and
    for a paced one how many came in each whole second but the first and the last.
    """

    count: int
    spent: processes.Seconds
    early_mib: float
    late_mib: float
    each_second: list[int]
    paced: int = 0

    @property
    def per_second(self) -> float:
        """Donations a second."""
        return self.count / self.spent.wall_s

    @property
    def own_ms(self) -> float:
        """For how long the run and the database computed for one of them, in milliseconds."""
        return (self.spent.run_s + self.spent.database_s) * 1000 / self.count


@dataclass(kw_only=True)
class Watch:
    """Looks at a run while it goes on."""

    stand_in: int
    began: processes.Seconds = field(init=False)
    looks: list[tuple[float, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = processes.seconds(stand_in=self.stand_in)

    def look(self, done: int) -> None:
        """This will note how far the run is and how much memory it holds."""
        at_s = time.perf_counter() - self.began.wall_s
        if not self.looks or at_s - self.looks[-1][0] > 0.1:
            self.looks.append((at_s, done, _memory_mib()))

    def seen(self, count: int, *, per_second: int = 0) -> Seen:
        """This will say what was seen."""
        spent = processes.seconds(stand_in=self.stand_in) - self.began
        early = [mib for _, done, mib in self.looks if done >= count / 10]
        return Seen(
            count=count,
            spent=spent,
            early_mib=early[0] if early else _memory_mib(),
            late_mib=_memory_mib(),
            each_second=self._each_second(int(spent.wall_s)),
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
class Part:
    """A run without a bound, and the bare loops beside it with as many calls at a time."""

    run: Seen
    bare: Bare
    at_a_time: int

    @property
    def of_raw(self) -> float:
        """The run's share of what the loop over HTTP alone gets."""
        return self.run.per_second / self.bare.raw_per_second

    @property
    def of_library(self) -> float:
        """The run's share of what the loop by Stripe's own library gets."""
        return self.run.per_second / self.bare.library_per_second

    @property
    def of_plugin(self) -> float:
        """The run's share of what the loop through our plugin gets."""
        return self.run.per_second / self.bare.plugin_per_second


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Everything that was measured in one go on one machine."""

    small: Part
    large: Part
    late: Part
    paced: Seen
    late_paced: Seen
    late_s: float

    @property
    def time_ratio(self) -> float:
        """How much longer a member took in the large town."""
        return self.small.run.per_second / self.large.run.per_second

    @property
    def own_ratio(self) -> float:
        """How much longer the run and the database computed for a member there."""
        return self.large.run.own_ms / self.small.run.own_ms

    @property
    def stand_in_ratio(self) -> float:
        """How much longer one bare charge took beside the large run than beside the small one."""
        return self.small.bare.raw_per_second / self.large.bare.raw_per_second


def write(found: Measured) -> None:
    """This will write the report."""
    report.write(
        report.Report(
            name="charges",
            title="Receiving a month's donations",
            question=(
                f"How many of {found.large.run.count:,} donations a second does the monthly run"
                " receive, against loops that only call the payment provider's stand-in, with as"
                " many calls at a time?"
            ),
            ratio_words=(
                "share of the speed of a bare HTTP loop, when the stand-in answers at once and no"
                " pace is set"
            ),
            ratio=found.large.of_raw,
            rows=_rows(found),
            numbers=_numbers(found),
            notes=NOTES,
        )
    )


def _rows(found: Measured) -> list[tuple[str, str]]:
    small, large = found.small.run, found.large.run
    late = f"{found.late_s * 1000:.0f} ms"
    return [
        *_part_rows("The stand-in answers at once", found.large),
        _paced_row("The stand-in answers at once", found.paced),
        *_part_rows(f"It takes {late}", found.late),
        _paced_row(f"It takes {late}", found.late_paced),
        (
            f"{small.count:,} members in a small town",
            f"{small.per_second:,.0f} donations a second ({small.spent.wall_s:.1f} s)",
        ),
        (f"Time per member, {large.count:,} against {small.count:,}", f"{found.time_ratio:.2f}"),
        ("Of it computing of run and database", f"{found.own_ratio:.2f}"),
        ("The same of the bare loop over HTTP alone", f"{found.stand_in_ratio:.2f}"),
        ("Memory of the run after a tenth", f"{large.early_mib:.0f} MiB"),
        ("Memory of the run at the end", f"{large.late_mib:.0f} MiB"),
        ("Database", report.database_words()),
    ]


def _part_rows(name: str, part: Part) -> list[tuple[str, str]]:
    run, bare = part.run, part.bare
    return [
        (
            f"{name}, {part.at_a_time} calls at a time: the run",
            f"{run.per_second:,.0f} donations a second ({run.spent.wall_s:.1f} s)",
        ),
        (
            "Bare loop, HTTP alone",
            f"{bare.raw_per_second:,.0f} charges a second: share {part.of_raw:.2f}",
        ),
        (
            "Bare loop by Stripe's own library",
            f"{bare.library_per_second:,.0f} charges a second: share {part.of_library:.2f}",
        ),
        (
            "Bare loop through our plugin",
            f"{bare.plugin_per_second:,.0f} charges a second: share {part.of_plugin:.2f}",
        ),
        ("Computing for one donation of the run", run.spent.words(run.count)),
        ("Computing for one bare charge over HTTP", bare.raw.words(bare.count)),
        ("Computing for one bare charge by library", bare.library.words(bare.count)),
        ("Computing for one bare charge by plugin", bare.plugin.words(bare.count)),
    ]


def _paced_row(name: str, seen: Seen) -> tuple[str, str]:
    middle = statistics.median(seen.each_second) if seen.each_second else seen.per_second
    words = (
        f"{seen.per_second:.1f} a second over {seen.spent.wall_s:.0f} s, median second"
        f" {middle:.0f}: share {seen.per_second / seen.paced:.2f}"
    )
    return (f"{name}, two runs that keep to {seen.paced} a second", words)


def _numbers(found: Measured) -> dict[str, object]:
    return {
        "small": _part_numbers(found.small),
        "large": _part_numbers(found.large),
        "late": {**_part_numbers(found.late), "late_s": found.late_s},
        "paced": _seen_numbers(found.paced),
        "late_paced": _seen_numbers(found.late_paced),
        "time_per_member_ratio": found.time_ratio,
        "computing_per_member_ratio": found.own_ratio,
        "bare_time_ratio": found.stand_in_ratio,
        "memory_early_mib": found.large.run.early_mib,
        "memory_late_mib": found.large.run.late_mib,
        "database": report.database_words(),
    }


def _part_numbers(part: Part) -> dict[str, object]:
    return {
        **_seen_numbers(part.run),
        "at_a_time": part.at_a_time,
        "bare_raw_per_second": part.bare.raw_per_second,
        "bare_library_per_second": part.bare.library_per_second,
        "bare_plugin_per_second": part.bare.plugin_per_second,
        "bare_count": part.bare.count,
        "bare_raw_seconds": vars(part.bare.raw),
        "bare_library_seconds": vars(part.bare.library),
        "bare_plugin_seconds": vars(part.bare.plugin),
        "ratio_raw": part.of_raw,
        "ratio_library": part.of_library,
        "ratio_plugin": part.of_plugin,
    }


def _seen_numbers(seen: Seen) -> dict[str, object]:
    paced = {"paced": seen.paced, "each_second": seen.each_second} if seen.paced else {}
    return {
        "donations": seen.count,
        "per_second": seen.per_second,
        "seconds": vars(seen.spent),
        **paced,
    }


NOTES = """\
The run writes each attempt and commits before its call, and after it the ledger row with its
receipt number, the events and what has to follow. Three bare loops stand beside it in the same run.
One sends only the HTTP request. One calls Stripe's library as its documentation has it, which is
how a charge is usually written. One asks through our plugin, which uses that library with a quicker
connection, names each charge, reads the answer and turns it into what the product knows.

Program, database and stand-in share the machine's cores, so whatever one of them computes the
others wait for: where the stand-in answers at once, the shares compare computing with computing,
and its milliseconds are given beside them. A real provider makes one wait and computes elsewhere;
that is the second part. It also allows a hundred requests a second: there the pace decides, which
two runs at once keep together."""

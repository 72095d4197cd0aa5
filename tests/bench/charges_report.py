"""What was seen while donations were received, and the page about it."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import pace_report, processes, report
from tests.bench.bare import Bare
from tests.bench.pace import Paced

PAGE_BYTES = 4096


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One run: how many in how long, the memory of its process after a tenth and at the end."""

    count: int
    spent: processes.Seconds
    early_mib: float
    late_mib: float

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

    def seen(self, count: int) -> Seen:
        """This will say what was seen."""
        spent = processes.seconds(stand_in=self.stand_in) - self.began
        early = [mib for _, done, mib in self.looks if done >= count / 10]
        return Seen(
            count=count,
            spent=spent,
            early_mib=early[0] if early else _memory_mib(),
            late_mib=_memory_mib(),
        )


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
    paced: list[Paced]
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
                "share of the speed of a bare loop, when the stand-in answers at once and no pace"
                f" is set: by Stripe's own library {found.large.of_library:.2f}, by hand-made HTTP"
            ),
            ratio=found.large.of_raw,
            rows=_rows(found),
            numbers=_numbers(found),
            notes=NOTES + (PACE_NOTES if found.paced else ""),
        )
    )


def _rows(found: Measured) -> list[tuple[str, str]]:
    small, large = found.small.run, found.large.run
    late = f"{found.late_s * 1000:.0f} ms"
    return [
        *_part_rows("The stand-in answers at once", found.large),
        *_part_rows(f"It takes {late}", found.late),
        *pace_report.rows(found.paced),
        (
            f"{small.count:,} members in a small town",
            f"{small.per_second:,.0f} donations a second ({small.spent.wall_s:.1f} s)",
        ),
        (f"Time per member, {large.count:,} against {small.count:,}", f"{found.time_ratio:.2f}"),
        ("Of it computing of run and database", f"{found.own_ratio:.2f}"),
        ("The same of the bare loop by hand-made HTTP", f"{found.stand_in_ratio:.2f}"),
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
            "Bare loop by hand-made HTTP",
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
        ("Computing for one bare charge by hand-made HTTP", bare.raw.words(bare.count)),
        ("Computing for one bare charge by library", bare.library.words(bare.count)),
        ("Computing for one bare charge by plugin", bare.plugin.words(bare.count)),
    ]


def _numbers(found: Measured) -> dict[str, object]:
    return {
        "small": _part_numbers(found.small),
        "large": _part_numbers(found.large),
        "late": {**_part_numbers(found.late), "late_s": found.late_s},
        "paced": pace_report.numbers(found.paced),
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
    return {
        "donations": seen.count,
        "per_second": seen.per_second,
        "seconds": vars(seen.spent),
    }


NOTES = """\
A bare loop is a program that has cards and amounts in its memory and only calls the stand-in, as
many times at a time as the run: nothing is written, before the call or after it. There are three.
One calls Stripe's own library as its documentation has it, which is how a charge is usually
written. One makes its HTTP request by hand, without a library. One asks through our plugin, which
uses that library with a quicker connection, names each charge, reads the answer and turns it into
what the product knows. The run writes each attempt and commits before its call, and after it the
ledger row with its receipt number, the events and what has to follow. All take place in one go.

Program, database and stand-in share the machine's cores, so whatever one of them computes the
others wait for: where the stand-in answers at once, the shares compare computing with computing,
and its milliseconds are given beside them. A real provider makes one wait and computes elsewhere;
that is the second part."""
PACE_NOTES = """

A real provider also allows a hundred requests a second, and there the pace decides. It is measured
with runs in processes of their own, each started by `manage.py run_cycles` as on several machines.
Their calls are counted as the stand-in hears them, from the end of the first second to the last
full one; the fullest and the emptiest second are looked for wherever they begin. In each part every
month was asked for once and paid once, and every run ended well, also where the second was started
in the middle of the first; else there would be no report."""

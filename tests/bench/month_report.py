"""The page about a whole month of every member."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench import processes, report


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month of `count` members: what passed in each phase of its runs."""

    count: int
    phases: Mapping[str, processes.Seconds]

    @property
    def whole(self) -> processes.Seconds:
        """All phases together."""
        return sum(self.phases.values(), processes.Seconds())

    def each_ms(self, seconds: float) -> float:
        """What that is for one member, in milliseconds."""
        return seconds * 1000 / self.count


def write(*, small: Month, large: Month) -> None:
    """This will write the report."""
    ratio = _grows(small, large, "cpu_s")
    report.write(
        report.Report(
            name="month",
            title="A whole month of every member",
            question=(
                f"Does a month take longer for each member when there are {large.count:,} of them"
                f" than when there are {small.count:,}? Locked, donated, listed for the producers,"
                " with orders, mails and everything else that the three daily runs do."
            ),
            ratio_words="times as much computing for each member",
            ratio=ratio,
            rows=[
                *(_row(name, small, large) for name in large.phases),
                ("All, on the wall", _pair(small, large, "wall_s")),
                ("All, computing", _pair(small, large, "cpu_s")),
                ("Of that the run", _pair(small, large, "run_s")),
                ("Of that the database", _pair(small, large, "database_s")),
                ("Database", report.database_words()),
            ],
            numbers={
                "small": _numbers(small),
                "large": _numbers(large),
                "wall_ratio": _grows(small, large, "wall_s"),
                "cpu_ratio": ratio,
                "database": report.database_words(),
            },
            notes=NOTES,
        )
    )


def _row(name: str, small: Month, large: Month) -> tuple[str, str]:
    few, many = (
        month.each_ms(month.phases.get(name, processes.Seconds()).cpu_s) for month in (small, large)
    )
    return (f"{name.capitalize()}, computing", f"{few:.2f} ms, {many:.2f} ms")


def _pair(small: Month, large: Month, field: str) -> str:
    few, many = (month.each_ms(getattr(month.whole, field)) for month in (small, large))
    return f"{few:.2f} ms, {many:.2f} ms: {many / few if few else 0:.2f} times"


def _grows(small: Month, large: Month, field: str) -> float:
    few, many = (month.each_ms(getattr(month.whole, field)) for month in (small, large))
    return many / few


def _numbers(month: Month) -> dict[str, object]:
    return {
        "members": month.count,
        "phases": {name: vars(seconds) for name, seconds in month.phases.items()},
    }


NOTES = """\
Milliseconds for one member, first of the small town, then of the large one. Computing is the time
on a processor, of the run and of all processes of the database together. Provider and shop answer
at once in the run's own process; what they take is in [charges](charges.md) and
[orders](orders.md)."""

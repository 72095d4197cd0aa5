"""The rows and numbers about the pace that several runs keep together."""

from collections.abc import Sequence
from dataclasses import asdict

from tests.bench.pace import Paced, Part


def rows(found: Sequence[Paced]) -> list[tuple[str, str]]:
    """This will say for each part how steadily the calls came, against what is allowed."""
    return [(_name(one), _words(one)) for one in found]


def _name(one: Paced) -> str:
    part, allowed = one.part, f"{one.per_second} a second allowed"
    if part.is_second_late:
        return f"A second run started in the middle of the first, {allowed}"
    runs = "1 run" if part.runs == 1 else f"{part.runs} runs in processes of their own"
    return f"{runs}{_late(part)}, {allowed}"


def _late(part: Part) -> str:
    return f", the stand-in takes {part.late_s * 1000:.0f} ms" if part.late_s else ""


def _words(one: Paced) -> str:
    seen, allowed = one.seen, one.per_second
    return (
        f"share {seen.mean / allowed:.2f} over {seen.seconds} s;"
        f" fullest second {seen.fullest / allowed:.2f}, emptiest {seen.emptiest / allowed:.2f};"
        f" fullest ten seconds {seen.fullest_long / allowed:.2f},"
        f" emptiest {seen.emptiest_long / allowed:.2f}"
        f" (donations by run: {', '.join(f'{count:,}' for count in one.received)})"
    )


def numbers(found: Sequence[Paced]) -> list[dict[str, object]]:
    """This will give the same for machines, in calls a second."""
    return [asdict(one) for one in found]

"""Draws docs/states/*.md from the tables of legal moves: `python -m tests.tools.states_docs`.

With `--check` nothing is written; the exit code says whether the papers are in step.
"""

import dataclasses
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db.models import TextChoices

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "states"
APPS = (
    "membership",
    "donations",
    "fulfilment",
    "content",
    "balance",
    "receipts",
    "onestop",
    "outbox",
    "operation",
    "saleor_connector",
)
SUFFIX = "_TRANSITIONS"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machine:
    """One table of legal moves and the states it is about."""

    module: str
    states: type[TextChoices]
    sources: Mapping[str, frozenset[str]]

    @property
    def file_name(self) -> str:
        """The name of its page: attempt_state -> attempt.md."""
        return f"{self.states.__name__.removesuffix('State').lower()}.md"

    def moves(self) -> list[tuple[str, str]]:
        """This will list every legal move (from, to) in the order the states are declared."""
        values = [str(value) for value in self.states.values]
        return [
            (before, after)
            for before in values
            for after in values
            if before in self.sources.get(after, frozenset())
        ]


def machines() -> list[Machine]:
    """This will find every table of moves in the apps' states modules."""
    return [machine for app in APPS for machine in _machines_of(f"saleor_ext.{app}.states")]


def _machines_of(module_name: str) -> Iterator[Machine]:
    module = importlib.import_module(module_name)
    for name, table in vars(module).items():
        if not name.endswith(SUFFIX):
            continue
        sources = {str(to): frozenset(str(one) for one in froms) for to, froms in table.items()}
        wanted = name.removesuffix(SUFFIX).title().replace("_", "") + "State"
        yield Machine(module=module_name, states=getattr(module, wanted), sources=sources)


def enumerations() -> list[type[TextChoices]]:
    """This will find every enumeration in the apps' states modules."""
    found: list[type[TextChoices]] = []
    for app in APPS:
        module = importlib.import_module(f"saleor_ext.{app}.states")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, TextChoices)
                and value is not TextChoices
            ):
                found.append(value)
    return found


def page(machine: Machine) -> str:
    """This will write one page: what the states mean, a diagram, and every legal move."""
    names = {str(value): label for value, label in machine.states.choices}
    lines = [f"# {machine.states.__name__}", ""]
    lines += [f"Drawn from `{machine.module}` by `python -m tests.tools.states_docs`.", ""]
    lines += _prose(machine.states)
    lines += ["", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {value}: {value} ({label})" for value, label in names.items()]
    entered = {after for _, after in machine.moves()}
    left = {before for before, _ in machine.moves()}
    lines += [f"    [*] --> {value}" for value in names if value not in entered]
    lines += [f"    {before} --> {after}" for before, after in machine.moves()]
    lines += [f"    {value} --> [*]" for value in names if value not in left]
    lines += ["```", "", "| from | to |", "|---|---|"]
    for value, label in names.items():
        targets = [after for before, after in machine.moves() if before == value]
        shown = ", ".join(targets) if targets else "(final)"
        lines.append(f"| {value} ({label}) | {shown} |")
    return "\n".join(lines) + "\n"


def _prose(states: type[TextChoices]) -> list[str]:
    """This will turn the docstring's `state: meaning` lines into a list."""
    text = inspect.getdoc(states) or ""
    values = {str(value) for value in states.values}
    found: list[str] = []
    for line in text.splitlines():
        words = line.split(":", 1)[0]
        is_state = ":" in line and set(words.replace(" ", "").split(",")) <= values
        found.append(f"- **{words}**:{line.split(':', 1)[1]}" if is_state else line)
    return found


def pages() -> dict[Path, str]:
    """This will write every page, by the file it belongs in."""
    return {FOLDER / machine.file_name: page(machine) for machine in machines()}


def pages_stale() -> list[str]:
    """This will list the papers that do not say what the code says."""
    wanted = pages()
    stale = [
        path.name
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    left_over = [path.name for path in FOLDER.glob("*.md") if path not in wanted]
    return sorted(stale + left_over)


def main(arguments: list[str]) -> int:
    """This will write the pages, or with --check only say which are stale."""
    if arguments == ["--check"]:
        stale = pages_stale()
        print("\n".join(f"docs/states/{name} is not in step" for name in stale) or "in step")
        return int(bool(stale))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path not in pages():
            path.unlink()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

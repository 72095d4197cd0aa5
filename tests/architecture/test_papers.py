"""The papers are in step with the code, and their links lead somewhere."""

import ast
import re

from django.apps import apps

from tests.architecture import source
from tests.tools import states_docs

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
RULE = re.compile(r"\|[-:| ]+\|")
FENCED = re.compile(r"^```.*?^```$", flags=re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:")


def papers():
    return [path for path in source.files() if path.suffix == ".md"]


def glossary():
    return (source.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_every_link_in_the_papers_leads_to_a_file_and_heading():
    broken = [
        f"{path.relative_to(source.ROOT)}: {target}"
        for path in papers()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not target.startswith(ELSEWHERE) and not _exists(path, target)
    ]

    assert broken == []


def _exists(path, target):
    name, _, anchor = target.partition("#")
    found = (path.parent / name).resolve() if name else path
    if not found.exists():
        return False
    return not anchor or anchor in _anchors(found)


def _anchors(path):
    """The anchors that a forge makes of headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_table_in_the_papers_begins_with_its_headings():
    # A row after an empty line is shown as plain text with bars in it.
    torn = [
        f"{path.relative_to(source.ROOT)}: {row}"
        for path in papers()
        for row, below in _rows_after_something_else(path.read_text(encoding="utf-8"))
        if not RULE.fullmatch(below)
    ]

    assert torn == []


def _rows_after_something_else(text):
    lines = ["", *FENCED.sub("", text).splitlines(), ""]
    for before, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        if line.startswith("|") and not before.startswith("|"):
            yield line, below


def test_every_room_of_the_flows_is_in_the_architecture():
    architecture = (source.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {
        path.parent.name: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        for path in source.files()
        if path.match("saleor_ext/flows/*/__init__.py") and path.parent.name != "management"
    }

    assert rooms
    untold = [f"{name}: {what}" for name, what in rooms.items() if not what]
    assert untold == []
    assert [name for name, what in rooms.items() if f"{name}) | {what} |" not in architecture] == []


def test_the_state_diagrams_are_drawn_from_the_present_tables():
    assert states_docs.pages_stale() == []


def test_every_model_is_in_the_glossary():
    own = ("saleor_ext.", "storefront", "fixtures.")
    names = {m.__name__ for m in apps.get_models() if m.__module__.startswith(own)}

    assert names
    assert sorted(name for name in names if f"`{name}`" not in glossary()) == []


def test_every_state_is_in_the_glossary():
    text = glossary()

    missing = [
        f"{enumeration.__name__}.{value} {label}"
        for enumeration in states_docs.enumerations()
        for value, label in enumeration.choices
        if f"`{value}`" not in text or str(label) not in text
    ]

    assert missing == []


def test_every_mutation_is_in_the_glossary():
    sdl = (source.ROOT / "saleor_ext" / "api" / "schema.graphql").read_text(encoding="utf-8")
    block = re.search(r"^type Mutation \{(.*?)^\}", sdl, flags=re.MULTILINE | re.DOTALL)
    names = re.findall(r"^  (\w+)[(:]", block[1], flags=re.MULTILINE) if block else []

    assert [name for name in names if f"`{name}`" not in glossary()] == []


def test_every_decision_has_its_tags_and_is_numbered_once():
    decisions = sorted((source.ROOT / "docs" / "adr").glob("*.md"))

    assert decisions
    numbers = [path.name[:4] for path in decisions]
    assert numbers == [f"{n:04d}" for n in range(1, len(decisions) + 1)]
    assert [p.name for p in decisions if "**Tags:**" not in p.read_text(encoding="utf-8")] == []

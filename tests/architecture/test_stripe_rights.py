"""The rights of a restricted key that operators are told are those of the calls we make."""

import re

from tests.architecture import source

CALL = re.compile(r"_client\.v1\.(\w+)\.(\w+)\(")
ROW = re.compile(r"^\| `(\w+)` \| (read|write) \|", re.MULTILINE)
READING = {"retrieve", "list"}
# Nothing is called of them by itself: they come expanded with others.
EXPANDED = {"payment_method": "payment_methods", "latest_charge": "charges"}


def rights_needed() -> dict[str, str]:
    needed: dict[str, str] = {}
    for path in sorted((source.ROOT / "plugins" / "payment" / "stripe").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for resource, verb in CALL.findall(text):
            if verb not in READING or needed.get(resource) == "write":
                needed[resource] = "write"
            else:
                needed[resource] = "read"
        for raw in re.findall(r'"/v1/(\w+)"', text):
            needed[raw] = "write"
        for name, resource in EXPANDED.items():
            if f'"{name}"' in text:
                needed.setdefault(resource, "read")
    return needed


def test_operators_are_told_exactly_the_rights_that_are_needed() -> None:
    text = (source.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    part = text.split("### A restricted key of Stripe")[1].split("\n## ")[0]

    assert len(rights_needed()) > 5
    assert dict(ROW.findall(part)) == rights_needed()

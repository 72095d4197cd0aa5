"""What is installed is named exactly, by hash, and from nowhere in particular."""

import re
import tomllib
from importlib import metadata

import pytest

from tests.architecture import source

FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ;[^\\]*)? \\$")


def pins(name):
    """Package -> version of a requirements file."""
    lines = (source.ROOT / name).read_text(encoding="utf-8").splitlines()
    return {match[1]: match[2] for line in lines if (match := PIN.match(line))}


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_a_pinned_package_or_one_of_its_hashes(name):
    lines = (source.ROOT / name).read_text(encoding="utf-8").splitlines()

    odd = [line for line in lines if not PIN.match(line) and not is_hash(line)]

    assert odd == []
    assert len(pins(name)) > 20


def is_hash(line):
    return re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line) is not None


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_at_least_one_hash(name):
    lines = (source.ROOT / name).read_text(encoding="utf-8").splitlines()

    bare = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.match(line) and not is_hash(following)
    ]

    assert bare == []


@pytest.mark.parametrize("name", FILES)
def test_no_address_is_named(name):
    text = (source.ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|@ file", text)


def test_the_tests_run_with_the_versions_that_the_product_runs_with():
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert runtime.items() <= dev.items()


def test_everything_that_pyproject_asks_for_is_pinned():
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    asked = {name_of(line) for line in project["project"]["dependencies"]}
    asked_dev = {name_of(line) for line in project["dependency-groups"]["dev"]}

    assert asked <= set(pins("requirements.txt"))
    assert asked_dev <= set(pins("requirements-dev.txt"))


def name_of(requirement):
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_every_dependency_has_its_reason_in_the_papers():
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (source.ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]

    assert [name for line in asked if f"| `{(name := name_of(line))}` |" not in text] == []


def test_the_queue_in_service_has_what_it_needs_without_the_tests_tools():
    asked = [line for line in metadata.requires("kombu") or [] if 'extra == "redis"' in line]

    assert asked
    assert {name_of(line) for line in asked} <= set(pins("requirements.txt"))

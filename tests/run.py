"""Runs the whole suite: `python -m tests.run [--require postgres,browser] [pytest arguments]`.

Four parts, each where this machine allows it: everything on SQLite, a trial walked over HTTP,
everything that touches the database on PostgreSQL, and the browser's tests. The last lines say what
ran and what was left out.
"""

import argparse
import collections
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
import types
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.tools import cluster, machine, processes

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "test-output"
WORKERS = "2"
NOTHING_COLLECTED = 5
PARTS = ("sqlite", "e2e", "postgres", "browser")


@dataclasses.dataclass(kw_only=True)
class Part:
    """One part of the run and what came of it."""

    name: str
    title: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    is_failure: bool = False
    left_out: str = ""
    skip_reasons: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def line(self) -> str:
        """This will say in one line what came of the part."""
        if self.left_out:
            return f"{self.title}: left out, {self.left_out}"
        word = "FAILED" if self.is_failure else "ran"
        return (
            f"{self.title}: {word} ({self.passed} passed, {self.failed} failed, "
            f"{self.skipped} skipped)"
        )


def main(arguments: list[str]) -> int:
    """This will run the parts and return an exit code: 0 only when all that had to run passed."""
    options, extra = _options(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    processes.orphans_adopt()
    OUTPUT.mkdir(exist_ok=True)
    started = time.monotonic()
    chosen = {
        "sqlite": lambda: sqlite_part(extra),
        "e2e": lambda: e2e_part(extra),
        "postgres": lambda: postgres_part(extra),
        "browser": lambda: browser_part(extra),
    }
    parts: list[Part] = []
    try:
        parts.extend(chosen[name]() for name in options.only)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    _requirements_check(parts, options.require)
    _summary_print(parts, started)
    return int(any(part.is_failure for part in parts))


def _options(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    def names(value: str) -> list[str]:
        found = [word for word in value.replace(",", " ").split() if word]
        if not set(found) <= set(PARTS):
            raise argparse.ArgumentTypeError(f"choose from {', '.join(PARTS)}")
        return found

    parser = argparse.ArgumentParser(prog="make test ARGS=...", description=__doc__)
    is_strict = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    parser.add_argument(
        "--require", type=names, default=list(PARTS) if is_strict else [],
        help="parts that must run, or the whole run fails (all of them where CI=true)",
    )  # fmt: skip
    parser.add_argument("--only", type=names, default=list(PARTS), help="parts to run at all")
    return parser.parse_known_args(arguments)


def _terminate(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def sqlite_part(extra: list[str]) -> Part:
    """This will run every test on SQLite but those that walk a trial or drive a browser."""
    part = Part(name="sqlite", title="SQLite")
    marks = "not browser and not postgres and not e2e"
    return _pytest(part, ["-n", WORKERS, "-m", marks, *extra], database_url="")


def e2e_part(extra: list[str]) -> Part:
    """This will walk a trial over HTTP; one after the other, for all these tests share one."""
    part = Part(name="e2e", title="End to end (HTTP)")
    return _pytest(part, ["-m", "e2e and not browser", *extra], database_url="")


def postgres_part(extra: list[str]) -> Part:
    """This will run every test that touches the database on PostgreSQL."""
    part = Part(name="postgres", title="PostgreSQL")
    arguments = ["-n", WORKERS, "-m", "not browser", "--database-only", *extra]
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres:", "postgresql:")):
        part.title = "PostgreSQL (DATABASE_URL)"
        return _pytest(part, arguments, database_url=given)
    folder = machine.postgres_folder()
    if folder is None:
        part.left_out = "no server programs (initdb, postgres) and no DATABASE_URL found"
        return part
    part.title = f"PostgreSQL (own server, {_version(folder)})"
    try:
        with cluster.cluster(folder) as url:
            return _pytest(part, arguments, database_url=url)
    except cluster.ClusterFailed as error:
        # Programs are there, so this is not something to pass over.
        print(f"PostgreSQL: {error}", file=sys.stderr)
        part.is_failure, part.failed = True, 1
        return part


def browser_part(extra: list[str]) -> Part:
    """This will run the tests that drive a browser, one after the other."""
    part = Part(name="browser", title="Browser")
    path = machine.browser_path()
    if path is None:
        part.left_out = "neither Chromium nor Chrome found"
        return part
    part.title = f"Browser ({path.name})"
    return _pytest(part, ["-m", "browser", *extra], database_url="")


def _version(folder: Path) -> str:
    command = [str(folder / "postgres"), "--version"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    return (result.stdout.split() or ["?"])[2:3][0] if result.returncode == 0 else "?"


def _pytest(part: Part, arguments: list[str], *, database_url: str) -> Part:
    print(f"\n===== {part.title} =====", flush=True)
    report = OUTPUT / f"{part.name}.xml"
    report.unlink(missing_ok=True)
    data = OUTPUT / "data" / part.name
    shutil.rmtree(data, ignore_errors=True)
    environment = _environment(database_url=database_url, data=data)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-rs", *arguments]
    before = processes.children()
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        _child_stop(child)
        raise
    finally:
        left_over = processes.orphans_end(before)
        if left_over:
            print(f"ended {left_over} processes that the tests had left running", file=sys.stderr)
    _report_read(part, report)
    if code == NOTHING_COLLECTED:
        part.left_out = "no test of this kind was chosen"
    else:
        part.is_failure = code != 0
    if part.is_failure and part.failed == 0:
        part.failed = 1  # pytest itself broke off: nothing may look like success
    return part


def _environment(*, database_url: str, data: Path) -> dict[str, str]:
    """This will give the tests an environment of the trial and nothing of the caller's service."""
    left_out = {"DATABASE_URL", "FURUSATO_MODE", "TRIAL_CLOCK_FILE", "PORT", "CI"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["FURUSATO_DATA_DIR"] = str(data)
    environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if database_url:
        environment["DATABASE_URL"] = database_url
    return environment


def _child_stop(child: subprocess.Popen[bytes]) -> None:
    """This will let the tests stop what they started, and end them when they do not."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _report_read(part: Part, report: Path) -> None:
    if not report.exists():
        return
    for suite in ET.parse(report).iter("testsuite"):
        count = {
            name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
        }
        failed = count["failures"] + count["errors"]
        part.failed += failed
        part.skipped += count["skipped"]
        part.passed += count["tests"] - failed - count["skipped"]
        part.skip_reasons.update(found.get("message", "") for found in suite.iter("skipped"))


def _requirements_check(parts: list[Part], required: list[str]) -> None:
    """This will turn a part that had to run and did not into a failure."""
    ran = {part.name for part in parts if not part.left_out}
    for part in parts:
        if part.name in required and part.name not in ran:
            part.is_failure = True
            part.failed = max(part.failed, 1)
    for name in required:
        if name not in {part.name for part in parts}:
            parts.append(
                Part(name=name, title=name, is_failure=True, failed=1, left_out="not chosen")
            )


def _summary_print(parts: list[Part], started: float) -> None:
    print(f"\n===== What ran (in {time.monotonic() - started:.0f} s) =====")
    for part in parts:
        suffix = " - and it is required" if part.left_out and part.is_failure else ""
        print(part.line() + suffix)
        for reason, count in sorted(part.skip_reasons.items()):
            print(f"  skipped {count}: {reason}")
    passed = sum(part.passed for part in parts)
    failed = sum(part.failed for part in parts)
    skipped = sum(part.skipped for part in parts)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs the whole suite: `python -m tests.run [--require postgres,browser] [pytest arguments]`.

Five parts, each where this machine allows it: what touches the database on PostgreSQL, the rest on
SQLite (all of it, where there is no PostgreSQL), a trial walked over HTTP, the browser's tests, and
the shop's conformance tests on a real Saleor where one is given. Two lanes run side by side: one
calculates, the other mostly waits for a trial and a browser. The last lines say what ran and what
was left out.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tests.tools import cluster, machine, processes, saleor

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "test-output"
WORKERS = "2"
NOTHING_COLLECTED = 5
STOPPED = 130
SDL = "SALEOR_SDL"  # the real shop's schema, for tests that hold documents against it
LANES = (("sqlite", "postgres"), ("e2e", "browser"), ("saleor",))
PARTS = ("sqlite", "e2e", "postgres", "browser", "saleor")
# Where such tests stand: to look through all tests for them takes longer than some of them run.
FOLDERS = {
    "e2e": ("tests/e2e",),
    # e2e comes last: it keeps one browser for all of its tests, and a thread holds only one.
    "browser": ("tests/conformance/stripe", "tests/web", "tests/e2e"),
}
# On both databases: what writes by SQL of our own, triggers, claims between two writers, and one
# walk through the months. The rest of SQLite is the trial's, which is walked and clicked on it.
TWICE = (
    "tests/domain/donations",
    "tests/domain/flows/month/test_bulk_queries.py",
    "tests/domain/flows/month/test_charge_run.py",
    "tests/domain/flows/month/test_monthly.py",
    "tests/domain/membership",
    "tests/domain/operation",
    "tests/domain/outbox",
    "tests/domain/test_bulk.py",
)
# A real shop is for whoever has one.
REQUIRED = PARTS[:-1]


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
        "sqlite": lambda: sqlite_part(extra, is_second="postgres" in options.only),
        "e2e": lambda: e2e_part(extra),
        "postgres": lambda: postgres_part(extra),
        "browser": lambda: browser_part(extra),
        "saleor": lambda: saleor_part(extra),
    }
    before = processes.children()
    try:
        parts = _lanes_run({name: chosen[name] for name in PARTS if name in options.only})
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    finally:
        left_over = processes.orphans_end(before)
        if left_over:
            print(f"ended {left_over} processes that the tests had left running", file=sys.stderr)
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
        "--require", type=names, default=list(REQUIRED) if is_strict else [],
        help="parts that must run, or the whole run fails (all but saleor where CI=true)",
    )  # fmt: skip
    parser.add_argument("--only", type=names, default=list(PARTS), help="parts to run at all")
    return parser.parse_known_args(arguments)


def _terminate(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def _lanes_run(chosen: dict[str, Callable[[], Part]]) -> list[Part]:
    """This will run the chosen parts, lanes side by side, and return them in the lanes' order.

    Raises:
        KeyboardInterrupt: somebody stopped the run; what had been started is stopped by then.
    """
    lanes = [[chosen[name] for name in lane if name in chosen] for lane in LANES]
    lanes = [lane for lane in lanes if lane]
    _running.is_alone = len(lanes) == 1
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(lanes) or 1) as pool:
        try:
            waiting = [pool.submit(lambda lane=lane: [part() for part in lane]) for lane in lanes]
            return [part for lane in waiting for part in lane.result()]
        except KeyboardInterrupt:
            _running.stop()
            raise


class _Running:
    """The pytest processes of all lanes, so that a stop reaches each of them."""

    def __init__(self) -> None:
        self.is_alone = True
        self.is_stopped = False
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._printing = threading.Lock()

    def run(self, part: "Part", command: list[str], environment: dict[str, str]) -> int:
        """This will run one part's pytest; beside others its words come in one piece at its end."""
        if self.is_alone:
            print(f"\n===== {part.title} =====", flush=True)
            return self._wait(command, environment, None)
        path = OUTPUT / f"{part.name}.log"
        with path.open("wb") as log:
            code = self._wait(command, environment, log)
        with self._printing:
            print(f"\n===== {part.title} =====", flush=True)
            print(path.read_text(encoding="utf-8", errors="replace"), end="", flush=True)
        return code

    def _wait(self, command: list[str], environment: dict[str, str], log: IO[bytes] | None) -> int:
        with self._lock:
            if self.is_stopped:
                return STOPPED
            child = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log and subprocess.STDOUT
            )
            self._children.add(child)
        code = child.wait()
        with self._lock:
            self._children.discard(child)
        return code

    def stop(self) -> None:
        """This will stop what runs, and keep what has not begun from beginning."""
        with self._lock:
            self.is_stopped = True
            children = list(self._children)
        for child in children:
            _child_stop(child)


_running = _Running()


def sqlite_part(extra: list[str], *, is_second: bool = False) -> Part:
    """This will run every test on SQLite but those that walk a trial or drive a browser; where it
    `is_second` beside PostgreSQL, of those that touch the database only what is tried on both.
    """
    part = Part(name="sqlite", title="SQLite")
    marks = "not browser and not postgres and not e2e and not saleor"
    arguments = ["-n", WORKERS, "-m", marks, *extra]
    if is_second and (_postgres_given() or machine.postgres_folder() is not None):
        arguments += ["--database-in", ",".join(TWICE)]
    return _pytest(part, arguments, database_url="")


def e2e_part(extra: list[str]) -> Part:
    """This will walk a trial over HTTP; one after the other, for all these tests share one."""
    part = Part(name="e2e", title="End to end (HTTP)")
    return _pytest(part, ["-m", "e2e and not browser", *_places(part, extra)], database_url="")


def postgres_part(extra: list[str]) -> Part:
    """This will run every test that touches the database on PostgreSQL."""
    part = Part(name="postgres", title="PostgreSQL")
    arguments = ["-n", WORKERS, "-m", "not browser and not saleor", "--database-only", *extra]
    given = _postgres_given()
    if given:
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


def _postgres_given() -> str:
    given = os.environ.get("DATABASE_URL", "")
    return given if given.startswith(("postgres:", "postgresql:")) else ""


def browser_part(extra: list[str]) -> Part:
    """This will run the tests that drive a browser, one after the other."""
    part = Part(name="browser", title="Browser")
    path = machine.browser_path()
    if path is None:
        part.left_out = "neither Chromium nor Chrome found"
        return part
    part.title = f"Browser ({path.name})"
    places = _places(part, extra)
    return _pytest(part, ["-m", "browser", *places], database_url="")


def saleor_part(extra: list[str]) -> Part:
    """This will run the shop's conformance tests on the real Saleor that SALEOR_API_URL names.

    One after the other: they change settings of the whole shop, and put them back.
    """
    part = Part(name="saleor", title="Real Saleor")
    address = os.environ.get("SALEOR_API_URL", "")
    if not address:
        part.left_out = "no SALEOR_API_URL given; the shop's tests ran on the stand-in only"
        return part
    part.title = f"Real Saleor ({saleor.described(address)})"
    return _pytest(part, ["tests/conformance", "-m", "saleor", *extra], database_url="")


def _places(part: Part, extra: list[str]) -> list[str]:
    """This will name the folders of a part's tests, unless somebody named some himself."""
    is_named = any((ROOT / word.split("::")[0]).exists() for word in extra)
    return extra if is_named else [*FOLDERS[part.name], *extra]


def _version(folder: Path) -> str:
    command = [str(folder / "postgres"), "--version"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    return (result.stdout.split() or ["?"])[2:3][0] if result.returncode == 0 else "?"


def _pytest(part: Part, arguments: list[str], *, database_url: str) -> Part:
    report = OUTPUT / f"{part.name}.xml"
    report.unlink(missing_ok=True)
    data = OUTPUT / "data" / part.name
    shutil.rmtree(data, ignore_errors=True)
    environment = _environment(database_url=database_url, data=data, has_shop=part.name == "saleor")
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-rs", *arguments]
    code = _running.run(part, command, environment)
    _report_read(part, report)
    if code == NOTHING_COLLECTED:
        part.left_out = "no test of this kind was chosen"
    else:
        part.is_failure = code != 0
    if part.is_failure and part.failed == 0:
        part.failed = 1  # pytest itself broke off: nothing may look like success
    return part


def _environment(*, database_url: str, data: Path, has_shop: bool = False) -> dict[str, str]:
    """This will give the tests an environment of the trial and nothing of the caller's service."""
    left_out = {"DATABASE_URL", "FURUSATO_MODE", "TRIAL_CLOCK_FILE", "PORT", "CI"}
    if not has_shop:
        left_out |= {name for name in os.environ if name.startswith("SALEOR_") and name != SDL}
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

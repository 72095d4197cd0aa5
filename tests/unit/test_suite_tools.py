"""The tools the suite stands on: a guard that does not guard would let every test through."""

import functools
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import run
from tests.tools import network

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10">
<testcase name="a"><skipped message="no key" /></testcase>
<testcase name="b"><skipped message="no key" /></testcase>
<testcase name="c"><skipped message="no shop" /></testcase>
</testsuite></testsuites>
"""


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_no_test_reaches_another_machine(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET

    with socket.socket(family) as made:
        made.settimeout(0.2)
        with pytest.raises(network.ConnectionRefusedByTests):
            made.connect((host, 80))
        with pytest.raises(network.ConnectionRefusedByTests):
            made.connect_ex((host, 80))


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("example.jp", False),
        ("127.0.0.1.example.jp", False),
    ],
)
def test_only_loopback_is_this_machine(host, is_local):
    assert network.is_local(host) is is_local


def test_this_machine_can_be_reached():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as made,
    ):
        assert made.getpeername() == server.getsockname()


def test_a_report_is_counted_and_its_skips_keep_their_reasons(tmp_path: Path):
    # given
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    part = run.Part(name="sqlite", title="SQLite")

    # when
    run._report_read(part, report)

    # then
    assert (part.passed, part.failed, part.skipped) == (4, 3, 3)
    assert part.skip_reasons == {"no key": 2, "no shop": 1}


def test_a_part_that_had_to_run_and_did_not_is_a_failure(capsys):
    # given
    parts = [
        run.Part(name="sqlite", title="SQLite", passed=5),
        run.Part(name="browser", title="Browser", left_out="none found"),
    ]

    # when
    run._requirements_check(parts, ["sqlite", "postgres", "browser"])
    run._summary_print(parts, started=0.0)

    # then
    assert [part.is_failure for part in parts] == [False, True, True]
    assert "Browser: left out, none found - and it is required" in capsys.readouterr().out


def test_a_part_left_out_is_no_failure_where_it_is_not_required():
    parts = [run.Part(name="browser", title="Browser", left_out="none found")]

    run._requirements_check(parts, [])

    assert parts[0].is_failure is False


def test_the_last_line_sums_up_all_parts(capsys):
    parts = [
        run.Part(name="sqlite", title="SQLite", passed=5, skipped=1),
        run.Part(name="postgres", title="PostgreSQL", passed=3, failed=2, is_failure=True),
    ]

    run._summary_print(parts, started=0.0)

    assert capsys.readouterr().out.splitlines()[-1] == "8 passed, 2 failed, 1 skipped"


@pytest.mark.parametrize(("value", "required"), [("true", list(run.REQUIRED)), ("", [])])
def test_an_automatic_run_requires_every_part_but_a_real_shop(value, required, monkeypatch):
    monkeypatch.setenv("CI", value)

    options, extra = run._options(["-k", "dates"])

    assert options.require == required
    assert extra == ["-k", "dates"]


def test_nothing_of_a_real_service_reaches_the_tests(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://town@db.example.jp/salon")
    monkeypatch.setenv("FURUSATO_MODE", "service")
    monkeypatch.setenv("SALEOR_API_URL", "https://shop.example.jp/graphql/")

    found = run._environment(database_url="", data=tmp_path)

    assert "DATABASE_URL" not in found
    assert "FURUSATO_MODE" not in found
    assert "SALEOR_API_URL" not in found
    assert found["FURUSATO_DATA_DIR"] == str(tmp_path)


def test_lanes_run_side_by_side_and_are_told_in_order():
    # given
    meeting = threading.Barrier(2, timeout=10)

    def part(name: str) -> run.Part:
        if name in {"sqlite", "e2e"}:
            meeting.wait()  # each waits for the other: alone neither would go on
        return run.Part(name=name, title=name)

    # when
    done = run._lanes_run(
        {name: functools.partial(part, name) for name in ("sqlite", "e2e", "postgres")}
    )

    # then
    assert [found.name for found in done] == ["sqlite", "postgres", "e2e"]


def test_without_a_real_shop_the_summary_says_that_none_was_given(monkeypatch):
    monkeypatch.delenv("SALEOR_API_URL", raising=False)

    part = run.saleor_part([])

    assert part.line() == (
        "Real Saleor: left out, no SALEOR_API_URL given; the shop's tests ran on the stand-in only"
    )


LEAVES_A_SERVER_BEHIND = """
import subprocess, sys
from tests.tools import processes
processes.orphans_adopt()
before = processes.children()
starter = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)"
subprocess.run([sys.executable, "-c", starter], check=True)
assert len(processes.children() - before) == 1
assert processes.orphans_end(before) == 1
assert processes.children() == before
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_what_a_test_left_running_is_ended():
    command = [sys.executable, "-c", LEAVES_A_SERVER_BEHIND]

    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("is_second", "folder", "address", "is_divided"),
    [
        (True, Path("/postgres"), "", True),
        (True, None, "postgresql://there", True),
        (True, None, "", False),
        (False, Path("/postgres"), "postgresql://there", False),
    ],
)
def test_a_test_runs_on_one_database_only_where_there_are_two(
    is_second, folder, address, is_divided, monkeypatch
):
    # given
    asked: list[list[str]] = []
    monkeypatch.setattr(run, "_pytest", lambda part, arguments, **_: asked.append(arguments))
    monkeypatch.setattr(run.machine, "postgres_folder", lambda: folder)
    monkeypatch.setenv("DATABASE_URL", address)

    # when
    run.sqlite_part(["tests/web"], is_second=is_second)

    # then
    [arguments] = asked
    assert ("--database-in" in arguments) is is_divided
    assert all((run.ROOT / name).exists() for name in run.TWICE)


@pytest.mark.parametrize("name", ["e2e", "browser"])
def test_a_part_looks_where_its_tests_stand(name):
    word = f"mark.{name}"

    marked = {
        path.relative_to(run.ROOT).as_posix()
        for path in (run.ROOT / "tests").rglob("test_*.py")
        if word in path.read_text(encoding="utf-8")
    }

    assert len(marked) > 3
    assert {path for path in marked if not path.startswith(run.FOLDERS[name])} == set()


def test_places_that_somebody_names_are_kept():
    part = run.Part(name="browser", title="Browser")

    assert run._places(part, ["tests/unit", "-x"]) == ["tests/unit", "-x"]
    assert run._places(part, ["-x"]) == [*run.FOLDERS["browser"], "-x"]

"""A town officer's terminal: one process that runs the product's commands one after another.

Starting Python and Django for every command would cost the suite a minute.
"""

import contextlib
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fixtures.trial.supervisor import ROOT, Supervisor

ANSWER_TIMEOUT_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of one command."""

    code: int
    out: str
    error: str


class Desk:
    """Runs management commands of one trial."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, *arguments: str) -> Done:
        """This will run one command to its end.

        Raises:
            AssertionError: the process that runs the commands is gone or too slow.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        watch = threading.Timer(ANSWER_TIMEOUT_S, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(json.dumps(arguments) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            watch.cancel()
        assert line, f"{arguments} brought no answer"
        return Done(**json.loads(line))

    def json(self, *arguments: str) -> dict[str, Any]:
        """This will run a command that prints one JSON object, whatever its exit code."""
        done = self.run(*arguments, "--json")
        assert done.out.strip(), f"{arguments}: {done.error}"
        return dict(json.loads(done.out))


@contextlib.contextmanager
def desk_open(trial: Supervisor) -> Iterator[Desk]:
    """This will keep a terminal open for a block."""
    with (trial.data / "desk.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.desk"],
            cwd=ROOT,
            env=trial.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Desk(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _serve() -> None:
    import django
    from django.core.management import call_command
    from django.core.management.base import CommandError
    from django.db import close_old_connections

    django.setup()
    for line in sys.stdin:
        out, error, code = io.StringIO(), io.StringIO(), 0
        try:
            # Our own stdout carries the answers, so what a command just prints is caught, too.
            with contextlib.redirect_stdout(out):
                call_command(*json.loads(line), stdout=out, stderr=error)
        except SystemExit as stop:
            code = int(stop.code or 0)
        except CommandError as refusal:
            code = 1
            error.write(str(refusal))
        close_old_connections()
        answer = {"code": code, "out": out.getvalue(), "error": error.getvalue()}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()

"""Workers that are real processes and may be killed: `python -m tests.proof.nursery`.

One process that has loaded everything reads rows of jobs and forks a worker for each job, all of a
row at the same time. It answers when they are gone: with what each returned, or with how it ended.
Starting Python and Django anew for every worker would cost a second each.
"""

import contextlib
import faulthandler
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORKER_TIMEOUT_S = float(os.environ.get("NURSERY_TIMEOUT_S", "30"))
KILLED = -int(signal.SIGKILL)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of work of `tests.proof.jobs`; the worker dies at step `die_at`, if any."""

    name: str
    args: dict[str, Any]
    die_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class End:
    """How a worker ended: `code` 0, 1 after an error, or KILLED.

    `steps` and `result` are known of those that came to their end.
    """

    code: int
    steps: list[str]
    result: Any
    error: str

    @property
    def was_killed(self) -> bool:
        return self.code == KILLED


class Nursery:
    """Workers on demand."""

    def __init__(self, process: "subprocess.Popen[str]", *, answer_timeout_s: float) -> None:
        self.process = process
        self.answer_timeout_s = answer_timeout_s

    def run(self, *jobs: Job) -> list[End]:
        """This will run jobs side by side, each in a process of its own, until all have ended.

        Raises:
            AssertionError: the nursery is gone or too slow.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        watch = threading.Timer(self.answer_timeout_s, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(json.dumps([vars(job) for job in jobs]) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            watch.cancel()
        assert line, f"{jobs} brought no answer"
        return [End(**end) for end in json.loads(line)]

    def do(self, name: str, **args: Any) -> Any:
        """This will run one job to its end, and return what it returns."""
        end = self.run(Job(name=name, args=args))[0]
        assert end.code == 0, end.error
        return end.result


@contextlib.contextmanager
def nursery_open(
    environment: dict[str, str], *, log: Path, timeout_s: float = WORKER_TIMEOUT_S
) -> Iterator[Nursery]:
    """This will keep a nursery open for a block; a worker that takes longer than `timeout_s` ends
    with an error, and why it was slow stands in the log.
    """
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.nursery"],
            cwd=ROOT,
            env=environment | {"NURSERY_TIMEOUT_S": str(timeout_s)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        yield Nursery(process, answer_timeout_s=2 * timeout_s)
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

    django.setup()
    from tests.proof import jobs

    jobs.prepare()
    for line in sys.stdin:
        workers = [_fork(job) for job in json.loads(line)]
        print(json.dumps([_end(*worker) for worker in workers]), flush=True)


def _fork(job: dict[str, Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _work(job, writing)
    os.close(writing)
    return pid, reading


def _work(job: dict[str, Any], writing: int) -> None:
    """In the worker: whatever happens, it never comes back from here."""
    from tests.proof import jobs
    from tests.proof.steps import Steps

    faulthandler.dump_traceback_later(WORKER_TIMEOUT_S, exit=True)
    steps, result, error = Steps(die_at=job["die_at"]), None, ""
    try:
        result = jobs.job_run(job["name"], job["args"], steps=steps)
    except BaseException:
        error = traceback.format_exc()
    with os.fdopen(writing, "w") as answer:
        json.dump({"steps": steps.names, "result": result, "error": error}, answer)
    os._exit(1 if error else 0)


def _end(pid: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status = os.waitpid(pid, 0)
    told = json.loads(said) if said else {"steps": [], "result": None, "error": ""}
    return {"code": os.waitstatus_to_exitcode(status), **told}


if __name__ == "__main__":
    _serve()

"""Many workers that go on by themselves, and are killed at random: `python -m tests.proof.colony`.

One process that has loaded everything keeps so many workers alive. Each takes one piece of work
after another, as the queue would hand it over; every now and then one of them is gone (SIGKILL) and
another takes its place. The clock is moved only between two pieces of work: whoever moves it holds
the folder's lock alone.
"""

import collections
import contextlib
import fcntl
import gc
import json
import logging
import os
import random
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORKERS = int(os.environ.get("CHAOS_WORKERS", "8"))
KILL_EVERY_S = float(os.environ.get("CHAOS_KILL_EVERY_S", "1"))
PATIENCE_S = 0.05
SHARES = 4
# What a worker takes up next: the month itself, which takes longest, and most of all what follows.
WORK = [
    "run",
    *["outbox"] * 7,
    *["look_after", "charge_some", "messages_come", "somebody_moves", "staff_look"],
]


@contextlib.contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """This will hold the clock still for a block; many may at a time."""
    while (folder / "closed").exists():
        time.sleep(PATIENCE_S)
    with (folder / "clock.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def nobody_at_work(folder: Path) -> Iterator[None]:
    """This will wait until no worker is at anything, and let none begin for a block."""
    (folder / "closed").touch()
    try:
        with (folder / "clock.lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
    finally:
        (folder / "closed").unlink(missing_ok=True)


def jobs_done(folder: Path) -> dict[str, int]:
    """This will count the pieces of work that were done to their end, by name."""
    return {path.name: path.stat().st_size for path in (folder / "done").glob("*")}


def _done_note(folder: Path, name: str) -> None:
    (folder / "done").mkdir(exist_ok=True)
    with (folder / "done" / name).open("a") as note:
        note.write(".")


class _Caught(logging.Handler):
    """Notes what the product caught and went on from: how often, and what it was."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._path = folder / "caught"

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None:
            with self._path.open("a", encoding="utf-8") as notes:
                notes.write(f"{record.msg}: {kind.__name__}\n")


def caught(folder: Path) -> dict[str, int]:
    """This will count what was caught, by what it was."""
    path = folder / "caught"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(collections.Counter(lines))


def main() -> None:
    """This will keep workers alive, and dying, until a line comes in; then say how it went."""
    import django

    django.setup()
    from tests.proof import jobs

    jobs.prepare()
    gc.collect()
    gc.freeze()  # what all workers share stays shared
    folder = Path(os.environ["PROOF_FOLDER"])
    product = logging.getLogger("saleor_ext")
    product.setLevel(logging.ERROR)
    product.addHandler(_Caught(folder))
    dice = random.Random(int(os.environ.get("CHAOS_SEED", "1")))
    alive: set[int] = set()
    told = {"begun": 0, "killed": 0, "ended": 0}
    while not select.select([sys.stdin], [], [], KILL_EVERY_S)[0]:
        told["ended"] += _bury(alive)
        if len(alive) == WORKERS:
            doomed = dice.choice(sorted(alive))
            os.kill(doomed, signal.SIGKILL)
            os.waitpid(doomed, 0)
            alive.discard(doomed)
            told["killed"] += 1
        while len(alive) < WORKERS:
            told["begun"] += 1
            alive.add(_begin(folder, seed=dice.getrandbits(32)))
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    told["processor_s"] = round(spent.ru_utime + spent.ru_stime)
    print(json.dumps(told), flush=True)


def _bury(alive: set[int]) -> int:
    """Workers never end by themselves: one that did is counted, and its words are in the log."""
    ended = {pid for pid in alive if os.waitpid(pid, os.WNOHANG)[0]}
    alive -= ended
    return len(ended)


def _begin(folder: Path, *, seed: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _work(folder, dice=random.Random(seed))
        finally:
            os._exit(1)
    return pid


def _spread_out(dice: random.Random) -> None:
    """This will let this worker see a share of the messages that are due, another one each time:
    else all of them would ask for the same one, and for the next when they did not get it.
    """
    from saleor_ext.outbox import selectors

    real = selectors.messages_due

    def some_due(**asked: Any) -> list[selectors.DueMessage]:
        due = real(**asked)
        count = len(due) if len(due) < WORKERS else -(-len(due) // SHARES)
        return sorted(dice.sample(due, k=count))

    selectors.messages_due = some_due


def _work(folder: Path, *, dice: random.Random) -> None:
    from tests.proof import jobs

    _spread_out(dice)
    while True:
        name = dice.choice(WORK)
        with at_work(folder):
            try:
                jobs.CHAOS_JOBS[name](dice)
                _done_note(folder, name)
            except Exception as error:
                with (folder / "errors").open("a", encoding="utf-8") as log:
                    log.write(f"{name}: {type(error).__name__}: {error}\n")
                traceback.print_exc()
        time.sleep(dice.random() * PATIENCE_S)


if __name__ == "__main__":
    main()

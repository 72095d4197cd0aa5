"""Nothing that a test started outlives the tests, even when they were interrupted.

Linux only: there a process can adopt the orphans of its descendants. Elsewhere nothing happens.
"""

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
STOP_TIMEOUT_S = 10.0


def orphans_adopt() -> None:
    """This will make processes whose parent has ended children of this one."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """This will list the processes whose parent is this one."""
    me = os.getpid()
    return {int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == me}


def _parent(path: Path) -> int | None:
    """The second field of /proc/N/stat is a name in brackets that may hold anything."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = (path / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        return int(fields.split()[1])
    return None


def orphans_end(known: set[int]) -> int:
    """This will end the children that were not there before, and theirs, and return how many."""
    ended: set[int] = set()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while left := children() - known:
        number = signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL
        running = {pid for pid in left if _is_alive(pid)}
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        ended |= running
        _reap(left)
        time.sleep(0.1)
    return len(ended)


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return text.rpartition(")")[2].split()[0] != "Z"
    return False


def _reap(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)

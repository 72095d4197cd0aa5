"""The payment provider's stand-in for the time of a measurement."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

START_TIMEOUT_S = 30
ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(data: Path) -> Iterator[tuple[str, int]]:
    """This will start the Stripe stand-in as the trial does, in a process of its own."""
    command = [sys.executable, "-m", "fixtures.stripe", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        if found is None:
            raise SystemExit("the Stripe stand-in did not start")
        _wait(found[0])
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/_control/state", trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise SystemExit("the Stripe stand-in does not answer")

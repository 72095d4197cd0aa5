"""From a clean checkout to the first page, as somebody who tries it out for the first time."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE_TIMEOUT_S = 600
STOP_TIMEOUT_S = 30
LEFT_OUT = ("VIRTUAL_ENV", "DATABASE_URL", "FURUSATO_DATA_DIR", "DJANGO_SETTINGS_MODULE", "PORT")


def main() -> None:
    """This will measure and write the report."""
    folder = Path(os.environ["FURUSATO_DATA_DIR"]) / "checkout"
    if subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=False).returncode:
        raise SystemExit("git clone failed; is there a commit?")
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    began = time.perf_counter()
    subprocess.run(["make", "--silent", "setup"], cwd=folder, env=environment, check=True)
    setup = time.perf_counter() - began
    _report(setup=setup, first_page=_first_page(folder, environment))


def _first_page(folder: Path, environment: dict[str, str]) -> float:
    """This will start the trial, wait for its first page, and stop it with Ctrl-C."""
    port = _ports_free()
    log = (folder.parent / "demo.log").open("wb")
    began = time.perf_counter()
    trial = subprocess.Popen(
        ["make", "--silent", "demo", f"PORT={port}"], cwd=folder, env=environment,
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        while not _answers(f"http://127.0.0.1:{port}/"):
            if trial.poll() is not None or time.perf_counter() - began > FIRST_PAGE_TIMEOUT_S:
                text = (folder.parent / "demo.log").read_text(errors="replace")[-2000:]
                raise SystemExit(f"no first page came: {text}")
            time.sleep(0.1)
        return time.perf_counter() - began
    finally:
        _stop(trial)
        log.close()


def _ports_free() -> int:
    """This will find three free ports in a row."""
    for port in range(18100, 18900, 10):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for number in range(port, port + 3):
                held.enter_context(socket.socket()).bind(("127.0.0.1", number))
            return port
    raise SystemExit("no free ports found")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(trial: subprocess.Popen[bytes]) -> None:
    """Ctrl-C goes to make and to everything it runs, as at a keyboard."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(trial.pid, signal.SIGINT)
    try:
        trial.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(trial.pid, signal.SIGKILL)
        trial.wait()


def _report(*, setup: float, first_page: float) -> None:
    from tests.bench import report

    report.write(
        report.Report(
            name="checkout",
            title="From a clean checkout to the first page",
            question="How long does somebody wait who has just fetched the project?",
            ratio_words="first page: times as long as installing the packages",
            ratio=first_page / setup,
            rows=[
                ("Environment and packages (`make setup`)", f"{setup:.1f} s"),
                ("First page (`make demo` after it)", f"{first_page:.1f} s"),
                ("Together", f"{setup + first_page:.1f} s"),
            ],
            numbers={"setup_s": setup, "first_page_s": first_page, "total_s": setup + first_page},
            notes=(
                "The first page answers while the town's year of history is still being lived"
                " behind it. How long packages take depends on the network or on what pip has"
                " kept from before."
            ),
        )
    )


if __name__ == "__main__":
    main()

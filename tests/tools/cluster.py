"""A PostgreSQL server of our own for the time of a test run, on loopback, gone afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 30
USER = "salon"
# The tests' data is thrown away, so the server need not wait for the disk.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class ClusterFailed(Exception):
    """The server could not be made or started; the text says why."""


@contextlib.contextmanager
def cluster(folder: Path, *, is_durable: bool = False) -> Iterator[str]:
    """This will start a server with the programs in `folder` and give its DATABASE_URL.

    With `is_durable` it writes to the disk as a server in service does, for measurements.

    Raises:
        ClusterFailed: it could not be made or does not answer.
    """
    home = Path(tempfile.mkdtemp(prefix="salon-postgres-"))
    password = secrets.token_hex(16)
    server: subprocess.Popen[bytes] | None = None
    try:
        _cluster_make(folder, home, password)
        port = _port_free()
        server = _server_start(folder, home, port, is_durable=is_durable)
        _server_wait(server, home)
        yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            _server_stop(server)
        shutil.rmtree(home, ignore_errors=True)


def _identity() -> dict[str, Any]:
    """This will name whom the server runs as: it refuses root, so root lends it another user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise ClusterFailed("PostgreSQL does not run as root and there is no user to lend it")


def _cluster_make(folder: Path, home: Path, password: str) -> None:
    identity = _identity()
    secret = home / "password"
    secret.write_text(password, encoding="utf-8")
    secret.chmod(0o600)
    if identity:
        for path in (home, secret):
            os.chown(path, identity["user"], identity["group"])
    command = [
        str(folder / "initdb"), "--pgdata", str(home / "data"), "--username", USER,
        "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8",
        "--locale", "C", "--no-sync", "--no-instructions",
    ]  # fmt: skip
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=home, env=_environment(),
        **identity,
    )  # fmt: skip
    if result.returncode != 0:
        raise ClusterFailed(f"initdb failed: {result.stderr.strip()[-400:]}")


def _environment() -> dict[str, str]:
    """This will leave out settings of the caller's own PostgreSQL (PGDATA, PGHOST, ...)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _port_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_start(
    folder: Path, home: Path, port: int, *, is_durable: bool
) -> subprocess.Popen[bytes]:
    command = [str(folder / "postgres"), "-D", str(home / "data"), "-p", str(port)]
    for name, value in {**SETTINGS, **({} if is_durable else FORGETFUL)}.items():
        command += ["-c", f"{name}={value}"]
    with (home / "log").open("wb") as log:
        # A session of its own: Ctrl-C is for us, and we stop it when the tests have let go.
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home,
            env=_environment(), start_new_session=True, **_identity(),
        )  # fmt: skip


def _server_wait(server: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            if "ready" in (home / "data" / "postmaster.pid").read_text(encoding="utf-8").split():
                return
        time.sleep(0.05)
    log = (home / "log").read_text(encoding="utf-8", errors="replace")
    raise ClusterFailed(f"PostgreSQL did not start: {log.strip()[-400:]}")


def _server_stop(server: subprocess.Popen[bytes]) -> None:
    """This will stop the server at once: SIGINT is PostgreSQL's fast shutdown."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(timeout=15)

"""Makes the virtual environment and installs a requirements file into it, only when it must.

Plain Python without packages, because it runs before any is installed:
`python3 scripts/environment.py runtime|dev`.
"""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
FILES = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}


class SetupFailed(Exception):
    """The environment could not be made; the text says what to do."""


def main(arguments: list[str]) -> int:
    """This will bring the environment up to date and return an exit code."""
    if len(arguments) != 1 or arguments[0] not in FILES:
        print("usage: environment.py runtime|dev", file=sys.stderr)
        return 2
    try:
        with _alone():
            environment_prepare(arguments[0])
    except SetupFailed as error:
        print(f"The environment could not be made: {error}", file=sys.stderr)
        return 1
    return 0


def environment_prepare(kind: str) -> None:
    """This will install one requirements file unless it is installed already.

    Raises:
        SetupFailed: no environment could be made or a package could not be installed.
    """
    _environment_make()
    if _is_installed(kind):
        return
    print(f"Installing {FILES[kind]} into .venv (once; about a minute) ...", flush=True)
    command = [
        str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-input", "--require-hashes", "--requirement", str(ROOT / FILES[kind]),
    ]  # fmt: skip
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupFailed("pip could not install the packages; its message is above.")
    # The file for tests holds everything the product needs, so that is installed with it.
    for done in ("runtime", "dev") if kind == "dev" else ("runtime",):
        _stamp(done).write_text(_digest(done), encoding="utf-8")


def _environment_make() -> None:
    if _is_working():
        return
    if FOLDER.exists():
        print("The environment in .venv does not work any more; making it again.", flush=True)
        shutil.rmtree(FOLDER)
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(FOLDER)], check=False, capture_output=True, text=True
    )
    if result.returncode != 0:
        shutil.rmtree(FOLDER, ignore_errors=True)
        detail = (result.stdout + result.stderr).strip()
        raise SetupFailed(
            f"`python3 -m venv` failed. On Debian and Ubuntu the package python3-venv is needed."
            f"\n{detail}"
        )


def _is_working() -> bool:
    """This will say whether the environment's Python starts, is new enough and has pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([str(PYTHON), "-c", probe], check=False, capture_output=True).returncode
            == 0
        )
    except OSError:
        return False


def _stamp(kind: str) -> Path:
    return FOLDER / f"installed-{kind}"


def _digest(kind: str) -> str:
    return hashlib.sha256((ROOT / FILES[kind]).read_bytes()).hexdigest()


def _is_installed(kind: str) -> bool:
    stamp = _stamp(kind)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(kind)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """This will let only one command at a time work on the environment."""
    with (ROOT / "pyproject.toml").open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

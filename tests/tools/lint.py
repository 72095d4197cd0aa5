"""Runs every check that is not a test: `python -m tests.tools.lint`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CHECKS: dict[str, list[str]] = {
    "style (ruff check)": [sys.executable, "-m", "ruff", "check", "."],
    "format (ruff format)": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "layers (import-linter)": [str(BIN / "lint-imports"), "--no-logo"],
    "types (mypy)": [sys.executable, "-m", "mypy"],
    "settings (manage.py check)": [sys.executable, "manage.py", "check"],
    "migrations up to date": [
        sys.executable,
        "manage.py",
        "makemigrations",
        "--check",
        "--dry-run",
    ],
    "API schema up to date": [sys.executable, "manage.py", "schema_print", "--check"],
    "state diagrams up to date": [sys.executable, "-m", "tests.tools.states_docs", "--check"],
}


def main() -> int:
    """This will run all checks, print the output of those that fail, and return an exit code."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="salon-lint-") as data:
        environment = {**os.environ, "FURUSATO_DATA_DIR": data, "PYTHONWARNINGS": "ignore"}
        environment.pop("DATABASE_URL", None)
        # The plugin for the shop's own process is a distribution of its own, not installed here.
        environment["PYTHONPATH"] = str(ROOT / "plugins" / "saleor_inprocess")
        for name, command in CHECKS.items():
            if not _check(name, command, environment):
                failed.append(name)
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed")
    return int(bool(failed))


def _check(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    result = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    is_good = result.returncode == 0
    print(
        f"{'ok    ' if is_good else 'FAILED'}  {name} ({time.monotonic() - started:.0f} s)",
        flush=True,
    )
    if not is_good:
        print(result.stdout.strip(), flush=True)
    return is_good


if __name__ == "__main__":
    sys.exit(main())

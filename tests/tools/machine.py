"""What this machine has: PostgreSQL's programs, a browser."""

import os
import shutil
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)


def browser_path() -> Path | None:
    """This will find Chromium or Chrome; CHROMIUM names one to use instead of searching."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def postgres_folder() -> Path | None:
    """This will find the folder with PostgreSQL's server programs, the newest where there are
    several.
    """
    for folder in [*_installed_folders(), *_path_folders()]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    return None


def _installed_folders() -> list[Path]:
    found: list[Path] = []
    for pattern in POSTGRES_FOLDERS:
        found += Path("/").glob(pattern.lstrip("/"))
    return sorted(found, key=_version, reverse=True)


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def _path_folders() -> list[Path]:
    found = shutil.which("initdb")
    return [Path(found).resolve().parent] if found else []

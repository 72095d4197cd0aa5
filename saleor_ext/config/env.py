"""Typed readers of the environment. `NAME_FILE` names a file that holds the value, for secrets."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """This will read a text setting.

    Raises:
        ImproperlyConfigured: it is required (no default) and missing.
    """
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        return Path(file_name).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"the environment variable {name} (or {name}_FILE) is missing")
    return value


def flag(name: str, *, default: bool) -> bool:
    """This will read a yes/no setting: 1, true, yes, on or 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false")


def number(name: str, default: int) -> int:
    """This will read a whole number."""
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error


def words(name: str, default: str | None = "") -> list[str]:
    """This will read a comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def mapping(name: str) -> dict[str, Any]:
    """This will read a JSON object."""
    value = os.environ.get(name, "")
    if not value:
        return {}
    try:
        found = json.loads(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a JSON object") from error
    if not isinstance(found, dict):
        raise ImproperlyConfigured(f"{name} must be a JSON object")
    return found

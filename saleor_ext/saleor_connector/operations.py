"""The GraphQL documents we send and subscribe with, read once from the operations folder."""

import functools
from pathlib import Path

FOLDER = Path(__file__).with_name("operations")


@functools.cache
def document(name: str) -> str:
    """This will return the text of one operation.

    Raises:
        KeyError: there is no such operation.
    """
    folder = FOLDER / "setup" if name.startswith("setup_") else FOLDER
    return _read(folder / f"{name}.graphql", name)


@functools.cache
def webhook_query(name: str) -> str:
    """This will return the subscription query of one webhook of the manifest.

    Raises:
        KeyError: there is no such webhook.
    """
    return _read(FOLDER / "webhooks" / f"{name}.graphql", name)


def names() -> list[str]:
    """This will list the operations of daily business, webhooks not included."""
    return sorted(path.stem for path in FOLDER.glob("*.graphql"))


def setup_names() -> list[str]:
    """This will list the operations with which staff set the shop up."""
    return sorted(path.stem for path in (FOLDER / "setup").glob("*.graphql"))


def webhook_names() -> list[str]:
    """This will list all webhook queries."""
    return sorted(path.stem for path in (FOLDER / "webhooks").glob("*.graphql"))


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(name) from None

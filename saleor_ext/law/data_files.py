"""Reading the law's data files: TOML, checked strictly, read once per process."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from saleor_ext.law.errors import LawDataInvalid

T = TypeVar("T")


class Certainty(StrEnum):
    """How sure a figure or rule is (確かさ)."""

    SOURCE = "S"
    MEMORY = "M"
    INFERRED = "I"

    @property
    def is_settled(self) -> bool:
        """Only what was read in a source may be shown as settled."""
        return self is Certainty.SOURCE


def data_path(name: str) -> Path:
    """This will return where a data file of the law lies."""
    return Path(settings.LAW_DIR) / name


def data_read(path: Path) -> dict[str, Any]:
    """This will read a TOML file.

    Raises:
        LawDataInvalid: there is no such file, or it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LawDataInvalid(f"{path.name}: ファイルがありません") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LawDataInvalid(f"{path.name}: TOML として読めません({error})") from error


def value_of(entry: Mapping[str, Any], name: str, kind: type[T], *, where: str) -> T:
    """This will return an entry's value, which must be there and of its kind; text not empty.

    Raises:
        LawDataInvalid: it is not.
    """
    value = entry.get(name)
    is_wrong_bool = isinstance(value, bool) and kind is not bool
    if not isinstance(value, kind) or is_wrong_bool or value == "":
        raise LawDataInvalid(f"{where}: {name} がないか、形がちがいます({value!r})")
    return value


def certainty_of(entry: Mapping[str, Any], *, where: str) -> Certainty:
    """This will return an entry's certainty.

    Raises:
        LawDataInvalid: it is none of S, M and I.
    """
    text = value_of(entry, "certainty", str, where=where)
    if text not in set(Certainty):
        raise LawDataInvalid(f"{where}: certainty は S、M、I のどれかです({text!r})")
    return Certainty(text)


def keys_only(entry: Mapping[str, Any], allowed: frozenset[str], *, where: str) -> None:
    """This will refuse an entry with a key nobody reads, which would be a misspelt one.

    Raises:
        LawDataInvalid: there is one.
    """
    if extra := set(entry) - allowed:
        raise LawDataInvalid(f"{where}: 知らない項目があります({', '.join(sorted(extra))})")

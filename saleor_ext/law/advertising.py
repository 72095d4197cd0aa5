"""Words that texts about donations may not use (使わない言葉). The words are data.

Law: advertising_words, no_points
"""

import functools
import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saleor_ext.law import data_files, errors, register

FILE = "advertising.toml"
AROUND = 20
_KEYS = frozenset({"word", "spellings", "reason", "law", "source", "certainty"})


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word, its spellings, and why it is on the list."""

    word: str
    spellings: tuple[str, ...]
    reason: str
    law: str
    source: str
    certainty: data_files.Certainty


@dataclass(frozen=True, kw_only=True)
class Found:
    """A word in a text, with what stands around it."""

    word: Word
    around: str


def words_all() -> tuple[Word, ...]:
    """This will return the words of the present data file.

    Raises:
        LawDataInvalid: the file is missing or breaks its own rules.
    """
    return words_read(data_files.data_path(FILE))


@functools.cache
def words_read(path: Path) -> tuple[Word, ...]:
    """This will read and check a file of words."""
    data = data_files.data_read(path)
    data_files.keys_only(data, frozenset({"words"}), where=path.name)
    entries: list[dict[str, Any]] = data_files.value_of(data, "words", list, where=path.name)
    words = tuple(_word(entry) for entry in entries)
    names = [word.word for word in words]
    if len(set(names)) != len(names):
        raise errors.LawDataInvalid(f"{path.name}: 言葉が重なっています")
    return words


def _word(entry: Mapping[str, Any]) -> Word:
    where = str(entry.get("word", FILE))
    data_files.keys_only(entry, _KEYS, where=where)
    spellings = data_files.value_of(entry, "spellings", list, where=where)
    if not spellings or not all(isinstance(text, str) and text for text in spellings):
        raise errors.LawDataInvalid(f"{where}: spellings の形がちがいます")
    law = data_files.value_of(entry, "law", str, where=where)
    if law not in {rule.id for rule in register.rules_all()}:
        raise errors.LawDataInvalid(f"{where}: 台帳にない規則です({law})")
    return Word(
        word=data_files.value_of(entry, "word", str, where=where),
        spellings=tuple(spellings),
        reason=data_files.value_of(entry, "reason", str, where=where),
        law=law,
        source=data_files.value_of(entry, "source", str, where=where),
        certainty=data_files.certainty_of(entry, where=where),
    )


def words_in(text: str) -> tuple[Found, ...]:
    """This will find each word once in a text, whatever the width of its letters."""
    plain = _plain(text)
    return tuple(
        Found(word=word, around=_around(plain, place, len(spelling)))
        for word in words_all()
        for place, spelling in [_first(plain, word)]
        if place >= 0
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _first(plain: str, word: Word) -> tuple[int, str]:
    folded = plain.casefold()
    for spelling in word.spellings:
        place = folded.find(_plain(spelling).casefold())
        if place >= 0:
            return place, spelling
    return -1, ""


def _around(plain: str, place: int, length: int) -> str:
    return plain[max(place - AROUND, 0) : place + length + AROUND]


def text_digest(text: str) -> str:
    """This will name a text by what it says, so that a changed text is looked at anew."""
    return hashlib.sha256(_plain(text).encode()).hexdigest()

"""Setting papers as PDF: tagged PDF/A with the fonts embedded, the same on every machine.

A template is a Typst file; what it says comes as JSON, so that nothing a person typed is ever
read as markup. Only the fonts that come with the product are used.
"""

import functools
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import typst
from fontTools.ttLib import TTFont

STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""For keeping (ISO 19005-2, level a) and for reading aloud (ISO 14289-1)."""

KEPT_FOR_PAPERS = 10
"""For how many papers Typst keeps what it worked out for an earlier one."""

NOT_DRAWN = frozenset({"\t", "\n", "\r", " ", "\u3000"})
_VARIATION = range(0xE0100, 0xE01F0)


def pdf_make(*, template: Path, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """This will set one PDF. The same template, data and moment give the same bytes.

    Args:
        template: a Typst file; it reads `json(bytes(sys.inputs.data))`.
        data: what it says; texts, numbers, lists and mappings.
        made_at: the moment written into the file, aware.
    """
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    made = compiler.compile(
        format="pdf", pdf_standards=STANDARDS, timestamp=made_at.replace(microsecond=0)
    )
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


def memory_free() -> None:
    """This will have Typst forget what it keeps of papers set before, for whoever sets thousands.

    It forgets what none of the last ten papers needed; so it is given empty ones.
    """
    for _ in range(KEPT_FOR_PAPERS + 1):
        typst.Compiler(b"", font_paths=fonts(), ignore_system_fonts=True).compile(format="pdf")


def glyphs_missing(text: str) -> list[str]:
    """This will list the characters of a text that our fonts cannot draw, each once, in order.

    A character with a variation selector (異体字セレクタ) counts as one and must be drawn as such.
    """
    found: dict[str, None] = {}
    for character in characters(text):
        if not _is_drawn(character):
            found[character] = None
    return list(found)


def characters(text: str) -> list[str]:
    """This will split a text into characters, a variation selector kept with what it varies."""
    found: list[str] = []
    for one in text:
        if ord(one) in _VARIATION and found:
            found[-1] += one
        else:
            found.append(one)
    return found


def _is_drawn(character: str) -> bool:
    if character in NOT_DRAWN:
        return True
    if len(character) == 1:
        return unicodedata.category(character) != "Cc" and ord(character) in _cmap()
    base, selector = ord(character[0]), ord(character[1])
    return len(character) == 2 and base in _variants().get(selector, frozenset())


@functools.cache
def fonts() -> typst.Fonts:
    """This will return the fonts that papers are set with, and no others."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_jp.serif_path().parent)],
    )


def _font_tables() -> tuple[TTFont, ...]:
    """Opened anew for whoever reads them: two threads cannot read one font at the same time."""
    paths = (pylopdf_fonts_jp.serif_path(), pylopdf_fonts_jp.sans_path())
    return tuple(TTFont(path, lazy=True) for path in paths)


@functools.cache
def _cmap() -> frozenset[int]:
    """What both fonts can draw: a paper may use either."""
    drawn = [frozenset(font.getBestCmap()) for font in _font_tables()]
    return frozenset.intersection(*drawn)


@functools.cache
def _variants() -> Mapping[int, frozenset[int]]:
    """Which characters both fonts can draw with which variation selector."""
    tables = [_variants_of(font) for font in _font_tables()]
    shared = set.intersection(*(set(table) for table in tables))
    return {
        selector: frozenset.intersection(*(table[selector] for table in tables))
        for selector in shared
    }


def _variants_of(font: TTFont) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {}
    for table in font["cmap"].tables:
        if table.format == 14:
            for selector, pairs in table.uvsDict.items():
                found[selector] = frozenset(base for base, _ in pairs)
    return found

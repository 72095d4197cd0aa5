"""Which letters the tax office's files may hold, and how a name is written with them.

e-Tax knows some blocks of Unicode's first plane only (`gen:str` of its general schema): no 𠮷, no
half-width katakana, no variation selectors. Such letters are written with a substitute (縮退). The
spelling the donor gave is never changed; the substitute is kept beside it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from saleor_ext.common import paper

# The blocks of `gen:str`, control characters and half-width katakana (FF66-FF9F) taken out.
_BLOCKS = (
    "\\t\\n\\r"
    "\u0020-\u007e\u00a0-\u00ff\u0370-\u03ff\u0400-\u04ff\u2000-\u206f\u2150-\u218f"
    "\u2190-\u21ff\u2200-\u22ff\u2460-\u24ff\u2500-\u257f\u25a0-\u25ff\u3000-\u303f"
    "\u3040-\u309f\u30a0-\u30ff\u3200-\u32ff\u3300-\u33ff\u4e00-\u9fff\uf900-\ufaff"
    "\uff00-\uff65\uffa0-\uffef"
)
ALLOWED = re.compile(f"[{_BLOCKS}]*")

# Letters of names with the letter that offices write for them. Only pairs that are the same letter
# in another shape; for any other letter the donor says himself what is to be written.
SUBSTITUTES: Mapping[str, str] = {
    "𠮷": "吉", "𡈽": "土", "𠀋": "丈", "𠮟": "叱", "𣘺": "橋", "𣏓": "朽", "𣳾": "泰",
    "𥔎": "碕", "𦍌": "羊", "𦚰": "脇", "𩵋": "魚", "𢈘": "鹿", "𡨚": "冤", "㐂": "喜",
    "㑹": "会", "㓛": "功", "㔟": "勢", "㕝": "事", "㘴": "坐", "㚑": "霊", "㝡": "最",
    "㟁": "岸", "㟢": "崎", "㠀": "島", "㤗": "泰", "㥁": "徳", "㪅": "更", "㫪": "春",
    "㯃": "漆", "㳒": "法", "㴱": "深", "㿽": "盤", "䑓": "台", "䖝": "虫", "䧹": "鷹",
}  # fmt: skip


_VOICE = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A text as it can be written, which letters were replaced by which, and the letters for
    which nothing is known to write.
    """

    text: str
    replaced: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every letter could be written."""
        return not self.unknown


def is_allowed(text: str) -> bool:
    """This will say whether the tax office's files may hold a text."""
    return ALLOWED.fullmatch(text) is not None


def etax_written(text: str) -> Written:
    """This will write a text with the letters e-Tax knows, as near as the table allows."""
    return _written(text, allowed=is_allowed)


def paper_written(text: str) -> Written:
    """This will write a text with the letters our fonts can draw."""
    return _written(text, allowed=lambda letter: not paper.glyphs_missing(letter))


def address_written(text: str) -> str:
    """This will write an address as the tax office asks: full-width digits and hyphens."""
    return text.translate(_FULL_WIDTH)


def _written(text: str, *, allowed: Callable[[str], bool]) -> Written:
    found: list[str] = []
    replaced: dict[tuple[str, str], None] = {}
    unknown: dict[str, None] = {}
    for letter in paper.characters(text):
        written = next((one for one in _candidates(letter) if allowed(one)), None)
        found.append(letter if written is None else written)
        if written is None:
            unknown[letter] = None
        elif written != letter:
            replaced[letter, written] = None
    return Written(text=_voiced("".join(found)), replaced=tuple(replaced), unknown=tuple(unknown))


def _voiced(text: str) -> str:
    """Half-width katakana bring their voice marks as letters of their own."""
    return _VOICE.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _candidates(letter: str) -> list[str]:
    """The letter itself, without its variation selector, as Unicode or our table folds it."""
    base = letter[0]
    folded = unicodedata.normalize("NFKC", letter)
    return [letter, base, SUBSTITUTES.get(base, base), folded]

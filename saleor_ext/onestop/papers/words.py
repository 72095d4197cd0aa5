"""The small pieces that all one-stop papers need: days, the applicant, codes."""

import functools
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import segno

from saleor_ext.common import jptime
from saleor_ext.onestop import facts

BLANK_BIRTH = "　　　　年　　　月　　　日"


def person_data(person: facts.OneStopPerson) -> Mapping[str, Any]:
    """This will return what the table of a person says. There is no place for 個人番号 in it."""
    return {
        "postal_code": person.postal_code,
        "address": person.address,
        "phone": person.phone,
        "kana": person.kana,
        "name": person.name,
        "born": era_words(person.birth_date) if person.birth_date else BLANK_BIRTH,
    }


def era_words(day: date) -> str:
    """This will write a day by the Japanese calendar: 令和8年11月24日."""
    return f"{era_year_words(day)}{day.month}月{day.day}日"


def era_year_words(day: date) -> str:
    """This will write the year of a day by the Japanese calendar; an era's first year is 元年."""
    name, year = jptime.era_year(day)
    return f"{name}{'元' if year == 1 else year}年"


def day_words(day: date) -> str:
    """This will write a day by the western calendar without its weekday: 2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


@functools.lru_cache(maxsize=64)
def qr_png(url: str) -> list[int]:
    """This will draw an address as a code to scan: a PNG, as the numbers Typst makes bytes of."""
    held = io.BytesIO()
    segno.make(url, error="m").save(held, kind="png", border=2, scale=6)
    return list(held.getvalue())

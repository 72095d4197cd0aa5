"""Reading what comes in addresses: days, months, page marks. Never trusts, never guesses."""

import re
import unicodedata
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saleor_ext.common import jptime


class BadInput(ValueError):
    """An address holds something that cannot be meant. The text says what, in Japanese."""


def plain_text(text: str) -> str:
    """This will fold full-width letters and digits and trim spaces, for searching."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def day_read(text: str) -> date | None:
    """This will read a day written 2026-11-24; None when nothing is there.

    Raises:
        BadInput: it is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(plain_text(text))
    except ValueError:
        raise BadInput("日付が正しくありません。2026-11-24 のように指定してください。") from None


def month_read(text: str) -> date | None:
    """This will read a month written 2026-11 as its first day; None when nothing is there.

    Raises:
        BadInput: it is no month.
    """
    if not text:
        return None
    matched = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", plain_text(text))
    if matched is None:
        raise BadInput("月が正しくありません。2026-11 のように指定してください。")
    return date(int(matched.group(1)), int(matched.group(2)), 1)


def month_text(month: date) -> str:
    """This will write a month as addresses hold it: 2026-11."""
    return f"{month.year:04d}-{month.month:02d}"


def month_bounds(month: date) -> tuple[date, date]:
    """This will return the half-open interval of days that make up a month."""
    return month, jptime.month_add(month, 1)


def number_read(text: str) -> int | None:
    """This will read a row's id from a page mark; None when nothing is there.

    Raises:
        BadInput: it is no id.
    """
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadInput("ページの目印が正しくありません。一覧の最初からやり直してください。")
    return int(text)


def problem(request: HttpRequest, *, text: str, back_url: str) -> HttpResponse:
    """This will show what is wrong with an address, and the way back."""
    context = {"text": text, "back_url": back_url}
    return render(request, "dashboard/problem.html", context, status=400)

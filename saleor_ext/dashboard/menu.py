"""The menu of the staff pages: rooms, and the pages in each. A new page is one line here.

Two rows, whatever is added: the rooms, and the pages of the room one is in.
"""

from dataclasses import dataclass, field

from django.urls import reverse

from saleor_ext.access.principal import Principal
from saleor_ext.access.roles import Act


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page of the menu. It is shown to those whose role opens it.

    Attributes:
        sections: names under which pages say that they belong here.
    """

    label: str
    url_name: str
    sections: frozenset[str]
    act: Act = Act.LOOK


@dataclass(frozen=True, kw_only=True)
class Room:
    """Pages that belong together (メニューの区分)."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link of the menu as a template shows it."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Both rows of the menu.

    Attributes:
        pages: empty where the room has one page only.
    """

    rooms: list[Link] = field(default_factory=list)
    pages: list[Link] = field(default_factory=list)


def _entry(label: str, name: str, *more: str, act: Act = Act.LOOK) -> Entry:
    return Entry(label=label, url_name=f"staff:{name}", sections=frozenset({name, *more}), act=act)


ROOMS = (
    Room(label="いまのようす", entries=(_entry("いまのようす", "overview"),)),
    Room(
        label="会員",
        entries=(_entry("会員", "members"), _entry("毎月の回", "cycles")),
    ),
    Room(
        label="お届け",
        entries=(_entry("お届け", "shipments"), _entry("代わりの品", "alternates")),
    ),
    Room(
        label="お金",
        entries=(
            _entry("寄附", "donations"),
            _entry("決済", "charges"),
            _entry("確認中の決済", "unclear"),
            _entry("カードの名義", "holders"),
            _entry("入金の照合", "money", "gaps", "balance", "payouts", "disputes"),
            _entry("費用の割合", "costs"),
        ),
    ),
    Room(
        label="書類",
        entries=(
            _entry("受領証", "receipts"),
            _entry("受領証の印刷", "receipt_prints", act=Act.RECEIPTS),
            _entry("台帳の書類", "papers"),
        ),
    ),
    Room(
        label="ワンストップ",
        entries=(
            _entry("申請", "onestop"),
            _entry("申請の受付", "onestop_reception", act=Act.ONESTOP),
            _entry("オンライン申請の結果", "onestop_online", act=Act.ONESTOP),
            _entry("住所地への通知", "onestop_notices", act=Act.ONESTOP),
        ),
    ),
    Room(
        label="決まり",
        entries=(
            _entry("法令", "law"),
            _entry("言葉の確認", "words"),
            _entry("読みもの", "content"),
        ),
    ),
    Room(
        label="運転",
        entries=(
            _entry("毎月の処理", "run", act=Act.MONTHLY_RUN),
            _entry("止まった処理", "messages"),
            _entry("予行", "rehearsal"),
            _entry("設定", "settings", act=Act.SETTINGS_CHANGE),
            _entry("ワンストップの設定", "onestop_settings", act=Act.SETTINGS_CHANGE),
        ),
    ),
)


def menu_of(*, principal: Principal, section: str) -> Menu:
    """This will return the menu that somebody sees on a page of a section."""
    rooms, pages = [], []
    for room in ROOMS:
        open_to_him = [entry for entry in room.entries if principal.may(entry.act)]
        if not open_to_him:
            continue
        links = [_link(entry, section=section) for entry in open_to_him]
        is_here = any(section in entry.sections for entry in room.entries)
        rooms.append(Link(label=room.label, href=links[0].href, is_current=is_here))
        if is_here and len(links) > 1:
            pages = links
    return Menu(rooms=rooms, pages=pages)


def _link(entry: Entry, *, section: str) -> Link:
    is_current = section in entry.sections
    return Link(label=entry.label, href=reverse(entry.url_name), is_current=is_current)

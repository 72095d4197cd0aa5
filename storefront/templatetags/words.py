"""Filters that every template has: amounts, days and pictures as readers in Japan expect them."""

from datetime import date, datetime

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from saleor_ext.access.principal import Principal
from saleor_ext.common import jptime, money
from storefront import messages

register = template.Library()


def _day_of(value: date | datetime) -> date:
    return jptime.jst_date(value) if isinstance(value, datetime) else value


@register.filter
def yen(amount_yen: int | None) -> str:
    """This will write 12000 as 12,000円; nothing for nothing."""
    return "" if amount_yen is None else money.words(amount_yen)


@register.filter
def percent(permille: int | None) -> str:
    """This will write 475 thousandths as 47.5%; a dash where there is nothing to compare."""
    return "–" if permille is None else f"{permille // 10}.{permille % 10}%"


@register.filter
def day(value: date | datetime | None) -> str:
    """This will write a day with its year: 2026年11月24日(火)."""
    return jptime.words(_day_of(value)) if value else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    """This will write a day without its year: 11月24日(火)."""
    return jptime.words_short(_day_of(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """This will write a moment in Japan: 2026年11月24日(火) 10:05."""
    if not value:
        return ""
    return f"{jptime.words(jptime.jst_date(value))} {clock_time(value)}"


@register.filter
def clock_time(value: datetime | None) -> str:
    """This will write the time of day in Japan: 10:05."""
    return f"{value.astimezone(jptime.JST):%H:%M}" if value else ""


@register.filter
def month_words(value: date | None) -> str:
    """This will write a month: 2026年11月."""
    return f"{value.year}年{value.month}月" if value else ""


@register.filter
def month_only(value: date | None) -> str:
    """This will write a month without its year: 11月."""
    return f"{value.month}月" if value else ""


@register.filter
def year_only(value: date) -> str:
    """This will write only the year of a day: 2026."""
    return str(_day_of(value).year)


@register.filter
def iso_day(value: date | datetime | None) -> str:
    """This will write a day for machines, as in `<time datetime>`: 2026-11-24."""
    return _day_of(value).isoformat() if value else ""


@register.filter
def town_picture(name: str) -> str:
    """This will return the address of one of the town's pictures; a name needs no ending."""
    if not name:
        return ""
    return static(f"town/{name if '.' in name else f'{name}.svg'}")


@register.filter
def paragraphs(text: str) -> SafeString:
    """This will put each block of text that an empty line parts into a paragraph of its own."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return SafeString("".join(format_html("<p>{}</p>", block) for block in blocks if block))


@register.filter
def home_url(principal: Principal) -> str:
    """This will return where a signed-in person's own pages begin."""
    if principal.is_staff:
        return "/staff/"
    return "/producer/" if principal.is_producer else reverse("storefront:my")


@register.filter
def home_label(principal: Principal) -> str:
    """This will name a signed-in person's own pages."""
    if principal.is_staff:
        return "職員の画面"
    return "出荷の一覧" if principal.is_producer else "マイページ"


@register.filter
def field_anchor(field: BoundField) -> str:
    """This will return the id an error leads to: the field, or the first of its choices."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def decline_words(code: str) -> str:
    """This will put a card's decline code into words, for mail."""
    return str(messages.decline_message(code or ""))


@register.filter
def skip_words(code: str) -> str:
    """This will say why a month went by without a donation, for mail."""
    return messages.skip_reason(code or "")

"""Gifts of category 3 as the Ministry's two papers have them (告示 別添1, 別添2).

Law: value_added_published
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from saleor_ext.fulfilment import models, selectors
from saleor_ext.law import register
from saleor_ext.membership import selectors as membership_selectors

CERTIFICATE_HEADER = (
    "返礼品等の名称",
    "製造者",
    "区域内において生じた価値の割合(%)",
    "標準的な算出方法",
    "その他の算出方法の詳細",
    "その理由",
    "製造・加工地",
    "団体の調達費用(円)",
    "一般販売価格(円)",
)
LIST_HEADER = (
    "公表年月日",
    "地方団体名",
    "返礼品等の名称",
    "区域内において生じた価値の割合(%)",
    "標準的な算出方法",
    "その他の算出方法の詳細",
    "その理由",
    "製造・加工地",
    "地方団体における調達費用(円)",
    "一般販売価格(円)",
)


@dataclass(frozen=True, kw_only=True)
class ListedLine:
    """A gift of category 3 and what still stands against offering it."""

    name: str
    producer: str
    share: str
    published_on: date | None
    missing: str


def listed_lines(*, day: date) -> tuple[ListedLine, ...]:
    """This will list the gifts of category 3 with what stands against offering them on a day."""
    over = register.number_on(topic="value_added", name="over_percent", day=day)
    return tuple(
        _line(gift, day=day, over_permille=(over or 0) * 10, is_in_force=over is not None)
        for gift in selectors.gifts_with_value_added()
    )


def _line(gift: models.Gift, *, day: date, over_permille: int, is_in_force: bool) -> ListedLine:
    row = getattr(gift, "value_added", None)
    missing = ""
    if row is None:
        missing = "製造者の証明(別添1)がない"
    elif row.share_permille <= over_permille:
        missing = f"割合が{over_permille // 10}%以下"
    elif row.published_on is None or row.published_on > day:
        missing = "公表していない(別添2)"
    return ListedLine(
        name=gift.name,
        producer=gift.producer.name,
        share=_percent(row.share_permille) if row else "",
        published_on=row.published_on if row else None,
        missing=missing if is_in_force else "",
    )


def certificate_rows() -> Iterator[tuple[object, ...]]:
    """This will yield one row a gift whose maker has certified its share."""
    for gift in selectors.gifts_with_value_added():
        if row := getattr(gift, "value_added", None):
            yield (gift.name, gift.producer.name, *_shared(gift, row))


def list_rows() -> Iterator[tuple[object, ...]]:
    """This will yield the rows that have a day of publication."""
    town = membership_selectors.municipality_get()
    for gift in selectors.gifts_with_value_added():
        row = getattr(gift, "value_added", None)
        if row and row.published_on:
            yield (row.published_on, town.name, gift.name, *_shared(gift, row))


def _shared(gift: models.Gift, row: models.ValueAdded) -> tuple[object, ...]:
    return (
        _percent(row.share_permille),
        "○" if row.is_standard_method else "",
        row.other_method,
        row.other_reason,
        row.made_in,
        gift.procurement_cost_yen,
        row.retail_price_yen,
    )


def _percent(permille: int) -> str:
    """This will write 785 as 78.5 and 780 as 78, without a float."""
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)

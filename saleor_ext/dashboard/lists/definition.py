"""What a staff list is made of. One definition gives the page, its counts and its CSV file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat, Replace

from saleor_ext.common import jptime
from saleor_ext.dashboard import inputs
from saleor_ext.membership import models as membership_models

MONTHS_AHEAD = 3
MONTHS_BACK = 24


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `kind` says how a value is written: text, yen, day, moment, month or badge."""

    label: str
    value: Callable[[Any], object]
    kind: str = "text"
    tone: Callable[[Any], str] | None = None
    url: Callable[[Any], str] | None = None
    is_personal: bool = False
    is_csv_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of the list's states, shown with its count."""

    value: str
    label: str
    condition: Q


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value a filter may have."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A way to narrow a list. `condition` raises BadInput for a value that cannot be meant."""

    name: str
    label: str
    choices: Callable[[date], list[Choice]]
    condition: Callable[[str], Q]


@dataclass(frozen=True, kw_only=True)
class ListDefinition:
    """A staff list: which rows, in which states, narrowed how, shown in which columns.

    Rows are read newest first by key. `search` gets one word and whether people's data may be
    used to find a row: who may not see a name must not be able to guess it by searching.
    """

    slug: str
    title: str
    lead: str
    rows: Callable[[], QuerySet[Any]]
    tabs: Callable[[date], tuple[Tab, ...]]
    filters: tuple[Filter, ...]
    search_help: str
    search_help_without_people: str
    search: Callable[[str, bool], Q]
    columns: tuple[Column, ...]
    sum_field: str = ""


def name_expression(*fields: str) -> Replace:
    """This will join name fields in the database without any space, for searching."""
    joined: Any = F(fields[0])
    if len(fields) > 1:
        joined = Concat(*fields, output_field=CharField())
    return Replace(
        Replace(joined, Value("　"), Value("")), Value(" "), Value(""), output_field=CharField()
    )


def month_choices(today: date) -> list[Choice]:
    """This will offer the months from three ahead to two years back."""
    this_month = jptime.month_start(today)
    months = [
        jptime.month_add(this_month, step) for step in range(MONTHS_AHEAD, -MONTHS_BACK - 1, -1)
    ]
    return [
        Choice(value=inputs.month_text(month), label=f"{month.year}年{month.month}月")
        for month in months
    ]


def month_filter(field: str, *, label: str, is_moment: bool = False) -> Filter:
    """This will narrow by the month of a date field, or of a moment in Japanese time."""

    def condition(value: str) -> Q:
        month = inputs.month_read(value)
        if month is None:
            raise inputs.BadInput("月が正しくありません。")
        first, after = inputs.month_bounds(month)
        if is_moment:
            return Q(
                **{
                    f"{field}__gte": jptime.jst_moment(first),
                    f"{field}__lt": jptime.jst_moment(after),
                }
            )
        return Q(**{f"{field}__gte": first, f"{field}__lt": after})

    return Filter(name="month", label=label, choices=month_choices, condition=condition)


def tier_filter(field: str) -> Filter:
    """This will narrow by the tier's slug."""

    def choices(_today: date) -> list[Choice]:
        rows = membership_models.Tier.objects.order_by("sort_order", "pk")
        return [Choice(value=slug, label=name) for slug, name in rows.values_list("slug", "name")]

    return Filter(
        name="tier",
        label="プラン",
        choices=choices,
        condition=lambda value: Q(**{f"{field}__slug": value}),
    )

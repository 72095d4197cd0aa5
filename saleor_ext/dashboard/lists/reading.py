"""From an address to a page of a staff list: read, narrow, count, cut, and link to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum

from saleor_ext.common import jptime, money
from saleor_ext.dashboard import inputs
from saleor_ext.dashboard.lists.definition import Choice, Column, ListDefinition

PAGE_SIZE = 50
SEARCH_MAX_LENGTH = 100
SEARCH_MAX_WORDS = 5


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """What an address asks of a list."""

    tab: str
    filters: Mapping[str, str]
    search: str
    before: int | None
    after: int | None

    def address(self, **changes: str) -> str:
        """This will write the address of the same list with something changed, page marks gone."""
        values = {"state": self.tab, **self.filters, "q": self.search, **changes}
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value as it is shown."""

    label: str
    text: str
    kind: str
    tone: str
    url: str


@dataclass(frozen=True, kw_only=True)
class TabLink:
    """A state with its count under the present search and filters."""

    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class FilterField:
    """A filter's select."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """What the list template is given."""

    slug: str
    title: str
    lead: str
    tab: str
    tabs: tuple[TabLink, ...]
    filters: tuple[FilterField, ...]
    search: str
    search_help: str
    headers: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_ids: tuple[int, ...]
    count: int
    sum_yen: int | None
    csv_query: str
    newer_query: str
    older_query: str
    is_first_page: bool
    are_people_shown: bool
    is_narrowed: bool


def query_read(
    definition: ListDefinition, parameters: Mapping[str, str], *, today: date
) -> ListQuery:
    """This will read an address.

    Raises:
        BadInput: it asks for a state or a page that does not exist.
    """
    tabs = definition.tabs(today)
    tab = parameters.get("state", "") or tabs[0].value
    if tab not in {known.value for known in tabs}:
        raise inputs.BadInput("その状態の絞り込みはありません。一覧から選び直してください。")
    found = {item.name: parameters.get(item.name, "") for item in definition.filters}
    return ListQuery(
        tab=tab,
        filters={name: value for name, value in found.items() if value},
        search=inputs.plain_text(parameters.get("q", ""))[:SEARCH_MAX_LENGTH],
        before=inputs.number_read(parameters.get("before", "")),
        after=inputs.number_read(parameters.get("after", "")),
    )


def _narrowed(
    definition: ListDefinition, query: ListQuery, *, may_see_people: bool
) -> QuerySet[Any]:
    """Everything but the state."""
    rows = definition.rows()
    for item in definition.filters:
        value = query.filters.get(item.name, "")
        if value:
            rows = rows.filter(item.condition(value))
    for word in query.search.split()[:SEARCH_MAX_WORDS]:
        rows = rows.filter(definition.search(word, may_see_people))
    return rows


def rows_select(
    definition: ListDefinition, query: ListQuery, *, may_see_people: bool, today: date
) -> QuerySet[Any]:
    """This will select all rows a query means, newest first."""
    condition = next(tab.condition for tab in definition.tabs(today) if tab.value == query.tab)
    rows = _narrowed(definition, query, may_see_people=may_see_people)
    return rows.filter(condition).order_by("-pk")


def columns_for(
    definition: ListDefinition, *, may_see_people: bool, is_csv: bool
) -> tuple[Column, ...]:
    """This will leave out what this person may not see, and on the page what is for files."""
    return tuple(
        column
        for column in definition.columns
        if (may_see_people or not column.is_personal) and (is_csv or not column.is_csv_only)
    )


def csv_rows(rows: QuerySet[Any], columns: tuple[Column, ...]) -> Iterator[list[object]]:
    """This will yield the rows of the file, a few hundred in memory at a time."""
    for row in rows.iterator(chunk_size=500):
        yield [column.value(row) for column in columns]


def page_make(
    definition: ListDefinition, query: ListQuery, *, may_see_people: bool, today: date
) -> ListPage:
    """This will read one page of a list with its counts, in a fixed number of queries."""
    selected = rows_select(definition, query, may_see_people=may_see_people, today=today)
    columns = columns_for(definition, may_see_people=may_see_people, is_csv=False)
    shown, has_newer, has_older = _cut(selected, query)
    counts = _counts(definition, query, may_see_people=may_see_people, today=today)
    return ListPage(
        slug=definition.slug,
        title=definition.title,
        lead=definition.lead,
        tab=query.tab,
        tabs=_tab_links(definition, query, counts=counts, today=today),
        filters=_filter_fields(definition, query, today=today),
        search=query.search,
        search_help=(
            definition.search_help if may_see_people else definition.search_help_without_people
        ),
        headers=columns,
        rows=tuple(tuple(_cell(column, row) for column in columns) for row in shown),
        row_ids=tuple(row.pk for row in shown),
        count=counts[query.tab],
        sum_yen=_sum_yen(definition, selected),
        csv_query=query.address(),
        newer_query=query.address(after=str(shown[0].pk)) if has_newer else "",
        older_query=query.address(before=str(shown[-1].pk)) if has_older else "",
        is_first_page=query.before is None and query.after is None,
        are_people_shown=may_see_people,
        is_narrowed=bool(query.search or query.filters),
    )


def _cut(rows: QuerySet[Any], query: ListQuery) -> tuple[list[Any], bool, bool]:
    """One page by key: (rows, are there newer ones, are there older ones)."""
    if query.after is not None:
        found = list(rows.filter(pk__gt=query.after).order_by("pk")[: PAGE_SIZE + 1])
        return found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE, bool(found)
    if query.before is not None:
        rows = rows.filter(pk__lt=query.before)
    found = list(rows[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], query.before is not None and bool(found), len(found) > PAGE_SIZE


def _counts(
    definition: ListDefinition, query: ListQuery, *, may_see_people: bool, today: date
) -> dict[str, int]:
    rows = _narrowed(definition, query, may_see_people=may_see_people).order_by()
    asked = {
        f"count_{number}": Count("pk", filter=tab.condition or None)
        for number, tab in enumerate(definition.tabs(today))
    }
    counted = rows.aggregate(**asked)
    return {
        tab.value: counted[f"count_{number}"] for number, tab in enumerate(definition.tabs(today))
    }


def _sum_yen(definition: ListDefinition, rows: QuerySet[Any]) -> int | None:
    if not definition.sum_field:
        return None
    return rows.order_by().aggregate(total=Sum(definition.sum_field))["total"] or 0


def _tab_links(
    definition: ListDefinition, query: ListQuery, *, counts: Mapping[str, int], today: date
) -> tuple[TabLink, ...]:
    return tuple(
        TabLink(
            label=tab.label,
            count=counts[tab.value],
            query=query.address(state=tab.value),
            is_current=tab.value == query.tab,
        )
        for tab in definition.tabs(today)
    )


def _filter_fields(
    definition: ListDefinition, query: ListQuery, *, today: date
) -> tuple[FilterField, ...]:
    fields = []
    for item in definition.filters:
        value, choices = query.filters.get(item.name, ""), item.choices(today)
        if value and value not in {choice.value for choice in choices}:
            choices = [*choices, Choice(value=value, label=value)]
        fields.append(
            FilterField(name=item.name, label=item.label, choices=tuple(choices), value=value)
        )
    return tuple(fields)


def _cell(column: Column, row: Any) -> Cell:
    return Cell(
        label=column.label,
        text=text_write(column.value(row), kind=column.kind),
        kind=column.kind,
        tone=column.tone(row) if column.tone else "",
        url=column.url(row) if column.url else "",
    )


def text_write(value: object, *, kind: str) -> str:
    """This will write a value for people."""
    if value is None or value == "":
        return ""
    if kind == "yen" and isinstance(value, int):
        return money.words(value)
    if kind == "month" and isinstance(value, date):
        return f"{value.year}年{value.month}月"
    if isinstance(value, datetime):
        return value.astimezone(jptime.JST).strftime("%Y/%m/%d %H:%M")
    if isinstance(value, date):
        return jptime.words(value)
    return str(value)


def condition_any(*conditions: Q) -> Q:
    """This will accept a row that one of the conditions accepts."""
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined

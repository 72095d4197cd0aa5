"""Lists with `first` and `after`: entries after the one with a key, in the list's own order."""

from collections.abc import Callable, Mapping
from typing import Any

import graphene
from django.db.models import Model, Q, QuerySet

from saleor_ext.api.errors import CursorInvalid, InputInvalid

FIRST_DEFAULT = 20
FIRST_LIMIT = 100


def list_arguments() -> dict[str, graphene.Argument]:
    """This will declare the arguments of a list."""
    return {
        "first": graphene.Int(
            default_value=FIRST_DEFAULT, description=f"How many entries, 1 to {FIRST_LIMIT}."
        ),
        "after": graphene.ID(description="The key of the last entry you have."),
    }


def page(
    rows: QuerySet[Any],
    *,
    first: int | None,
    after: str | None,
    locate: Callable[[str], Mapping[str, object]],
) -> list[Any]:
    """This will return the entries of an ordered list that follow the one with a key.

    `locate` turns a key into a filter; it is looked for in the list itself, so a key of somebody
    else's entry is as unknown as any.

    Raises:
        InputInvalid: `first` is not between 1 and 100.
        CursorInvalid: the list has no entry by this key.
    """
    if first is None:
        first = FIRST_DEFAULT
    if not 1 <= first <= FIRST_LIMIT:
        raise InputInvalid(field="first")
    if after is not None:
        rows = rows.filter(_follows(rows, _anchor(rows, after, locate)))
    return list(rows[:first])


def _anchor(
    rows: QuerySet[Any], after: str, locate: Callable[[str], Mapping[str, object]]
) -> Model:
    try:
        anchor: Model | None = rows.filter(**locate(after)).first()
    except ValueError:
        anchor = None
    if anchor is None:
        raise CursorInvalid(field="after")
    return anchor


def _follows(rows: QuerySet[Any], anchor: Model) -> Q:
    """This will describe the rows that come after one row in an order that ends with the key."""
    condition, equal = Q(pk__in=[]), Q()
    for name in rows.query.order_by:
        column = str(name).removeprefix("-")
        value: Any = anchor
        for part in column.split("__"):
            value = getattr(value, part)
        sense = "lt" if str(name).startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{sense}": value})
        equal &= Q(**{column: value})
    return condition


def by_slug(key: str) -> Mapping[str, object]:
    """This will find an entry by its slug."""
    return {"slug": key}


def by_key(key: str) -> Mapping[str, object]:
    """This will find an entry by its key column."""
    return {"key": key}


def by_number(prefix: str) -> Callable[[str], Mapping[str, object]]:
    """This will find an entry by a key made of a prefix and its number."""

    def locate(key: str) -> Mapping[str, object]:
        number = key.removeprefix(prefix)
        if number == key or not number.isascii() or not number.isdigit() or len(number) > 15:
            raise ValueError
        return {"pk": int(number)}

    return locate

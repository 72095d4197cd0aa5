"""Writing many rows of which the database knows almost everything already.

A batch of a day's donations moves hundreds of rows in the same way. To make an object for each of
them and to send all of its columns again takes longer than everything else about it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Combinable


def rows_copy(
    rows: models.QuerySet[Any], *, into: type[models.Model], **columns: Combinable
) -> None:
    """This will write one row for each of `rows`, in their order, without reading them.

    Args:
        rows: what the new rows are made of.
        into: what they become.
        columns: what each field gets, as an expression over `rows` (`F`, `Value`).
    """
    named = {f"new_{name}": expression for name, expression in columns.items()}
    sql, params = rows.annotate(**named).values_list(*named).query.sql_with_params()
    names = ", ".join(_column(into, name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_table(into)} ({names}) {sql}", params)


def rows_set(
    model: type[models.Model],
    *,
    each: Mapping[int, Sequence[str]],
    fields: Sequence[str],
    **same: object,
) -> int:
    """This will change many rows by their key: text fields to what each of them gets, others to the
    same for all.

    Args:
        model: what is changed.
        each: by key, the texts for `fields` in their order.
        fields: the text fields that differ.
        same: what all of them get.

    Returns:
        how many rows there were.
    """
    if not each:
        return 0
    sets = [f"{_column(model, name)} = %s" for name in same]
    params: list[Any] = [
        _field(model, name).get_db_prep_save(value, connection) for name, value in same.items()
    ]
    # Both databases call the columns of a list of values column1, column2, ...
    sets += [f"{_column(model, name)} = v.column{at}" for at, name in enumerate(fields, start=2)]
    row = f"({', '.join(['%s'] * (1 + len(fields)))})"
    for pk, texts in each.items():
        params += [pk, *texts]
    values = ", ".join([row] * len(each))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(model)} SET {', '.join(sets)} FROM (VALUES {values}) AS v"  # noqa: S608
            f" WHERE {_table(model)}.{_column(model, 'pk')} = v.column1",
            params,
        )
        return int(cursor.rowcount)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(str(_field(model, name).column))


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)

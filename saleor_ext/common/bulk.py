"""Reading and writing many rows of which the database knows almost everything already.

A batch of a day's donations moves hundreds of rows in the same way. To make an object for each of
them, to send all of its columns again, and to hand over each key by itself, takes longer than
everything else about it.
"""

import json
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=models.Model)


def among(name: str, keys: Iterable[int]) -> "Among":
    """This will make a condition: the whole number in a field is one of many, as `__in` has it."""
    return Among(models.F(name), keys=keys)


class Among(models.Func):
    """That condition. All keys go to the database as one value."""

    output_field = models.BooleanField()

    def __init__(self, *expressions: Combinable, keys: Iterable[int] = (), **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.keys = list(keys)

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        """This will say it to SQLite."""
        sql, params = self._field(compiler)
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.keys)]  # noqa: S608

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        """This will say it to PostgreSQL."""
        sql, params = self._field(compiler)
        keys = ",".join(map(str, self.keys))
        return f"{sql} = ANY(%s::bigint[])", [*params, f"{{{keys}}}"]

    def _field(self, compiler: SQLCompiler) -> tuple[str, Sequence[Any]]:
        if not self.keys:
            raise EmptyResultSet  # nothing can be among them, so the database need not be asked
        return compiler.compile(self.source_expressions[0])


def rows_make(rows: Iterable[Row], *, are_known_left: bool = False) -> list[Row]:
    """This will write new rows, of one model, and give them their keys.

    PostgreSQL gets them as one JSON text, which is made in a fraction of the time that Django's
    `bulk_create` needs to prepare each value.

    Args:
        rows: what is written.
        are_known_left: whether those that stand there already stay as they are; none of `rows`
            gets a key then.
    """
    made = list(rows)
    if not made:
        return made
    model = type(made[0])
    if connection.vendor != "postgresql":
        return model._default_manager.bulk_create(made, ignore_conflicts=are_known_left)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(_column(model, field.name) for field in fields)
    read = operator.attrgetter(*(field.attname for field in fields))
    columns = ", ".join(f"(one->>{at})::{_type(field)}" for at, field in enumerate(fields))
    end = "ON CONFLICT DO NOTHING" if are_known_left else f"RETURNING {_column(model, 'pk')}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(model)} ({names}) SELECT {columns}"  # noqa: S608
            f" FROM json_array_elements(%s::json) AS one {end}",
            [json.dumps([read(row) for row in made], default=_text)],
        )
        if not are_known_left:
            for row, (pk,) in zip(made, cursor.fetchall(), strict=True):
                row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    return made


def _type(field: Any) -> str:
    """Without a length: cast to one, PostgreSQL would cut a text that it should refuse."""
    return str(field.db_type(connection)).split("(")[0]


def _text(value: date) -> str:
    """What JSON has no word for, days and moments, as PostgreSQL reads it."""
    return value.isoformat()


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

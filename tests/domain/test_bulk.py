"""Many rows at once: what is read and written is the same as one by one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError
from django.test.utils import CaptureQueriesContext

from saleor_ext.common import bulk
from saleor_ext.outbox import models

pytestmark = pytest.mark.django_db

AT = datetime(2026, 12, 31, 14, 59, 59, 123456, tzinfo=UTC)
Queries = Callable[[], AbstractContextManager[CaptureQueriesContext]]


def message(key: str, **values: object) -> models.OutboxMessage:
    made = {"topic": "mail.send", "key": key, "next_try_at": AT, "created_at": AT}
    return models.OutboxMessage(**made | values)


def all_values() -> list[dict[str, object]]:
    return list(models.OutboxMessage.objects.order_by("pk").values())


def test_rows_made_together_are_those_made_one_by_one() -> None:
    # given
    wanted = [
        message("a", payload={"name": '定期"便\\', "ids": [1, 2], "none": None}, lane="m1"),
        message("b", claimed_until=AT + timedelta(days=1), attempts=3, last_error="1\n2\t'%s"),
    ]
    for row in wanted:
        row.save()
    one_by_one = all_values()
    models.OutboxMessage.objects.all().delete()

    for row in wanted:
        row.pk = None

    # when
    made = bulk.rows_make(wanted)

    # then
    together = all_values()
    assert [row.pop("id") for row in together] == [row.pk for row in made]
    for row in one_by_one:
        row.pop("id")
    assert together == one_by_one


def test_a_row_that_was_made_can_be_changed_and_saved() -> None:
    # given
    [made] = bulk.rows_make([message("a")])

    # when
    made.attempts = 2
    made.save()

    # then
    assert [row["attempts"] for row in all_values()] == [2]


def test_no_rows_are_made_without_asking_the_database(queries: Queries) -> None:
    with queries() as asked:
        assert bulk.rows_make([]) == []
    assert len(asked) == 0


def test_what_is_known_already_stays_as_it_is() -> None:
    # given
    bulk.rows_make([message("a", attempts=1)])

    # when
    bulk.rows_make([message("a", attempts=2), message("b")], are_known_left=True)

    # then
    assert [(row["key"], row["attempts"]) for row in all_values()] == [("a", 1), ("b", 0)]


@pytest.mark.postgres
def test_a_text_that_is_too_long_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError):
        bulk.rows_make([message("a"), message("b" * 121)])


def test_rows_are_found_by_many_keys(queries: Queries) -> None:
    # given
    made = bulk.rows_make(message(key) for key in "abcd")
    keys = [made[0].pk, made[2].pk, made[2].pk, 10**12]

    # when
    with queries() as asked:
        found = models.OutboxMessage.objects.filter(bulk.among("pk", keys)).order_by("pk")
        names = list(found.values_list("key", flat=True))

    # then
    assert names == ["a", "c"]
    assert len(asked) == 1
    assert models.OutboxMessage.objects.exclude(bulk.among("pk", keys)).count() == 2


def test_among_no_keys_nothing_is_found_and_nothing_asked(queries: Queries) -> None:
    # given
    bulk.rows_make([message("a")])

    # when
    with queries() as asked:
        found = list(models.OutboxMessage.objects.filter(bulk.among("pk", [])))

    # then
    assert (found, len(asked)) == ([], 0)

"""A move from state to state is a claim that one writer wins."""

from datetime import UTC, datetime

import pytest

from saleor_ext.common import errors, states
from saleor_ext.outbox import models
from saleor_ext.outbox.states import MessageState

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TABLE = {"done": frozenset({"pending"}), "failed": frozenset({"pending"})}

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    return models.OutboxMessage.objects.create(
        topic="mail.send", key="mail:1", next_try_at=NOW, created_at=NOW
    )


def rows(message):
    return models.OutboxMessage.objects.filter(pk=message.pk)


def test_a_legal_move_writes_the_state_and_what_belongs_to_it(message):
    # when
    states.state_claim(rows(message), to="done", transitions=TABLE, done_at=NOW)

    # then
    message.refresh_from_db()
    assert (message.state, message.done_at) == ("done", NOW)


def test_the_second_writer_is_refused_and_changes_nothing(message):
    # given
    states.state_claim(rows(message), to="done", transitions=TABLE, done_at=NOW)

    # when
    with pytest.raises(errors.InvalidTransition) as refused:
        states.state_claim(rows(message), to="failed", transitions=TABLE, last_error="late")

    # then
    assert refused.value.fields == {"to": "failed"}
    message.refresh_from_db()
    assert (message.state, message.last_error, message.done_at) == ("done", "", NOW)


def test_a_row_that_is_gone_cannot_be_claimed(message):
    claimed = rows(message)
    models.OutboxMessage.objects.all().delete()

    with pytest.raises(errors.InvalidTransition):
        states.state_claim(claimed, to="done", transitions=TABLE, done_at=NOW)


def test_the_values_of_an_enumeration_are_what_the_database_checks():
    assert states.state_values(MessageState) == ["pending", "done", "failed"]

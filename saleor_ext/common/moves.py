"""Moves of whatever goes from state to state, and their history: a row for each, never changed."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from saleor_ext.common.errors import InvalidTransition
from saleor_ext.common.states import Transitions, state_claim

Row = TypeVar("Row", bound=models.Model)


class Move(models.Model):
    """One move: from where ("" at its beginning), to where, when, who caused it and why.

    What moved is the subclass's own foreign key, by which it is found as `events`.
    """

    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}: {self.from_state} > {self.to_state}"


def move_note(
    row: models.Model, *, before: str = "", now: datetime, actor: str, reason: str = ""
) -> Any:
    """This will write into a row's history that it came to its state, from `before`, and return
    what was written; without `before` it has just begun.
    """
    moved: Any = row
    return moved.events.create(
        from_state=before, to_state=moved.state, at=now, actor=actor, reason=reason[:200]
    )


def move(
    row: Row,
    *,
    to: str,
    transitions: Transitions,
    now: datetime,
    actor: str,
    reason: str = "",
    **changes: object,
) -> Row:
    """This will move a row that the caller holds to another state, with `changes`, and write that
    into its history. The row is read again.

    Raises:
        InvalidTransition: `to` cannot be entered from where it is, or it is elsewhere by now.
            Nothing was changed.
    """
    moved: Any = row
    before = moved.state
    rows = type(row)._default_manager.filter(pk=row.pk, state=before)
    state_claim(rows, to=to, transitions=transitions, **changes)
    row.refresh_from_db()
    move_note(row, before=before, now=now, actor=actor, reason=reason)
    return row


@transaction.atomic
def move_by_key(
    model: type[Row],
    key: int,
    *,
    to: str,
    transitions: Transitions,
    now: datetime,
    actor: str,
    reason: str = "",
    **changes: object,
) -> Row:
    """This will hold a row and move it likewise.

    Raises:
        InvalidTransition: there is none, or `to` cannot be entered from where it is.
    """
    row = model._default_manager.select_for_update().filter(pk=key).first()
    if row is None:
        raise InvalidTransition(to=to)
    return move(row, to=to, transitions=transitions, now=now, actor=actor, reason=reason, **changes)

"""Moving an object from state to state as a claim that only one writer can win."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from saleor_ext.common import errors

Transitions = Mapping[str, frozenset[str]]
"""For each state, the states from which it may be entered."""


def state_claim(
    rows: QuerySet[Any, Any], *, to: str, transitions: Transitions, **changes: object
) -> None:
    """This will move exactly one row to `to`, writing `changes` with it.

    Raises:
        InvalidTransition: the row is gone or in a state from which `to` cannot be entered;
            perhaps somebody else was faster. Nothing was changed.
    """
    moved = rows.filter(state__in=transitions.get(to, frozenset())).update(state=to, **changes)
    if moved != 1:
        raise errors.InvalidTransition(to=to)


def state_values(choices: type) -> list[str]:
    """This will list a TextChoices' values, for a CHECK that holds the database to them."""
    return [str(value) for value in choices.values]  # type: ignore[attr-defined]

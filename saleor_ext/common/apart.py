"""Doing many things in one go: the trouble of one stays its own, and is not hushed up."""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

Thing = TypeVar("Thing")


class Apart:
    """Things that are done one after another. One that breaks off does not keep the next from being
    done; it is named in the log, and in the end the first error is raised all the same.
    """

    def __init__(self) -> None:
        self._first: Exception | None = None

    @contextlib.contextmanager
    def one(self, name: str) -> Iterator[None]:
        """This will do one of them. `name` tells which, by a number of ours and never by a person's
        name. Without its database nothing else can be done either.

        Raises:
            OperationalError, InterfaceError: the database is away.
        """
        try:
            yield
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  raised when all else is done
            # What it says may quote a person; whoever catches it in the end writes it down.
            logger.error("%s broke off: %s", name, type(error).__name__)
            self._first = self._first or error

    def end(self) -> None:
        """This will raise what broke off first."""
        if self._first is not None:
            raise self._first


def each(
    things: Iterable[Thing], do: Callable[[Thing], int], *, name: Callable[[Thing], str]
) -> int:
    """This will do the same with each of some things, and add up what comes of it.

    Raises:
        Exception: what broke off first; all others were done.
    """
    count, apart = 0, Apart()
    for thing in things:
        with apart.one(name(thing)):
            count += do(thing)
    apart.end()
    return count

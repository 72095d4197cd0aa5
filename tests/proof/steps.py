"""The steps of a piece of work, and dying at one of them.

A step lies before every statement to the database, before and after every commit, and before and
after every call to the provider and to the shop: wherever the world outside can tell a difference,
and in between.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from plugins.payment.stripe.transport import PooledTransport
from tests.proof.shop import ProofShop


class Steps:
    """Counts steps; at number `die_at` the process is gone, without a word (SIGKILL)."""

    def __init__(self, *, die_at: int | None) -> None:
        self.die_at = die_at
        self.names: list[str] = []

    def take(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, shop: ProofShop) -> None:
        """This will count from now on everything this process does, in its first thread."""
        connection.execute_wrappers.append(self._statement)
        BaseDatabaseWrapper._commit = self._around(  # type: ignore[method-assign]
            "commit", BaseDatabaseWrapper._commit
        )
        PooledTransport.request = self._around(  # type: ignore[method-assign]
            "provider", PooledTransport.request
        )
        for (owner, name), answer in shop.answers().items():
            setattr(owner, name, self._around(f"shop {name}", answer))

    def _statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.take(sql[:60])
        return execute(sql, params, many, context)

    def _around(self, name: str, real: Callable[..., Any]) -> Any:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.take(f"before {name}")
            result = real(*args, **kwargs)
            self.take(f"after {name}")
            return result

        return watched

"""Several calls at a time, each thread with database connections of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from django.db import connection, connections

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    work: Callable[[Item], Result], items: Sequence[Item], *, workers: int
) -> list[Result]:
    """This will do `work` for every item, up to `workers` of them at a time, in any order.

    One after the other where the connection cannot be shared out (inside a test's transaction)
    or where one at a time is asked for. Threads and their connections end with the call.
    """
    if workers <= 1 or len(items) <= 1 or connection.in_atomic_block:
        return [work(item) for item in items]
    waiting: SimpleQueue[Item] = SimpleQueue()
    for item in items:
        waiting.put(item)

    def share(_: int) -> list[Result]:
        results = []
        try:
            while True:
                results.append(work(waiting.get_nowait()))
        except Empty:
            return results
        finally:
            connections.close_all()

    count = min(workers, len(items))
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="parallel") as pool:
        return [result for results in pool.map(share, range(count)) for result in results]

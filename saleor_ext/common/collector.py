"""Python's collector of what refers to itself in a circle, kept from looking too often."""

import contextlib
import gc
from collections.abc import Iterator

# So many new objects between two looks: some batches' worth, a few tens of megabytes.
OBJECTS = 50_000


@contextlib.contextmanager
def rarely() -> Iterator[None]:
    """This will let the collector look seldom while the block runs.

    For work that makes many objects and lets go of them at once, as batches do: hardly any of them
    is in a circle, yet a sixth of the time would go into looking for one.
    """
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)

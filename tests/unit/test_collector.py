"""How seldom Python looks for what refers to itself in a circle."""

import gc
from collections.abc import Iterator

import pytest

from saleor_ext.common import collector

USUAL = (700, 10, 10)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """The tests' own process looks rarely already."""
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def test_it_looks_rarely_in_the_block_and_as_before_after_it() -> None:
    # when
    with collector.rarely():
        inside = gc.get_threshold()

    # then
    assert (inside, gc.get_threshold()) == ((50_000, 10, 10), USUAL)


def test_an_error_in_the_block_changes_nothing_of_that() -> None:
    # when
    with pytest.raises(KeyError), collector.rarely():
        raise KeyError("a")

    # then
    assert gc.get_threshold() == USUAL

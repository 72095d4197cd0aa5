"""How seldom Python looks for what refers to itself in a circle."""

import gc

import pytest

from saleor_ext.common import collector


def test_it_looks_rarely_in_the_block_and_as_before_after_it() -> None:
    # given
    before = gc.get_threshold()

    # when
    with collector.rarely():
        inside = gc.get_threshold()

    # then
    assert inside == (collector.OBJECTS, *before[1:])
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_an_error_in_the_block_changes_nothing_of_that() -> None:
    # given
    before = gc.get_threshold()

    # when
    with pytest.raises(KeyError), collector.rarely():
        raise KeyError("a")

    # then
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)

"""Calls to the shop that we must never make."""

import re

import pytest

from saleor_ext.saleor_connector import operations

# The first makes orders that set no stock aside, and is a preview; the second makes a second
# payment out of every repeated call. The app's own life and the shop's queue are not ours.
FORBIDDEN = ("orderBulkCreate", "transactionCreate", "appDelete", "eventDeliveryRetry")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_operation_calls_what_cannot_be_repeated_safely(name):
    word = re.compile(rf"\b{name}\b")
    documents = [operations.document(found) for found in operations.names()]

    assert documents
    assert [text for text in documents if word.search(text)] == []

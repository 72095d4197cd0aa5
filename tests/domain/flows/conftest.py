"""A payment provider in this process for every test of the flows."""

import pytest

from saleor_ext.common import registry
from tests.builders.provider import MemoryProvider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    """This will put a provider in memory in the place of the real one."""
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made

"""A payment provider in this process, and an orchard with something to send instead of radish."""

import pytest

from saleor_ext.common import registry
from saleor_ext.flows.swaps import proposing
from tests.builders.provider import MemoryProvider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a proposal hands over is done by the next run."""
    monkeypatch.setattr(proposing.jobs, "enqueue", lambda name, **_: None)

"""The door for the payment provider's messages: what is handed on, and what is refused."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from saleor_ext.common import jobs, registry
from saleor_ext.contracts.errors import SignatureInvalid
from saleor_ext.contracts.payment import ProviderEvent
from tests.builders.provider import MemoryProvider

pytestmark = pytest.mark.django_db

DOOR = "/hooks/payment/"


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    """A provider in memory in the place of the real one."""
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


@pytest.fixture
def handed_on(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What was given to the queue."""
    seen: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, **given: seen.append((name, given)))
    return seen


def says(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    values = {"event_id": "evt_1", "kind": "payment_intent.succeeded", "provider_ref": "pi_1"}
    event = ProviderEvent(created_at=datetime(2026, 12, 24, tzinfo=UTC), **values | changes)
    monkeypatch.setattr(MemoryProvider, "event_parse", lambda *a, **k: event)


def test_a_message_is_handed_on_with_our_key(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    handed_on: list[tuple[str, dict[str, object]]],
) -> None:
    says(monkeypatch, key="fs-hanako-1-a1")

    response = client.post(DOOR, b"{}", content_type="application/json")

    assert response.status_code == 200
    given = {"provider_ref": "pi_1", "kind": "payment_intent.succeeded", "key": "fs-hanako-1-a1"}
    assert handed_on == [("payments.event", given)]


def test_a_message_that_cannot_be_believed_is_refused(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    handed_on: list[tuple[str, dict[str, object]]],
) -> None:
    def forged(*args: object, **kwargs: object) -> None:
        raise SignatureInvalid("signature_invalid")

    monkeypatch.setattr(MemoryProvider, "event_parse", forged)

    response = client.post(DOOR, b"{}", content_type="application/json")

    assert (response.status_code, handed_on) == (400, [])

"""Signed messages: believed when the signature holds; sent again, lost, doubled, out of order."""

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import stripe

from fixtures.stripe import testing
from saleor_ext.contracts.errors import SignatureInvalid
from saleor_ext.contracts.payment import ProviderEvent
from tests.conformance.stripe.conftest import WEBHOOK_SECRET, Peer, client_for, provider_for


@dataclass
class Listener:
    """A shop's webhook address: keeps what comes, answers with the statuses it was given."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    heard: list[tuple[bytes, str]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    keeper = Listener()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            keeper.heard.append((body, self.headers["Stripe-Signature"]))
            self.send_response(keeper.statuses.pop(0) if keeper.statuses else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    keeper.url = f"http://127.0.0.1:{server.server_port}/hooks/payment/stripe/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield keeper
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(tmp_path: Path, listener: Listener) -> Iterator[Peer]:
    """A stand-in of its own that sends to the listener."""
    with testing.running(tmp_path) as stand_in:
        stand_in.webhook_target(listener.url, WEBHOOK_SECRET)
        key = stand_in.secret_key
        yield Peer(provider_for(stand_in.url, key), client_for(stand_in.url, key), stand_in)


def _events(peer: Peer, listener: Listener) -> list[ProviderEvent]:
    return [
        peer.provider.event_parse(body=body, signature=signature)
        for body, signature in list(listener.heard)
    ]


def _wait_for(peer: Peer, listener: Listener, kind: str, count: int = 1) -> list[ProviderEvent]:
    def found() -> list[ProviderEvent]:
        events = [event for event in _events(peer, listener) if event.kind == kind]
        return events if len(events) >= count else []

    return testing.wait_for(found, timeout_s=10)


def test_a_charge_is_told_with_a_signature_that_holds(told: Peer, listener: Listener) -> None:
    # when
    paid = told.provider.charge_off_session(told.request())

    # then
    (event,) = _wait_for(told, listener, "payment_intent.succeeded")
    assert event.provider_ref == paid.provider_ref
    assert event.event_id.startswith("evt_")
    (charge,) = _wait_for(told, listener, "charge.succeeded")
    assert charge.provider_ref == paid.provider_ref
    assert _wait_for(told, listener, "customer.created")
    assert _wait_for(told, listener, "payment_intent.created")


def test_a_refund_is_told_and_leads_to_its_intent(told: Peer, listener: Listener) -> None:
    # given
    paid = told.provider.charge_off_session(told.request())

    # when
    told.provider.refund_create(
        key="refund-1", provider_ref=paid.provider_ref, amount_yen=paid.amount_yen, reason="誤り"
    )

    # then
    for kind in ("refund.created", "charge.refunded"):
        assert _wait_for(told, listener, kind)[0].provider_ref == paid.provider_ref


def test_an_event_of_something_we_do_not_keep_has_no_reference(
    told: Peer, listener: Listener
) -> None:
    told.customer()

    assert _wait_for(told, listener, "customer.created")[0].provider_ref == ""


def test_a_message_is_sent_again_until_it_is_taken(told: Peer, listener: Listener) -> None:
    # given
    listener.statuses += [500, 404]

    # when
    told.customer()

    # then
    events = _wait_for(told, listener, "customer.created", count=3)
    assert len({event.event_id for event in events}) == 1
    assert told.stand_in is not None
    stand_in = told.stand_in
    testing.wait_for(lambda: stand_in.state()["webhooks"].get("delivered") == 1)


@pytest.mark.parametrize("change", ["body", "signature", "secret", "none", "old", "not_json"])
def test_a_forged_message_is_not_believed(local: Peer, change: str) -> None:
    # given a message that would be believed
    body = b'{"id": "evt_1", "object": "event", "type": "charge.succeeded", "created": 1,'
    body += b' "data": {"object": {"object": "charge", "payment_intent": "pi_1"}}}'
    sign = stripe.WebhookSignature.generate_signature_header
    good = sign(body.decode(), WEBHOOK_SECRET)
    assert local.provider.event_parse(body=body, signature=good).provider_ref == "pi_1"

    # when something about it is changed
    changed_body, signature = {
        "body": (body.replace(b"pi_1", b"pi_2"), good),
        "signature": (body, good[:-1] + ("0" if good[-1] != "0" else "1")),
        "secret": (body, sign(body.decode(), "whsec_another")),
        "none": (body, ""),
        "old": (body, sign(body.decode(), WEBHOOK_SECRET, int(time.time()) - 301)),
        "not_json": (b"hello", sign("hello", WEBHOOK_SECRET)),
    }[change]

    # then
    with pytest.raises(SignatureInvalid):
        local.provider.event_parse(body=changed_body, signature=signature)


def test_a_message_can_get_lost_while_the_event_is_kept(told: Peer, listener: Listener) -> None:
    # given
    assert told.stand_in is not None
    request = told.request()
    told.stand_in.faults({"fault": "drop", "event": "payment_intent.succeeded"})

    # when
    paid = told.provider.charge_off_session(request)

    # then
    _wait_for(told, listener, "charge.succeeded")
    stand_in = told.stand_in
    testing.wait_for(lambda: not stand_in.state()["webhooks"].get("pending"))
    assert "payment_intent.succeeded" not in {e.kind for e in _events(told, listener)}
    (kept,) = told.api.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert kept.data.object["id"] == paid.provider_ref


def test_a_message_can_come_twice(told: Peer, listener: Listener) -> None:
    # given
    assert told.stand_in is not None
    told.stand_in.faults({"fault": "duplicate", "event": "customer.created"})

    # when
    told.customer()

    # then
    first, second = _wait_for(told, listener, "customer.created", count=2)
    assert first == second


def test_messages_can_be_held_and_let_go(told: Peer, listener: Listener) -> None:
    # given
    assert told.stand_in is not None
    stand_in = told.stand_in
    request = told.request()
    testing.wait_for(lambda: not stand_in.state()["webhooks"].get("pending"))
    before = len(listener.heard)
    stand_in.faults({"fault": "hold", "count": None})

    # when
    told.provider.charge_off_session(request)

    # then
    held = stand_in.state()["webhooks"]["held"]
    assert held >= 3
    assert len(listener.heard) == before
    assert stand_in.webhook_release() == held
    assert _wait_for(told, listener, "payment_intent.succeeded")


def test_messages_can_overtake_each_other(told: Peer, listener: Listener) -> None:
    # given
    assert told.stand_in is not None
    request = told.request()
    told.stand_in.faults({"fault": "reorder", "event": "payment_intent.created", "hold_s": 0.5})

    # when
    told.provider.charge_off_session(request)

    # then
    _wait_for(told, listener, "payment_intent.created")
    kinds = [event.kind for event in _events(told, listener)]
    assert kinds.index("payment_intent.succeeded") < kinds.index("payment_intent.created")


def test_an_endpoint_made_through_the_api_hears_only_what_it_asked_for(
    local: Peer, listener: Listener
) -> None:
    # given
    endpoint = local.api.v1.webhook_endpoints.create(
        {"url": listener.url, "enabled_events": ["payment_intent.succeeded"]}
    )
    assert endpoint.secret is not None

    # when
    paid = local.provider.charge_off_session(local.request())
    testing.wait_for(lambda: listener.heard)
    local.api.v1.webhook_endpoints.delete(endpoint.id)

    # then
    ((body, signature),) = listener.heard
    event = stripe.Webhook.construct_event(body, signature, endpoint.secret)
    assert event.type == "payment_intent.succeeded"
    assert event.data.object["id"] == paid.provider_ref

"""One set of contract tests for two peers: our stand-in always, Stripe's test mode given a key."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from fixtures.stripe import testing
from plugins.payment.stripe.provider import StripeProvider
from saleor_ext.contracts.payment import ChargeRequest
from saleor_ext.contracts.types import Yen

WEBHOOK_SECRET = "whsec_invented_for_tests"
_KEY_NAME = "STRIPE_TEST_SECRET_KEY"


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex}"


@dataclass
class Peer:
    """Stripe or its stand-in, seen through the plugin and through stripe-python."""

    provider: StripeProvider
    api: stripe.StripeClient
    stand_in: testing.StandIn | None = None
    made: list[str] = field(default_factory=list)

    def customer(self) -> str:
        return self.provider.customer_create(
            key=unique("customer"), email="hanako@example.jp", name="山田 花子"
        )

    def saved_card(self, customer_ref: str, name: str = "pm_card_visa") -> str:
        method = self.api.v1.payment_methods.attach(name, {"customer": customer_ref})
        return str(method.id)

    def request(self, **more: Any) -> ChargeRequest:
        """A charge of 3,000 yen for a new customer with a saved Visa, unless told otherwise."""
        customer_ref = more.pop("customer_ref", None) or self.customer()
        method_ref = more.pop("method_ref", None) or self.saved_card(customer_ref)
        given: dict[str, Any] = {
            "key": unique("charge"),
            "amount_yen": Yen(3000),
            "customer_ref": customer_ref,
            "description": "ふるさとサロン 12月分のご寄附",
            "method_ref": method_ref,
            "metadata": {"cycle": "2026-12"},
        }
        return ChargeRequest(**{**given, **more})


def provider_for(url: str, secret_key: str, **more: object) -> StripeProvider:
    return StripeProvider(
        {
            "secret_key": secret_key,
            "publishable_key": "pk_test_invented",
            "webhook_secret": WEBHOOK_SECRET,
            "api_base": url,
            "script_url": f"{url}/v3/stripe.js" if url else "",
            "timeout_s": 20.0,
            "http_pool": 8,
            **more,
        }
    )


def client_for(url: str, secret_key: str) -> stripe.StripeClient:
    bases: Any = {"api": url} if url else {}
    return stripe.StripeClient(secret_key, base_addresses=bases, max_network_retries=0)


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[testing.StandIn]:
    """A stand-in for the whole session; tests use customers of their own."""
    with testing.running(tmp_path_factory.mktemp("stripe")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stand_in" in request.fixturenames:
        request.getfixturevalue("stand_in").faults()


@pytest.fixture(params=["stand-in", "stripe-test-mode"])
def peer(request: pytest.FixtureRequest) -> Peer:
    if request.param == "stand-in":
        standing = request.getfixturevalue("stand_in")
        key = standing.secret_key
        return Peer(provider_for(standing.url, key), client_for(standing.url, key), standing)
    key = os.environ.get(_KEY_NAME, "")
    if not key:
        pytest.skip(f"{_KEY_NAME} is not set: not compared with Stripe's own test mode")
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.fail(f"{_KEY_NAME} is not a test key")
    return Peer(provider_for("", key), client_for("", key))


@pytest.fixture
def local(stand_in: testing.StandIn) -> Peer:
    """The stand-in alone, for what Stripe's test mode cannot be asked to do."""
    key = stand_in.secret_key
    return Peer(provider_for(stand_in.url, key), client_for(stand_in.url, key), stand_in)

"""A tiny payment app for the tests: takes its token, checks signatures, answers sessions."""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
from jwt import api_jws

PERMISSIONS = [
    "MANAGE_ORDERS",
    "HANDLE_PAYMENTS",
    "MANAGE_USERS",
    "MANAGE_PRODUCTS",
    "HANDLE_CHECKOUTS",
    "MANAGE_CHECKOUTS",
    "MANAGE_SHIPPING",
]
SESSION_QUERY = """subscription { event { __typename issuedAt
  ... on PaymentGatewayInitializeSession { amount data sourceObject { __typename } }
  ... on TransactionInitializeSession { idempotencyKey merchantReference data customerIpAddress
    action { amount currency actionType } transaction { id }
    sourceObject { __typename
      ... on Checkout { id totalPrice { gross { amount } } lines { variant { sku } } }
      ... on Order { id externalReference } } }
  ... on TransactionProcessSession { data action { amount actionType } transaction { id }
    merchantReference }
} }"""
REFUND_QUERY = """subscription { event { __typename issuedAt
  ... on TransactionRefundRequested { action { amount actionType } grantedRefund { id reason }
    transaction { id pspReference } }
} }"""
ORDER_QUERY = """fragment Seen on Order { id number status chargeStatus externalReference userEmail
  total { gross { amount } } metadata { key value } }
subscription { event { __typename issuedAt version recipient { identifier }
  ... on OrderCreated { order { ...Seen } }
  ... on OrderConfirmed { order { ...Seen } }
  ... on OrderPaid { order { ...Seen } }
  ... on OrderFullyPaid { order { ...Seen } }
  ... on OrderUpdated { order { ...Seen } }
  ... on OrderCancelled { order { ...Seen } }
  ... on OrderFulfilled { order { ...Seen } }
  ... on OrderRefunded { order { ...Seen } } } }"""
OTHER_QUERY = """subscription { event { __typename
  ... on FulfillmentCreated { fulfillment { id trackingNumber warehouse { slug } } order { id } }
  ... on FulfillmentTrackingNumberUpdated { fulfillment { id trackingNumber } }
  ... on CheckoutFullyPaid { checkout { id } }
  ... on CustomerCreated { user { id email } }
  ... on CustomerUpdated { user { id email } }
  ... on AccountConfirmationRequested { token redirectUrl user { email } channel { slug } }
  ... on AccountSetPasswordRequested { token redirectUrl user { email } }
  ... on ProductVariantOutOfStock { productVariant { sku } warehouse { slug } }
  ... on ProductVariantBackInStock { productVariant { sku } warehouse { slug } }
  ... on ProductVariantStockUpdated { productVariant { sku } } } }"""


FENCE_QUERY = """subscription { event { __typename
  ... on CustomerMetadataUpdated { user { metafield(key: "conformance.fence") } } } }"""
FENCE_EMAIL = "fence@conformance.example.jp"
FENCE_EVENT = "customer_metadata_updated"
HOST = os.environ.get("CONFORMANCE_APP_HOST", "127.0.0.1")
"""The name under which the shop reaches this machine."""


class FakeApp:
    """Listens for the shop. `answers` maps an event to what is answered, or to a function."""

    def __init__(self) -> None:
        self.identifier = f"jp.example.conformance-{secrets.token_hex(4)}"
        self.name = "Conformance"
        self.channel = "furusato"
        self.permissions = list(PERMISSIONS)
        self.fences_heard: list[str] = []
        self.last_heard_at = 0.0
        self.heard: list[dict[str, Any]] = []
        self.registered: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.statuses: dict[str, list[int]] = {}
        self.token = ""
        self.api_url = ""
        self.register_status = 200
        self.manifest_changes: dict[str, Any] = {}
        bound_to = "127.0.0.1" if HOST == "127.0.0.1" else "0.0.0.0"
        self._server = ThreadingHTTPServer((bound_to, 0), self._handler())
        self.origin = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Lets go of the port; a second time does nothing."""
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        self.heard.clear()
        self.answers.clear()
        self.statuses.clear()

    def events(self, name: str) -> list[dict[str, Any]]:
        return [item for item in self.heard if item["event"] == name]

    def manifest(self) -> dict[str, Any]:
        webhooks = [
            ("sessions", SESSION_QUERY),
            ("refunds", REFUND_QUERY),
            ("orders", ORDER_QUERY),
            ("other", OTHER_QUERY),
            ("filtered", self._filtered_query()),
            ("fence", FENCE_QUERY),
        ]
        return {
            "id": self.identifier,
            "name": self.name,
            "version": "1.0.0",
            "permissions": self.permissions,
            "appUrl": self.origin,
            "tokenTargetUrl": f"{self.origin}/register",
            "audience": "fake-audience",
            "webhooks": [
                {
                    "name": name,
                    "identifier": name,
                    "targetUrl": f"{self.origin}/hooks/{name}",
                    "query": query,
                    "customHeaders": {"X-Fake": "yes"},
                }
                for name, query in webhooks
            ],
            "extensions": [
                {
                    "label": "会員",
                    "url": "/page",
                    "mount": "NAVIGATION_CUSTOMERS",
                    "permissions": ["MANAGE_ORDERS"],
                },
            ],
            **self.manifest_changes,
        }

    def mails(self, event: str, email: str) -> list[dict[str, Any]]:
        """What was asked to be sent to somebody by mail."""
        return [x["data"] for x in self.events(event) if x["data"]["user"]["email"] == email]

    def _filtered_query(self) -> str:
        root = f'orderCreated(channels: ["{self.channel}"])'
        return f"subscription {{ {root} {{ order {{ number }} }} }}"

    def signature_claims(self, item: dict[str, Any]) -> dict[str, Any]:
        """Verifies what was heard against the shop's published keys; returns the JWS header."""
        origin = self.api_url.removesuffix("/graphql/")
        keys = httpx.get(f"{origin}/.well-known/jwks.json", trust_env=False).json()["keys"]
        signature = item["headers"]["Saleor-Signature"]
        header = jwt.get_unverified_header(signature)
        key = next(jwt.PyJWK(entry) for entry in keys if entry["kid"] == header["kid"])
        decoded = api_jws.decode_complete(
            signature, key, algorithms=["RS256"], detached_payload=item["body"]
        )
        return dict(decoded["header"])

    def _answer(self, event: str, body: dict[str, Any]) -> tuple[int, Any]:
        statuses = self.statuses.get(event)
        status = statuses.pop(0) if statuses else 200
        answer = self.answers.get(event, {})
        return status, answer(body) if isinstance(answer, Callable) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        app = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._send(200, app.manifest())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/register":
                    app.registered.append(dict(self.headers))
                    app.token = json.loads(body)["auth_token"]
                    app.api_url = self.headers["Saleor-Api-Url"]
                    refusal = {"error": {"message": "not today"}}
                    self._send(app.register_status, refusal if app.register_status > 299 else {})
                    return
                event = self.headers["Saleor-Event"]
                data = json.loads(body) if body else None
                app.last_heard_at = time.monotonic()
                if event == FENCE_EVENT:
                    app.fences_heard.append(data["user"]["metafield"])
                if event == FENCE_EVENT or FENCE_EMAIL in str(data):
                    self._send(200, {})
                    return
                app.heard.append(
                    {
                        "event": event,
                        "path": self.path,
                        "body": body,
                        "data": data,
                        "headers": httpx.Headers(dict(self.headers)),
                    }
                )
                self._send(*app._answer(event, data))

            def _send(self, status: int, body: Any) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

"""Asking the salon about an order: one short, signed question, one short answer.

The shop signs the question with the key that it publishes and signs its webhooks with, so the two
share no secret and a rotated key needs no work here.
"""

import json
from collections.abc import Callable
from typing import Any, Protocol

from furusato_guard.rules import Order

DOOR = "/saleor/order-guard"
TIMEOUT_S = (2.0, 5.0)  # to connect, to answer: the buyer is waiting
HTTP_OK = 200


class SalonAway(Exception):
    """The salon gave no usable answer. The text is for the log and holds no personal data."""


class Answer(Protocol):
    """What is used of an HTTP answer."""

    status_code: int

    def json(self) -> Any: ...


Send = Callable[..., Answer]
"""Posts (url, data=, headers=, timeout=, allow_redirects=) and returns the answer."""

Sign = Callable[[bytes], str]
"""The shop's own detached signature over a body."""


def question(order: Order, *, issued_at: str) -> bytes:
    """This will write what the salon is asked: ids and article numbers, no name, no address."""
    body = {
        "__typename": "OrderGuardQuestion",
        "issuedAt": issued_at,
        "checkout": {"id": order.checkout_id},
        "user": {"id": order.user_id},
        "lines": [
            {
                "kind": line.kind.value,
                "sku": line.sku,
                "quantity": line.quantity,
                "unitYen": line.unit_yen,
            }
            for line in order.lines
        ],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def refusal_code(
    order: Order, *, salon_url: str, shop_api_url: str, issued_at: str, sign: Sign, send: Send
) -> str:
    """This will ask the salon and return its refusal's code, "" when the order may be made.

    Raises:
        SalonAway: it cannot be reached, does not know this shop, or does not answer as agreed.
    """
    body = question(order, issued_at=issued_at)
    headers = {
        "Content-Type": "application/json",
        "Saleor-Api-Url": shop_api_url,
        "Saleor-Signature": sign(body),
    }
    try:
        answer = send(
            salon_url.rstrip("/") + DOOR,
            data=body,
            headers=headers,
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
    except OSError as error:  # what requests raises is one, too
        raise SalonAway(type(error).__name__) from None
    return _read(answer)


def _read(answer: Answer) -> str:
    if answer.status_code != HTTP_OK:
        raise SalonAway(f"HTTP {answer.status_code}")
    try:
        said = answer.json()
    except ValueError:
        raise SalonAway("no JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("isAllowed"), bool):
        raise SalonAway("not the answer that was agreed")
    if said["isAllowed"]:
        return ""
    return str(said.get("code") or "refused")

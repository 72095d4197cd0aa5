"""Messages from the shop at the door: proven first, then read. The edge answers HTTP."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from saleor_ext.common import errors
from saleor_ext.saleor_connector import errors as shop_errors
from saleor_ext.saleor_connector import jwks, models, selectors

WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class MessageInvalid(errors.Refusal):
    """A message is empty or not what we subscribed to: the edge answers 400.

    An empty body, even genuinely signed, is what some versions of the shop send when they repeat
    a refund request. Nothing can be done with it.
    """

    code: ClassVar[str] = "message_invalid"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A proven message of the shop.

    Attributes:
        event: the shop's name of it in lower case (order_fully_paid), taken from the signed body
            and not from a header, which anybody could change.
        digest: SHA-256 of event and body; the same for a repeated message.
    """

    event: str
    digest: str
    body: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)
    installation: models.Installation

    @property
    def is_session(self) -> bool:
        """This will say whether the shop waits for an answer about money."""
        return self.event.endswith("_session") or self.event in PAYMENT_REQUESTS


PAYMENT_REQUESTS = frozenset(
    {
        "transaction_charge_requested",
        "transaction_refund_requested",
        "transaction_cancelation_requested",
    }
)


def message_verify(*, headers: Mapping[str, str], body: bytes) -> Message:
    """This will prove a message's signature and read it. `headers` are a request's, any case.

    Raises:
        SignatureRefused: unknown shop or wrong signature; answer 401.
        KeysUnavailable: nobody can say now; answer 503, the shop sends it again.
        MessageInvalid: genuine but of no use; answer 400.
    """
    given = {name.lower(): value for name, value in headers.items()}
    installation = selectors.installation_known()
    # A second shop may be installed while a town moves, but ids mean something in one shop only.
    if installation is None or given.get("saleor-api-url") != installation.saleor_api_url:
        raise shop_errors.SignatureRefused(reason="shop")
    signature = given.get("saleor-signature", "")
    jwks.webhook_verify(body=body, signature=signature, installation=installation)
    return message_of(body, installation=installation)


def message_of(body: bytes, *, installation: models.Installation) -> Message:
    """This will read a message whose origin is beyond doubt.

    Raises:
        MessageInvalid: it is empty or not what we subscribed to.
    """
    payload, text = _payload_read(body)
    event = WORD_START.sub("_", str(payload["__typename"])).lower()
    return Message(
        event=event,
        digest=hashlib.sha256(event.encode() + b"\n" + body).hexdigest(),
        body=text,
        payload=payload,
        installation=installation,
    )


def _payload_read(body: bytes) -> tuple[dict[str, Any], str]:
    try:
        text = body.decode("utf-8")
        payload = json.loads(text)
    except ValueError:
        raise MessageInvalid(reason="no_json") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("__typename"), str):
        raise MessageInvalid(reason="no_event")
    return payload, text

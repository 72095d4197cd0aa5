"""The question of our plugin inside the shop: may this checkout become an order?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_ext.saleor_connector import hooks

QUESTION = "order_guard_question"
GIFT = "gift"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A checkout that is about to become an order. `gifts` is how many of which SKU go with it."""

    checkout_id: str
    user_id: str
    gifts: Mapping[str, int]


def question_read(message: hooks.Message) -> Question:
    """This will read a proven message as the plugin's question.

    Raises:
        MessageInvalid: it is another message, or a part of the question is missing.
    """
    if message.event != QUESTION:
        raise hooks.MessageInvalid(reason="no_question")
    try:
        return Question(
            checkout_id=str(message.payload["checkout"]["id"]),
            user_id=str(message.payload["user"]["id"]),
            gifts=_gifts(message.payload["lines"]),
        )
    except (KeyError, TypeError, ValueError):
        raise hooks.MessageInvalid(reason="question_incomplete") from None


def _gifts(lines: list[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        if line["kind"] == GIFT:
            counts[line["sku"]] = counts.get(line["sku"], 0) + int(line["quantity"])
    return counts


def answer(*, code: str) -> dict[str, Any]:
    """This will answer yes (`code` is "") or no."""
    return {"isAllowed": False, "code": code} if code else {"isAllowed": True}

"""The shop's messages about accounts, as far as they end sessions."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.access import sessions
from saleor_ext.saleor_connector import inbox

GONE_EVENTS = ("customer_deleted", "account_deleted")


def register() -> None:
    """This will have the inbox call us."""
    inbox.handler_register("customer_updated", account_changed)
    for event in GONE_EVENTS:
        inbox.handler_register(event, account_gone)


def account_changed(payload: Mapping[str, Any]) -> None:
    """This will sign a closed account out, and one whose e-mail address has changed.

    Who is a producer is known by his address, so a session must not keep an old one.
    """
    user = payload["user"]
    if user["isActive"]:
        sessions.sessions_end(user_id=user["id"], but_email=user["email"])
    else:
        sessions.sessions_end(user_id=user["id"])


def account_gone(payload: Mapping[str, Any]) -> None:
    """This will sign a removed account out everywhere."""
    sessions.sessions_end(user_id=payload["user"]["id"])

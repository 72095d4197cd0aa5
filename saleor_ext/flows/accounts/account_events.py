"""The shop's messages about accounts, each handed to what follows from it."""

from collections.abc import Mapping
from typing import Any

from saleor_ext.common import clock
from saleor_ext.flows.accounts import account_letters, customers
from saleor_ext.saleor_connector import inbox

CUSTOMER_EVENTS = ("customer_updated", "customer_deleted", "account_deleted")


def register() -> None:
    """This will have the inbox call us."""
    inbox.handler_register("account_confirmation_requested", confirmation_requested)
    inbox.handler_register("account_set_password_requested", password_requested)
    for event in CUSTOMER_EVENTS:
        inbox.handler_register(event, customer_changed)


def confirmation_requested(payload: Mapping[str, Any]) -> None:
    """This will mail the link that confirms an address."""
    account_letters.confirmation_mail(payload, clock.now())


def password_requested(payload: Mapping[str, Any]) -> None:
    """This will mail the link that leads to a new password."""
    account_letters.password_mail(payload, clock.now())


def customer_changed(payload: Mapping[str, Any]) -> None:
    """This will follow an account that was changed or removed."""
    customers.customer_follow(user_id=str(payload["user"]["id"]), now=clock.now())

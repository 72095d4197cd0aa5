"""Mails about accounts that the shop asks us to send, and what their links lead to.

The shop makes one-time tokens and tells us; the mail is ours. A token and an address are written
to no table: the mail goes out while the shop's message is handled, and the message is emptied
then. In our own links both are sealed, so that no log of addresses holds them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from saleor_ext.common import sealing
from saleor_ext.flows import errors, mail
from saleor_ext.flows.accounts import sign_in
from saleor_ext.membership import selectors
from saleor_ext.operation import gate
from saleor_ext.saleor_connector import accounts, mapping
from saleor_ext.saleor_connector import errors as shop_errors

CONFIRM_PATH = "/account/confirm/"
PASSWORD_PATH = "/password/new/"  # noqa: S105  an address
# As long as the shop's own tokens are good at most.
LINK_AGE_S = 3 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class LinkHeld:
    """What a mailed link holds. `next_path` is where the person wanted to go, "" for nowhere."""

    email: str = field(repr=False)
    token: str = field(repr=False)
    next_path: str = ""


def confirmation_mail(payload: Mapping[str, Any], now: datetime) -> None:
    """This will mail the link with which a new account's address is confirmed."""
    _mail("account_confirm", CONFIRM_PATH, payload, now=now)


def password_mail(payload: Mapping[str, Any], now: datetime) -> None:
    """This will mail the link with which a new password is chosen."""
    _mail("account_password", PASSWORD_PATH, payload, now=now)


def link_open(sealed: str, *, path: str) -> LinkHeld:
    """This will read what a link of one of our mails holds.

    Raises:
        LinkBroken: it is none of ours, or too old.
    """
    try:
        held = json.loads(sealing.unseal(sealed, purpose=path, max_age_s=LINK_AGE_S))
    except sealing.SealBroken:
        raise errors.LinkBroken() from None
    return LinkHeld(**held)


def account_confirm(sealed: str) -> LinkHeld:
    """This will confirm the address that a mailed link belongs to.

    Raises:
        LinkBroken: the link is none of ours or too old, or the shop no longer takes it.
        ShopAway: the shop does not answer.
    """
    held = link_open(sealed, path=CONFIRM_PATH)
    with sign_in.shop_answers():
        try:
            accounts.account_confirm(email=held.email, token=held.token)
        except shop_errors.ShopRefused as error:
            raise errors.LinkBroken() from error
    return held


def password_request(*, email: str) -> None:
    """This will have the shop ask us for a mail with which a new password is chosen.

    Nothing tells whether the address has an account.

    Raises:
        ShopAway: the shop does not answer.
    """
    with sign_in.shop_answers():
        try:
            accounts.password_reset_request(
                email=email, redirect_url=f"{settings.APP_URL}{PASSWORD_PATH}"
            )
        except shop_errors.ShopRefused:
            return  # no such account, or asked a moment ago: the page says the same to everybody


def password_set(sealed: str, *, password: str) -> sign_in.SignedIn:
    """This will set a new password with a mailed link and sign the person in.

    The shop counts the address as confirmed then. Sessions that are open elsewhere stay so in
    the shop; ours are for the caller to end.

    Raises:
        LinkBroken: the link is none of ours or too old, or was used.
        PasswordWeak: the password is too short or too common.
        SignInRefused: the account is closed.
        ShopAway: the shop does not answer.
    """
    held = link_open(sealed, path=PASSWORD_PATH)
    with sign_in.shop_answers():
        try:
            tokens = accounts.password_set(email=held.email, password=password, token=held.token)
        except shop_errors.ShopRefused as error:
            if error.field == "password" or error.code.startswith("PASSWORD_"):
                raise errors.PasswordWeak() from error
            raise errors.LinkBroken() from error
        return sign_in.signed_in(tokens)


def _mail(name: str, path: str, payload: Mapping[str, Any], *, now: datetime) -> None:
    gate.home_require()  # a copy of the salon writes to nobody
    issued_at = mapping.moment_from_shop(payload["issuedAt"])
    if now - issued_at > timedelta(seconds=LINK_AGE_S):
        return  # taken up so late that its link would open nothing
    user = payload["user"]
    context: dict[str, object] = {
        "town": selectors.municipality_get(),
        "now": now,
        "links": mail.links(),
        "link": _link(path, payload),
        "donor_name": f"{user.get('lastName') or ''}　{user.get('firstName') or ''}".strip("　"),
    }
    mail.letter_send(name=name, context=context, to=user["email"])


def _link(path: str, payload: Mapping[str, Any]) -> str:
    """Another storefront's link is the shop's own; ours leads to our pages and shows nothing."""
    given = payload.get("redirectUrl") or ""
    parts = urlsplit(given)
    if given and f"{parts.scheme}://{parts.netloc}" != settings.APP_URL:
        return str(given)
    wanted = parse_qs(parts.query).get("next", [""])[0]
    held = {"email": payload["user"]["email"], "token": payload["token"], "next_path": wanted}
    return f"{settings.APP_URL}{path}{sealing.seal(json.dumps(held), purpose=path)}/"

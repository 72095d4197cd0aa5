"""Accounts and tokens of the shop: the shop alone knows passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from saleor_ext.saleor_connector import client, errors


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What signing in gives. `refresh` is "" after a refresh: the old one stays good."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    user_id: str
    email: str = field(repr=False)
    is_staff: bool
    first_name: str = field(default="", repr=False)
    last_name: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class ShopUser:
    """A person as the shop knows him. `permissions` are the shop's codes, for staff."""

    id: str
    email: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    is_staff: bool
    is_active: bool = True
    permissions: frozenset[str] = frozenset()


def account_register(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    redirect_url: str,
    shop: client.ShopClient | None = None,
) -> bool:
    """This will open an account and say whether its e-mail address must be confirmed first.

    The shop does not tell whether the address has an account already (it must not help to guess
    addresses): signing in afterwards shows it.

    Raises:
        ShopRefused: PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON, INVALID and the like.
    """
    answer = {
        "email": email,
        "password": password,
        "firstName": first_name,
        "lastName": last_name,
        "languageCode": "JA",
        "channel": settings.SALEOR_CHANNEL,
        "redirectUrl": redirect_url,
    }
    result = (shop or client.public_writer()).mutate(
        "account_register", "accountRegister", {"input": answer}, is_anonymous=True
    )
    return bool(result.get("requiresConfirmation"))


def account_confirm(*, email: str, token: str, shop: client.ShopClient | None = None) -> None:
    """This will confirm an e-mail address with the token that was mailed to it.

    Raises:
        ShopRefused: INVALID, the token is not this person's or has been used.
    """
    variables = {"email": email, "token": token}
    (shop or client.public_writer()).mutate(
        "account_confirm", "confirmAccount", variables, is_anonymous=True
    )


def token_create(
    *, email: str, password: str, client_ip: str = "", shop: client.ShopClient | None = None
) -> Tokens:
    """This will sign a person in.

    The shop delays sign-ins by the address they come from, doubling with each failure. Pass the
    donor's own `client_ip`, or all donors share our server's and block each other.

    Raises:
        ShopRefused: INVALID_CREDENTIALS, LOGIN_ATTEMPT_DELAYED, ACCOUNT_NOT_CONFIRMED, INACTIVE.
    """
    result = (shop or client.public_client()).mutate(
        "token_create",
        "tokenCreate",
        {"email": email, "password": password},
        is_anonymous=True,
        client_ip=client_ip,
    )
    return _tokens(result)


def token_refresh(*, refresh: str, shop: client.ShopClient | None = None) -> Tokens:
    """This will give a new access token for a refresh token.

    Raises:
        ShopRefused: JWT_SIGNATURE_EXPIRED, JWT_INVALID_TOKEN: the person must sign in again.
    """
    result = (shop or client.public_client()).mutate(
        "token_refresh", "tokenRefresh", {"refreshToken": refresh}, is_anonymous=True
    )
    return _tokens(result)


def me(*, token: str, shop: client.ShopClient | None = None) -> ShopUser | None:
    """This will ask the shop who an access token belongs to, None when to nobody any more."""
    answer = (shop or client.public_client()).execute("me", {}, token=token)
    return _user(answer["me"]) if answer.get("me") else None


def user_find(*, email: str, shop: client.ShopClient | None = None) -> ShopUser | None:
    """This will find an account by its e-mail address, as our app."""
    answer = (shop or client.shop_client()).execute("user_find", {"email": email})
    return _user(answer["user"]) if answer.get("user") else None


def user_get(*, user_id: str, shop: client.ShopClient | None = None) -> ShopUser | None:
    """This will read an account as it is now, as our app; None when it is no longer there."""
    answer = (shop or client.shop_client()).execute("user_get", {"id": user_id})
    return _user(answer["user"]) if answer.get("user") else None


def password_reset_request(
    *, email: str, redirect_url: str, shop: client.ShopClient | None = None
) -> None:
    """This will have the shop send a mail with a link to choose a new password.

    It says nothing about whether the account exists. The mail itself is ours to send: the shop
    calls back with ACCOUNT_SET_PASSWORD_REQUESTED.

    Raises:
        ShopRefused: PASSWORD_RESET_ALREADY_REQUESTED and the like.
    """
    variables = {
        "email": email,
        "redirectUrl": redirect_url,
        "channel": settings.SALEOR_CHANNEL,
    }
    (shop or client.public_writer()).mutate(
        "password_reset_request", "requestPasswordReset", variables, is_anonymous=True
    )


def password_set(
    *, email: str, password: str, token: str, shop: client.ShopClient | None = None
) -> Tokens:
    """This will set a new password with the token that was mailed, and sign the person in.

    Raises:
        ShopRefused: INVALID for a wrong or used token, PASSWORD_… for a weak password.
    """
    variables = {"email": email, "password": password, "token": token}
    result = (shop or client.public_writer()).mutate(
        "password_set", "setPassword", variables, is_anonymous=True
    )
    return _tokens(result)


def _tokens(result: Mapping[str, Any]) -> Tokens:
    user, access = result.get("user"), result.get("token")
    if not user or not access:
        raise errors.ShopAnswerInvalid("no token and no error")
    return Tokens(
        access=access,
        refresh=result.get("refreshToken") or "",
        user_id=user["id"],
        email=user["email"],
        is_staff=user["isStaff"],
        first_name=user.get("firstName") or "",
        last_name=user.get("lastName") or "",
    )


def _user(user: Mapping[str, Any]) -> ShopUser:
    return ShopUser(
        id=user["id"],
        email=user["email"],
        first_name=user["firstName"],
        last_name=user["lastName"],
        is_staff=user["isStaff"],
        is_active=user["isActive"],
        permissions=frozenset(item["code"] for item in user.get("userPermissions") or []),
    )

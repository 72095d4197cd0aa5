"""Signing in with a shop account. Passwords pass through and are never kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings

from saleor_ext.flows import errors
from saleor_ext.saleor_connector import accounts
from saleor_ext.saleor_connector import errors as shop_errors

DELAYED = "LOGIN_ATTEMPT_DELAYED"
UNCONFIRMED = "ACCOUNT_NOT_CONFIRMED"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A person the shop has just recognised, with the tokens it gave for him."""

    user_id: str
    email: str
    display_name: str
    is_staff: bool
    permissions: frozenset[str]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@contextmanager
def shop_answers() -> Iterator[None]:
    """This will turn a shop that does not answer into a refusal that a page can show.

    Raises:
        ShopAway: the shop does not answer.
    """
    try:
        yield
    except shop_errors.ShopUnavailable as error:
        raise errors.ShopAway() from error


def sign_in(*, email: str, password: str, client_ip: str = "") -> SignedIn:
    """This will sign a person in at the shop and read what he may do.

    Raises:
        SignInRefused: the shop does not know this pair, or the account is closed.
        SignInDelayed: too many failures from this place just now.
        AccountUnconfirmed: the pair is right, but the address has not been confirmed.
        ShopAway: the shop does not answer.
    """
    with shop_answers():
        try:
            tokens = accounts.token_create(email=email, password=password, client_ip=client_ip)
        except shop_errors.ShopRefused as error:
            if error.code == DELAYED:
                raise errors.SignInDelayed() from error
            if error.code == UNCONFIRMED:
                raise errors.AccountUnconfirmed() from error
            raise errors.SignInRefused() from error
        return signed_in(tokens)


def signed_in(tokens: accounts.Tokens) -> SignedIn:
    """This will read who a person with fresh tokens is and what he may do.

    Raises:
        SignInRefused: the account is closed.
    """
    try:
        user = accounts.me(token=tokens.access)
    except shop_errors.ShopRefused as error:
        raise errors.SignInRefused() from error
    if user is None or not user.is_active:
        raise errors.SignInRefused()
    return SignedIn(
        user_id=user.id,
        email=user.email,
        display_name=f"{user.last_name}　{user.first_name}".strip("　"),
        is_staff=user.is_staff,
        permissions=user.permissions,
        access_token=tokens.access,
        refresh_token=tokens.refresh,
    )


def account_register(*, email: str, password: str, next_path: str, client_ip: str = "") -> SignedIn:
    """This will make a shop account and sign in with it.

    The shop answers alike whether the address is taken or not, so that nobody can find out who
    is a member; somebody else's address then fails at the sign-in. When the shop wants addresses
    confirmed, the mail's link leads on to `next_path`.

    Raises:
        ConfirmationSent: the address has to be confirmed first, with the mail that comes.
        PasswordWeak: the password is too short or too common.
        AccountRefused: the address is not one.
        SignInRefused: the address belongs to an account with another password.
        ShopAway: the shop does not answer.
    """
    confirm_url = f"{settings.APP_URL}/account/confirm/?{urlencode({'next': next_path})}"
    with shop_answers():
        try:
            is_to_confirm = accounts.account_register(
                email=email,
                password=password,
                first_name="",
                last_name="",
                redirect_url=confirm_url,
            )
        except shop_errors.ShopRefused as error:
            if error.field == "password":
                raise errors.PasswordWeak() from error
            if error.code != "UNIQUE":
                raise errors.AccountRefused() from error
            is_to_confirm = False
    if is_to_confirm:
        raise errors.ConfirmationSent()
    return sign_in(email=email, password=password, client_ip=client_ip)


def token_renew(*, refresh_token: str) -> str:
    """This will fetch a new access token; the shop's live five minutes.

    Raises:
        SignInRefused: the person has to sign in again.
        ShopAway: the shop does not answer.
    """
    with shop_answers():
        try:
            return accounts.token_refresh(refresh=refresh_token).access
        except shop_errors.ShopRefused as error:
            raise errors.SignInRefused() from error

"""A stopped clock, a card provider and a shop in memory for every page of the storefront."""

from dataclasses import dataclass, field

import pytest

from saleor_ext.common import registry
from saleor_ext.flows.joining import shop_checkout
from saleor_ext.membership import models
from saleor_ext.saleor_connector import accounts
from saleor_ext.saleor_connector import errors as shop_errors
from tests.builders import world
from tests.builders.provider import MemoryProvider


@pytest.fixture(autouse=True)
def clock_stopped(now: object) -> None:
    """10:00 on Tuesday 24 November 2026 in Japan, for every page."""


@dataclass
class MemoryShop:
    """The shop's accounts in memory: passwords by e-mail address."""

    passwords: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    is_confirming: bool = False
    unconfirmed: set[str] = field(default_factory=set)
    checkouts: int = 0

    def token_create(self, *, email: str, password: str, client_ip: str = "") -> accounts.Tokens:
        self._answer()
        if self.passwords.get(email) != password:
            raise shop_errors.ShopRefused(code="INVALID_CREDENTIALS")
        if email in self.unconfirmed:
            raise shop_errors.ShopRefused(code="ACCOUNT_NOT_CONFIRMED", field="email")
        return self._tokens(email)

    def token_refresh(self, *, refresh: str) -> accounts.Tokens:
        self._answer()
        return self._tokens("hanako@example.jp")

    def account_register(self, *, email: str, password: str, **_: str) -> bool:
        """Like the shop, it does not tell whether an address is taken."""
        self._answer()
        if len(set(password)) < 4:
            raise shop_errors.ShopRefused(code="PASSWORD_TOO_SIMILAR", field="password")
        if self.is_confirming and email not in self.passwords:
            self.unconfirmed.add(email)
        self.passwords.setdefault(email, password)
        return self.is_confirming

    def account_confirm(self, *, email: str, token: str) -> None:
        self._answer()
        if token != f"confirm-{email}":
            raise shop_errors.ShopRefused(code="INVALID", field="token")
        self.unconfirmed.discard(email)

    def password_reset_request(self, *, email: str, redirect_url: str) -> None:
        self._answer()

    def password_set(self, *, email: str, password: str, token: str) -> accounts.Tokens:
        """Like the shop: a token works once, and the address counts as confirmed."""
        self._answer()
        if len(set(password)) < 4:
            raise shop_errors.ShopRefused(code="PASSWORD_TOO_SIMILAR", field="password")
        if self.passwords.get(email) is None or token != f"password-{self.passwords[email]}":
            raise shop_errors.ShopRefused(code="INVALID", field="token")
        self.passwords[email] = password
        self.unconfirmed.discard(email)
        return self._tokens(email)

    def me(self, *, token: str) -> accounts.ShopUser:
        email = token.removeprefix("token-")
        user_id = f"user-{email.partition('@')[0]}"
        return accounts.ShopUser(
            id=user_id, email=email, first_name="", last_name="", is_staff=False
        )

    def checkout_pay(self, **_: object) -> None:
        self._answer(flow=True)
        self.checkouts += 1

    def _answer(self, *, flow: bool = False) -> None:
        if self.is_down and flow:
            raise shop_checkout.errors.ShopAway()
        if self.is_down:
            raise shop_errors.ShopUnavailable("down")

    def _tokens(self, email: str) -> accounts.Tokens:
        return accounts.Tokens(
            access=f"token-{email}",
            refresh="refresh",
            user_id=f"user-{email.partition('@')[0]}",
            email=email,
            is_staff=False,
        )


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch) -> MemoryShop:
    """The shop's accounts, and checkouts that always succeed while it is up."""
    made = MemoryShop()
    names = (
        "token_create",
        "token_refresh",
        "account_register",
        "account_confirm",
        "password_reset_request",
        "password_set",
        "me",
    )
    for name in names:
        monkeypatch.setattr(accounts, name, getattr(made, name))
    monkeypatch.setattr(shop_checkout, "checkout_pay", made.checkout_pay)
    return made


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    """A card provider in memory."""
    made = MemoryProvider()
    monkeypatch.setattr(registry, "payment_provider", lambda: made)
    return made


@pytest.fixture
def tier(db: None) -> models.Tier:
    """なぎさ会員, 3,000 yen a month, with a year of boxes, and the town around it."""
    return world.world_make()


@pytest.fixture
def hanako(tier: models.Tier) -> models.Donor:
    """花子, who has given her name and address."""
    return world.donor_make()

"""Preparing the payment of another storefront's checkout puts this month's gifts into it."""

from dataclasses import replace
from typing import Any

import pytest

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.payments import payment_session
from saleor_ext.saleor_connector import checkout
from saleor_ext.saleor_connector import errors as shop_errors
from tests.builders import world
from tests.builders.provider import MemoryProvider
from tests.builders.shop_session import GIFT_LINE, TIER_LINE, ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tier() -> None:
    world.world_make()


Lines = list[tuple[str, int, int | None]]


@pytest.fixture
def lines_set(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What our app changed in the checkout: variant, quantity, price."""
    changed: Lines = []

    def record(*, checkout_id: str, lines: list[checkout.LineInput]) -> None:
        assert checkout_id == "checkout-1"
        changed.extend((line.variant_id, line.quantity, line.price_yen) for line in lines)

    monkeypatch.setattr(checkout, "lines_set", record)
    return changed


GATEWAY = "payment_gateway_initialize_session"
PRICED = replace(GIFT_LINE, total_yen=Yen(800))
STRANGE = replace(GIFT_LINE, sku="gift-mikan", variant_id="v-mikan")
PREPARED: dict[str, tuple[dict[str, Any], Lines]] = {
    "nothing in it yet": ({"lines": (TIER_LINE,)}, [("variant-daikon", 1, 0)]),
    "at its price": ({"lines": (TIER_LINE, PRICED)}, [("variant-daikon", 1, 0)]),
    "as it should be": ({}, []),
    "not wanted": ({"metadata": {"furusato.box": "no"}}, [("v-gift", 0, None)]),
    "of another month": (
        {"lines": (TIER_LINE, STRANGE)},
        [("v-mikan", 0, None), ("variant-daikon", 1, 0)],
    ),
}


@pytest.mark.parametrize("name", PREPARED)
def test_preparing_puts_this_months_gifts_in_at_nothing(
    provider: MemoryProvider, lines_set: Lines, name: str
) -> None:
    # given
    world.gift_make(slug="mikan")
    changes, expected = PREPARED[name]

    # when
    data = ask(event=GATEWAY, **changes)["data"]

    # then
    assert lines_set == expected
    is_wanted = name != "not wanted"
    assert data["publishable_key"] == "pk_test"
    assert data["furusato"] == {
        "tier": "nagisa",
        "amountYen": 3000,
        "isBoxWanted": is_wanted,
        "gifts": [{"sku": "gift-daikon", "quantity": 1}] if is_wanted else [],
    }


def test_another_kind_of_checkout_is_left_alone(provider: MemoryProvider, lines_set: Lines) -> None:
    data = ask(event=GATEWAY, lines=(GIFT_LINE,))["data"]

    assert "furusato" not in data
    assert lines_set == []


TROUBLES: list[tuple[Exception, str]] = [
    (shop_errors.ShopRefused(code="INSUFFICIENT_STOCK"), "out_of_stock"),
    (shop_errors.ShopRefused(code="INVALID"), "box_not_set"),
    (shop_errors.ShopUnavailable("down"), "shop_unavailable"),
]


@pytest.mark.parametrize(("error", "code"), TROUBLES)
def test_gifts_that_cannot_be_put_in_are_told(
    provider: MemoryProvider, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def refuse(**_: object) -> None:
        raise error

    monkeypatch.setattr(checkout, "lines_set", refuse)

    assert ask(event=GATEWAY, lines=(TIER_LINE,))["data"]["code"] == code


@pytest.mark.parametrize(
    "event", ["transaction_initialize_session", "transaction_process_session", GATEWAY]
)
def test_other_money_than_whole_yen_is_refused_in_words(event: str) -> None:
    answer = payment_session.unreadable_answer(event=event)

    assert answer is not None
    assert answer["data"]["code"] == "currency_not_jpy"
    assert payment_session.unreadable_answer(event="transaction_refund_requested") is None

"""Saleor's checkout, as far as the rules look at it. Objects of Saleor are read, never imported."""

import base64
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from typing import Any

from furusato_guard.rules import Kind, Line, Order


def order_read(
    checkout_info: Any, lines: Iterable[Any], *, tier_type: str, gift_type: str
) -> Order:
    """This will read a `CheckoutInfo` and its lines."""
    infos = list(lines)
    checkout = checkout_info.checkout
    kinds = {tier_type: Kind.TIER, gift_type: Kind.GIFT}
    return Order(
        checkout_id=_public_id("Checkout", checkout.pk),
        user_id=_public_id("User", checkout_info.user.pk) if checkout_info.user else "",
        currency=str(checkout.currency),
        lines=tuple(_line(info, kinds) for info in infos),
        is_discounted=_is_discounted(checkout_info, infos),
        has_gift_card=checkout.gift_cards.exists(),
    )


def _line(info: Any, kinds: dict[str, Kind]) -> Line:
    return Line(
        kind=kinds.get(info.product_type.slug, Kind.OTHER),
        sku=str(info.variant.sku or ""),
        quantity=int(info.line.quantity),
        unit_yen=_whole(info.undiscounted_unit_price.amount),
    )


def _whole(amount: Decimal) -> int:
    """Yen have no fractions; one that turned up all the same must not round a price to nothing."""
    return int(amount.to_integral_value(rounding=ROUND_CEILING))


def _is_discounted(checkout_info: Any, infos: list[Any]) -> bool:
    checkout = checkout_info.checkout
    return bool(
        checkout.voucher_code
        or checkout_info.voucher
        or checkout.discount_amount
        or any(discount.amount_value for discount in checkout_info.discounts)
        or any(discount.amount_value for info in infos for discount in info.discounts)
    )


def _public_id(kind: str, pk: object) -> str:
    return base64.b64encode(f"{kind}:{pk}".encode()).decode()

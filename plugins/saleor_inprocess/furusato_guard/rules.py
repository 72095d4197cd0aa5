"""What may not become an order, decided from the checkout alone. No Django, no network.

The few rules here need nothing but what lies in front of us. Who lives where, and what was paid
for, only the salon knows: it is asked by `asking`.

Law: no_points, no_gift_to_residents
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

CURRENCY = "JPY"


class Kind(StrEnum):
    """What a line is to furusato nozei."""

    TIER = "tier"  # the donation
    GIFT = "gift"  # a thank-you from the town, 返礼品
    OTHER = "other"  # ordinary goods of the same shop, none of our business


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a checkout. `unit_yen` is what is asked for one piece, 0 when it is given."""

    kind: Kind
    sku: str
    quantity: int
    unit_yen: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """A checkout that is about to become an order.

    Attributes:
        checkout_id, user_id: the shop's public ids; `user_id` is "" for a guest.
        is_discounted: a voucher, a promotion or another discount lowers a price in it.
        has_gift_card: a gift card pays for some of it.
    """

    checkout_id: str
    user_id: str
    currency: str
    lines: tuple[Line, ...]
    is_discounted: bool
    has_gift_card: bool

    def of_kind(self, kind: Kind) -> tuple[Line, ...]:
        """This will return the lines of one kind."""
        return tuple(line for line in self.lines if line.kind is kind)

    @property
    def is_furusato(self) -> bool:
        """Whether there is a donation or a gift in it at all."""
        return bool(self.of_kind(Kind.TIER) or self.of_kind(Kind.GIFT))

    @property
    def is_paid_gift(self) -> bool:
        """Whether gifts go with a donation: what the law limits most."""
        return bool(self.of_kind(Kind.GIFT)) and self.is_paid_donation

    @property
    def is_paid_donation(self) -> bool:
        """Whether money is given to the town."""
        return any(line.unit_yen > 0 for line in self.of_kind(Kind.TIER))


Rule = Callable[[Order], bool]


def _is_other_currency(order: Order) -> bool:
    return order.currency != CURRENCY


def _is_donation_discounted(order: Order) -> bool:
    return order.is_discounted and order.is_paid_donation


def _is_donation_by_gift_card(order: Order) -> bool:
    return order.has_gift_card and order.is_paid_donation


def _is_more_than_one_donation(order: Order) -> bool:
    return sum(line.quantity for line in order.of_kind(Kind.TIER)) > 1


def _is_donation_by_guest(order: Order) -> bool:
    return order.is_paid_donation and not order.user_id


def _is_gift_for_nothing(order: Order) -> bool:
    is_given = any(line.unit_yen == 0 for line in order.of_kind(Kind.GIFT))
    return is_given and not order.is_paid_donation


RULES: tuple[tuple[str, Rule], ...] = (
    ("currency_not_yen", _is_other_currency),
    ("discount_on_donation", _is_donation_discounted),
    ("gift_card_on_donation", _is_donation_by_gift_card),
    ("one_donation_only", _is_more_than_one_donation),
    ("donor_unknown", _is_donation_by_guest),
    ("gift_without_donation", _is_gift_for_nothing),
)


def broken(order: Order) -> str:
    """This will return the code of the first rule an order breaks, "" when it breaks none."""
    if not order.is_furusato:
        return ""
    return next((code for code, is_broken in RULES if is_broken(order)), "")

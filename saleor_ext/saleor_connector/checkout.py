"""The first donation: a checkout in the shop, paid through our own payment app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import client, errors, mapping

PAID_STATUSES = frozenset({"FULL", "OVERCHARGED"})


@dataclass(frozen=True, kw_only=True)
class LineInput:
    """What goes into a checkout or an order. `price_yen` None takes the channel's price."""

    variant_id: str
    quantity: int
    price_yen: Yen | None = None


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """An open checkout and what it comes to now, delivery included."""

    id: str
    total_yen: Yen
    is_shipping_required: bool


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One way to deliver a checkout."""

    id: str
    method_id: str
    name: str
    price_yen: Yen


@dataclass(frozen=True, kw_only=True)
class OrderRef:
    """An order by name, with how it stood when the shop answered."""

    id: str
    number: str
    status: str
    charge_status: str
    external_reference: str

    @property
    def is_paid(self) -> bool:
        """This will say whether the order is paid in full."""
        return self.charge_status in PAID_STATUSES


def checkout_create(
    *,
    email: str,
    lines: Sequence[LineInput],
    billing_address: mapping.JapaneseAddress,
    shipping_address: mapping.JapaneseAddress | None = None,
    metadata: Mapping[str, str] | None = None,
    token: str | None = None,
    shop: client.ShopClient | None = None,
) -> Checkout:
    """This will open a checkout, as our app or as the donor whose access `token` is given.

    Only our app may set a line's price itself and have addresses taken as they are.

    Raises:
        ShopRefused: INSUFFICIENT_STOCK, UNAVAILABLE_VARIANT_IN_CHANNEL, INVALID (address field).
        AddressInvalid: an address cannot be written for the shop.
    """
    is_app = token is None
    answer: dict[str, Any] = {
        "channel": settings.SALEOR_CHANNEL,
        "email": email,
        "lines": [line_to_shop(line) for line in lines],
        "billingAddress": mapping.address_to_shop(billing_address, is_checked_by_us=is_app),
        "languageCode": "JA",
        "metadata": mapping.metadata_to_shop(metadata),
    }
    if shipping_address is not None:
        answer["shippingAddress"] = mapping.address_to_shop(
            shipping_address, is_checked_by_us=is_app
        )
    result = (shop or client.shop_client()).mutate(
        "checkout_create", "checkoutCreate", {"input": answer}, token=token
    )
    return _checkout(result["checkout"])


def checkout_find(*, checkout_id: str, shop: client.ShopClient | None = None) -> Checkout | None:
    """This will read an open checkout; None once it has become an order or has expired."""
    answer = (shop or client.shop_client()).execute("checkout_find", {"id": checkout_id})
    return _checkout(answer["checkout"]) if answer.get("checkout") else None


def delivery_options(*, checkout_id: str, shop: client.ShopClient | None = None) -> list[Delivery]:
    """This will ask the shop how a checkout can be delivered to its address."""
    result = (shop or client.shop_client()).mutate(
        "delivery_options", "deliveryOptionsCalculate", {"id": checkout_id}
    )
    return [_delivery(item) for item in result["deliveries"] if item.get("shippingMethod")]


def delivery_set(*, checkout_id: str, shop: client.ShopClient | None = None) -> Checkout:
    """This will choose the cheapest way to deliver and return what the checkout comes to then.

    Raises:
        ShopRefused: DELIVERY_METHOD_NOT_APPLICABLE when nothing delivers to the address.
    """
    speaker = shop or client.shop_client()
    options = delivery_options(checkout_id=checkout_id, shop=speaker)
    if not options:
        raise errors.ShopRefused(
            code="DELIVERY_METHOD_NOT_APPLICABLE", field="deliveryMethod", operation="delivery_set"
        )
    cheapest = min(options, key=lambda option: (option.price_yen, option.id))
    variables = {"id": checkout_id, "deliveryMethodId": cheapest.id}
    result = speaker.mutate("delivery_set", "checkoutDeliveryMethodUpdate", variables)
    return _checkout(result["checkout"])


def lines_set(
    *, checkout_id: str, lines: Sequence[LineInput], shop: client.ShopClient | None = None
) -> Checkout:
    """This will set how many of each variant a checkout holds and at what price; 0 removes one.

    Lines that are not named stay as they are.

    Raises:
        ShopRefused: INSUFFICIENT_STOCK, QUANTITY_GREATER_THAN_LIMIT, or the checkout is gone.
    """
    variables = {"id": checkout_id, "lines": [line_to_shop(line) for line in lines]}
    result = (shop or client.shop_client()).mutate(
        "checkout_lines_set", "checkoutLinesUpdate", variables
    )
    return _checkout(result["checkout"])


def customer_attach(*, checkout_id: str, token: str, shop: client.ShopClient | None = None) -> None:
    """This will tie a checkout to the donor whose access token is given.

    Raises:
        ShopRefused: the checkout is somebody else's already, or the token has expired.
    """
    (shop or client.public_client()).mutate(
        "customer_attach", "checkoutCustomerAttach", {"id": checkout_id}, token=token
    )


def checkout_complete(
    *,
    checkout_id: str,
    metadata: Mapping[str, str] | None = None,
    token: str | None = None,
    shop: client.ShopClient | None = None,
) -> OrderRef:
    """This will turn a fully paid checkout into an order; asked again, it gives the same order.

    Raises:
        ShopRefused: CHECKOUT_NOT_FULLY_PAID, SHIPPING_METHOD_NOT_SET, INSUFFICIENT_STOCK.
    """
    variables = {"id": checkout_id, "metadata": mapping.metadata_to_shop(metadata)}
    result = (shop or client.shop_client()).mutate(
        "checkout_complete", "checkoutComplete", variables, token=token
    )
    return order_ref(result.get("order"), operation="checkout_complete")


def order_ref(order: Mapping[str, Any] | None, *, operation: str) -> OrderRef:
    """This will read the few fields by which the shop names an order.

    Raises:
        ShopAnswerInvalid: neither an order nor an error came back.
    """
    if not order:
        raise errors.ShopAnswerInvalid("no order and no error", operation=operation)
    return OrderRef(
        id=order["id"],
        number=order["number"],
        status=order["status"],
        charge_status=order["chargeStatus"],
        external_reference=order.get("externalReference") or "",
    )


def line_to_shop(line: LineInput) -> dict[str, Any]:
    """This will write one line as the shop takes it."""
    written: dict[str, Any] = {"variantId": line.variant_id, "quantity": line.quantity}
    if line.price_yen is not None:
        written["price"] = mapping.yen_to_shop(line.price_yen)
    return written


def _checkout(checkout: Mapping[str, Any]) -> Checkout:
    return Checkout(
        id=checkout["id"],
        total_yen=mapping.money_from_shop(checkout["totalPrice"]["gross"]),
        is_shipping_required=checkout["isShippingRequired"],
    )


def _delivery(item: Mapping[str, Any]) -> Delivery:
    method = item["shippingMethod"]
    return Delivery(
        id=item["id"],
        method_id=method["id"],
        name=method["name"],
        price_yen=mapping.money_from_shop(method["price"]),
    )

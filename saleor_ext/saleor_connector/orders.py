"""Renewals: one order in the shop for each month of a membership, found again by our cycle key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.saleor_connector import catalogue, checkout, client, errors, mapping
from saleor_ext.saleor_connector.checkout import LineInput, OrderRef

__all__ = ["LineInput", "OrderRef"]


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One line of an order and how much of it is still to be fulfilled."""

    id: str
    sku: str
    name: str
    quantity: int
    quantity_to_fulfill: int
    total_yen: Yen


@dataclass(frozen=True, kw_only=True)
class FulfilmentLine:
    """How many of an order line went with one fulfilment."""

    order_line_id: str
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Fulfilment:
    """One parcel as the shop knows it."""

    id: str
    status: str
    tracking_number: str
    warehouse_id: str
    warehouse_slug: str
    lines: tuple[FulfilmentLine, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order as the shop has it now.

    Attributes:
        transaction_id: the transaction that took money, else the newest one, "" without any;
            declined attempts stay on an order as transactions of their own.
        updated_at: the shop's moment, not ours.
        origin: CHECKOUT, DRAFT and so on; known of `order_get` only.
    """

    id: str
    number: str
    status: str
    charge_status: str
    is_paid: bool
    external_reference: str
    user_id: str
    total_yen: Yen
    charged_yen: Yen
    transaction_id: str
    lines: tuple[OrderLine, ...]
    fulfilments: tuple[Fulfilment, ...]
    updated_at: datetime
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderSeen:
    """An order as a webhook tells of it: enough for the mirror, no lines.

    Its fulfilments come without their lines too.
    """

    id: str
    number: str
    status: str
    is_paid: bool
    external_reference: str
    transaction_id: str
    charged_yen: Yen
    fulfilments: tuple[Fulfilment, ...]
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftOrder:
    """A draft just created, with the shop's ways to deliver it, cheapest first."""

    ref: OrderRef
    shipping_method_ids: tuple[str, ...]


def order_find(*, external_reference: str, shop: client.ShopClient | None = None) -> Order | None:
    """This will find the order of a cycle by our own key, None when there is none yet."""
    variables = {"externalReference": external_reference}
    answer = (shop or client.shop_client()).execute("order_find", variables)
    return order_from_shop(answer["order"]) if answer.get("order") else None


def order_get(*, order_id: str, shop: client.ShopClient | None = None) -> Order | None:
    """This will read an order by the shop's id."""
    answer = (shop or client.shop_client()).execute("order_get", {"id": order_id})
    return order_from_shop(answer["order"]) if answer.get("order") else None


def orders_updated(
    *, updated_from: datetime, shop: client.ShopClient | None = None
) -> Iterator[Order]:
    """This will list the orders that changed since a moment, oldest change first.

    It is what finds again whatever a lost webhook should have told.
    """
    speaker, after = shop or client.shop_client(), None
    while True:
        variables = {"updatedFrom": updated_from.isoformat(), "after": after}
        page = speaker.execute("orders_updated", variables)["orders"]
        for edge in page["edges"]:
            yield order_from_shop(edge["node"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def draft_order_create(
    *,
    external_reference: str,
    lines: Sequence[LineInput],
    billing_address: mapping.JapaneseAddress,
    shipping_address: mapping.JapaneseAddress | None = None,
    user_id: str | None = None,
    user_email: str | None = None,
    shipping_method_id: str | None = None,
    metadata: Mapping[str, str] | None = None,
    shop: client.ShopClient | None = None,
) -> DraftOrder:
    """This will write the draft of a month's order; it holds no stock until it is completed.

    Raises:
        ShopRefused: field externalReference code UNIQUE when the cycle has an order already.
        AddressInvalid: an address cannot be written for the shop.
    """
    speaker = shop or client.shop_client()
    answer: dict[str, Any] = {
        "channelId": catalogue.channel_id(shop=speaker),
        "externalReference": external_reference,
        "lines": [checkout.line_to_shop(line) for line in lines],
        "billingAddress": mapping.address_to_shop(billing_address, is_checked_by_us=True),
        "shippingAddress": mapping.address_to_shop(
            shipping_address or billing_address, is_checked_by_us=True
        ),
        "languageCode": "JA",
        "metadata": mapping.metadata_to_shop(metadata),
    }
    optional = {"user": user_id, "userEmail": user_email, "shippingMethod": shipping_method_id}
    answer.update({key: value for key, value in optional.items() if value})
    result = speaker.mutate("draft_order_create", "draftOrderCreate", {"input": answer})
    return DraftOrder(
        ref=checkout.order_ref(result.get("order"), operation="draft_order_create"),
        shipping_method_ids=_methods_by_price(result.get("order")),
    )


def draft_order_shipping_set(
    *, order_id: str, shipping_method_id: str, shop: client.ShopClient | None = None
) -> OrderRef:
    """This will choose how a draft is delivered.

    Raises:
        ShopRefused: the method does not deliver to the draft's address.
    """
    variables = {"id": order_id, "input": {"shippingMethod": shipping_method_id}}
    result = (shop or client.shop_client()).mutate(
        "draft_order_update", "draftOrderUpdate", variables
    )
    return checkout.order_ref(result.get("order"), operation="draft_order_update")


def draft_order_complete(*, order_id: str, shop: client.ShopClient | None = None) -> OrderRef:
    """This will make a draft a real order: from now on its stock is held.

    A draft that was left without a way to deliver it (we stopped just after making it) is given
    the cheapest one first.

    Raises:
        ShopRefused: INSUFFICIENT_STOCK, SHIPPING_METHOD_REQUIRED when nothing delivers to its
            address, and INVALID when it is no longer a draft.
    """
    speaker = shop or client.shop_client()
    try:
        return _complete(order_id, speaker)
    except errors.ShopRefused as error:
        if error.code != "SHIPPING_METHOD_REQUIRED":
            raise
        answer = speaker.execute("order_shipping_methods", {"id": order_id})
        method_ids = _methods_by_price(answer.get("order"))
        if not method_ids:
            raise
    draft_order_shipping_set(order_id=order_id, shipping_method_id=method_ids[0], shop=speaker)
    return _complete(order_id, speaker)


def _complete(order_id: str, shop: client.ShopClient) -> OrderRef:
    result = shop.mutate("draft_order_complete", "draftOrderComplete", {"id": order_id})
    return checkout.order_ref(result.get("order"), operation="draft_order_complete")


def _methods_by_price(order: Mapping[str, Any] | None) -> tuple[str, ...]:
    methods = (order or {}).get("shippingMethods") or []
    usable = [method for method in methods if method["active"]]
    usable.sort(key=lambda method: (mapping.money_from_shop(method["price"]), method["id"]))
    return tuple(method["id"] for method in usable)


def draft_order_delete(*, order_id: str, shop: client.ShopClient | None = None) -> None:
    """This will throw a draft away; a completed order is cancelled instead.

    Raises:
        ShopRefused: it is no draft.
    """
    (shop or client.shop_client()).mutate(
        "draft_order_delete", "draftOrderDelete", {"id": order_id}
    )


def order_reference_set(
    *, order_id: str, external_reference: str, shop: client.ShopClient | None = None
) -> OrderRef:
    """This will write our cycle key on an order that came out of a checkout.

    Raises:
        ShopRefused: field externalReference code UNIQUE when another order has it.
    """
    variables = {"id": order_id, "externalReference": external_reference}
    result = (shop or client.shop_client()).mutate("order_reference_set", "orderUpdate", variables)
    return checkout.order_ref(result.get("order"), operation="order_reference_set")


def order_cancel(*, order_id: str, shop: client.ShopClient | None = None) -> OrderRef:
    """This will cancel an order and free the stock it held. It gives no money back.

    Raises:
        ShopRefused: CANNOT_CANCEL_ORDER when something of it has left already.
    """
    result = (shop or client.shop_client()).mutate("order_cancel", "orderCancel", {"id": order_id})
    return checkout.order_ref(result.get("order"), operation="order_cancel")


def metadata_set(
    *, object_id: str, metadata: Mapping[str, str], shop: client.ShopClient | None = None
) -> None:
    """This will write public metadata on anything in the shop. A donor can change his own."""
    variables = {"id": object_id, "input": mapping.metadata_to_shop(metadata)}
    (shop or client.shop_client()).mutate("metadata_set", "updateMetadata", variables)


def private_metadata_set(
    *, object_id: str, metadata: Mapping[str, str], shop: client.ShopClient | None = None
) -> None:
    """This will write metadata that only staff and apps read."""
    variables = {"id": object_id, "input": mapping.metadata_to_shop(metadata)}
    (shop or client.shop_client()).mutate(
        "private_metadata_set", "updatePrivateMetadata", variables
    )


def order_from_shop(order: Mapping[str, Any]) -> Order:
    """This will read an order as our order operations select it.

    Raises:
        ShopAnswerInvalid: an amount or moment cannot be read.
    """
    transactions = order.get("transactions") or []
    return Order(
        id=order["id"],
        number=order["number"],
        status=order["status"],
        charge_status=order["chargeStatus"],
        is_paid=order["chargeStatus"] in checkout.PAID_STATUSES,
        external_reference=order.get("externalReference") or "",
        user_id=(order.get("user") or {}).get("id", ""),
        total_yen=mapping.money_from_shop(order["total"]["gross"]),
        charged_yen=_charged_yen(transactions),
        transaction_id=_transaction_id(transactions),
        lines=tuple(_line(line) for line in order["lines"]),
        fulfilments=tuple(fulfilment_from_shop(item) for item in order["fulfillments"]),
        updated_at=mapping.moment_from_shop(order["updatedAt"]),
        origin=order.get("origin") or "",
    )


def order_seen_from_shop(order: Mapping[str, Any]) -> OrderSeen:
    """This will read an order as our webhook queries select it.

    Raises:
        ShopAnswerInvalid: its moment cannot be read.
    """
    return OrderSeen(
        id=order["id"],
        number=order["number"],
        status=order["status"],
        is_paid=order["chargeStatus"] in checkout.PAID_STATUSES,
        external_reference=order.get("externalReference") or "",
        transaction_id=_transaction_id(order.get("transactions") or []),
        charged_yen=_charged_yen(order.get("transactions") or []),
        fulfilments=tuple(fulfilment_from_shop(item) for item in order.get("fulfillments") or []),
        updated_at=mapping.moment_from_shop(order["updatedAt"]),
    )


def fulfilment_from_shop(item: Mapping[str, Any] | None) -> Fulfilment:
    """This will read a fulfilment as our operations select it.

    Raises:
        ShopAnswerInvalid: there is none.
    """
    if not item:
        raise errors.ShopAnswerInvalid("no fulfilment and no error")
    warehouse = item.get("warehouse") or {}
    return Fulfilment(
        id=item["id"],
        status=item["status"],
        tracking_number=item["trackingNumber"] or "",
        warehouse_id=warehouse.get("id", ""),
        warehouse_slug=warehouse.get("slug", ""),
        lines=tuple(_fulfilment_line(line) for line in item.get("lines") or []),
    )


def _charged_yen(transactions: Sequence[Mapping[str, Any]]) -> Yen:
    """What the shop counts as paid now: refunds, also those under way, are taken off."""
    return Yen(sum(mapping.money_from_shop(item["chargedAmount"]) for item in transactions))


def _transaction_id(transactions: Sequence[Mapping[str, Any]]) -> str:
    charged = [item for item in transactions if mapping.money_from_shop(item["chargedAmount"])]
    best = charged or transactions
    return str(best[-1]["id"]) if best else ""


def _line(line: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        id=line["id"],
        sku=line["productSku"] or "",
        name=line["productName"],
        quantity=line["quantity"],
        quantity_to_fulfill=line["quantityToFulfill"],
        total_yen=mapping.money_from_shop(line["totalPrice"]["gross"]),
    )


def _fulfilment_line(line: Mapping[str, Any]) -> FulfilmentLine:
    order_line = line.get("orderLine") or {}
    return FulfilmentLine(
        order_line_id=order_line.get("id", ""),
        sku=order_line.get("productSku") or "",
        quantity=line["quantity"],
    )

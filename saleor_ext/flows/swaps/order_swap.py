"""A month's order in the shop follows what was swapped in its box.

An unpaid order is put aside and made anew. A paid one keeps its payment; what came in the gift's
place gets an order of its own at 0 yen, so that its stock is really set aside.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from saleor_ext.contracts.types import Yen
from saleor_ext.flows.orders import orders as order_flow
from saleor_ext.flows.orders import shop_catalogue, shop_lines
from saleor_ext.flows.orders.order_unbox import aside_cancel
from saleor_ext.fulfilment import models, selectors
from saleor_ext.fulfilment import states as fulfilment_states
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.saleor_connector import orders
from saleor_ext.saleor_connector.checkout import LineInput


def order_swap(payload: Mapping[str, Any], now: datetime) -> None:
    """This will bring the order in step with one accepted swap. It may be called again."""
    swap = selectors.swap_get(swap_id=int(payload["swap_id"]))
    if swap.state != fulfilment_states.SwapState.ACCEPTED:
        return
    cycle = membership_selectors.cycle_get(cycle_id=swap.cycle_id)
    key = membership_selectors.cycle_key(cycle=cycle)
    aside_cancel(f"{key}-x{swap.pk}")
    order = orders.order_find(external_reference=key)
    if order is not None and order.status == order_flow.CANCELED:
        return
    if order is not None and order.is_paid:
        _supplement(swap, cycle=cycle, reference=supplement_key(key, swap_id=swap.pk))
        return
    if order is not None and order.status == order_flow.DRAFT:
        orders.draft_order_delete(order_id=order.id)
    elif order is not None and not _holds(order, swap):
        orders.order_reference_set(order_id=order.id, external_reference=f"{key}-x{swap.pk}")
        aside_cancel(f"{key}-x{swap.pk}")
    order_flow.order_create({"cycle_id": cycle.pk}, now)


def supplement_key(key: str, *, swap_id: int) -> str:
    """This will name the order at 0 yen that holds what was swapped in a paid month."""
    return f"{key}-s{swap_id}"


def _holds(order: orders.Order, swap: models.Swap) -> bool:
    """Whether it was made after the swap was accepted."""
    skus = {line.sku for line in order.lines}
    return swap.alternate.alternate.sku in skus and swap.alternate.gift.sku not in skus


def _supplement(swap: models.Swap, *, cycle: membership_models.Cycle, reference: str) -> None:
    order = orders.order_find(external_reference=reference)
    if order is not None and order.status != order_flow.DRAFT:
        return
    order_id = order.id if order else _supplement_draft(swap, cycle=cycle, reference=reference)
    orders.draft_order_complete(order_id=order_id)


def _supplement_draft(swap: models.Swap, *, cycle: membership_models.Cycle, reference: str) -> str:
    gift = swap.alternate.alternate
    quantity = next(
        line.quantity
        for line in selectors.month_lines(box_plan_id=swap.alternate.box_plan_id, cycle_id=cycle.pk)
        if line.gift.pk == gift.pk
    )
    donor = cycle.membership.donor
    variant_id = shop_catalogue.gift_variant_id(gift)
    draft = orders.draft_order_create(
        external_reference=reference,
        lines=[LineInput(variant_id=variant_id, quantity=quantity, price_yen=Yen(0))],
        billing_address=shop_lines.donor_address(donor),
        shipping_address=shop_lines.delivery_address(cycle),
        user_id=donor.saleor_user_id,
        metadata={**shop_lines.order_metadata(cycle), "furusato.swap": str(swap.pk)},
    )
    if draft.shipping_method_ids:
        orders.draft_order_shipping_set(
            order_id=draft.ref.id, shipping_method_id=draft.shipping_method_ids[0]
        )
    return draft.ref.id

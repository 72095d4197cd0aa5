"""The first donation in the shop: a checkout that is paid through our own payment app."""

import logging

from saleor_ext.contracts.types import Yen
from saleor_ext.donations import models as donation_models
from saleor_ext.flows import errors
from saleor_ext.flows.orders import shop_lines
from saleor_ext.membership import cycles, models
from saleor_ext.saleor_connector import checkout, payments
from saleor_ext.saleor_connector import errors as shop_errors

logger = logging.getLogger(__name__)

OUT_OF_STOCK = frozenset({"INSUFFICIENT_STOCK", "QUANTITY_GREATER_THAN_LIMIT"})


def checkout_pay(
    *,
    cycle: models.Cycle,
    attempt: donation_models.PaymentAttempt,
    access_token: str,
    amount_yen: Yen,
) -> None:
    """This will put the month into a shop checkout and open its payment there.

    The shop asks our payment handler back, which opens the provider's side. Asked again with the
    same attempt, shop and provider answer with what they have.

    Raises:
        ShopAway, ProviderAway: the shop or the provider does not answer.
        RuleBroken: a gift is out of stock, the amount is not the tier's, or somebody refused.
    """
    try:
        checkout_id = cycle.shop_checkout_id or _create(
            cycle=cycle, access_token=access_token, amount_yen=amount_yen
        )
        result = payments.transaction_initialize(
            object_id=checkout_id,
            amount_yen=amount_yen,
            key=attempt.key,
            data={"cycle": attempt.key},
        )
    except shop_errors.ShopUnavailable as error:
        raise errors.ShopAway() from error
    except (shop_errors.ShopRefused, shop_errors.ShopAnswerInvalid) as error:
        logger.error("checkout of cycle %s: %s", cycle.pk, error)
        raise errors.RuleBroken(["shop_refused"]) from error
    cycles.cycle_checkout_set(
        cycle_id=cycle.pk, checkout_id=checkout_id, transaction_id=result.transaction_id
    )
    if result.event_type == "CHARGE_FAILURE":
        code = str((result.data or {}).get("code", "")) or errors.ShopAway.code
        if code == errors.ShopAway.code:
            raise errors.ShopAway()
        if code == errors.ProviderAway.code:
            raise errors.ProviderAway()
        raise errors.RuleBroken([code])


def _create(*, cycle: models.Cycle, access_token: str, amount_yen: Yen) -> str:
    donor = cycle.membership.donor
    try:
        made = checkout.checkout_create(
            email=donor.email,
            lines=shop_lines.order_lines(cycle),
            billing_address=shop_lines.donor_address(donor),
            shipping_address=shop_lines.delivery_address(cycle),
            metadata=shop_lines.order_metadata(cycle),
        )
        if made.is_shipping_required:
            made = checkout.delivery_set(checkout_id=made.id)
        checkout.customer_attach(checkout_id=made.id, token=access_token)
    except shop_errors.ShopRefused as error:
        if error.code in OUT_OF_STOCK:
            raise errors.RuleBroken(["out_of_stock"]) from error
        raise
    if made.total_yen != amount_yen:
        raise errors.RuleBroken(["amount_not_tier"])
    return cycles.cycle_checkout_claim(cycle_id=cycle.pk, checkout_id=made.id)

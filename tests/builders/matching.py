"""Months whose ledger, balance at the provider and order in the shop agree."""

from saleor_ext.contracts.payment import Outcome
from saleor_ext.donations import models as donation_models
from saleor_ext.saleor_connector import models as shop_models
from tests.builders import months, refunding, world
from tests.builders.provider import MemoryProvider


def matching_make(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """December of a member, paid with 3,000 yen; it and the November before agree everywhere."""
    december = refunding.paid_december_make(provider)
    november_known(provider)
    order_make(december)
    return december


def november_known(provider: MemoryProvider) -> donation_models.PaymentAttempt:
    """The first donation of the only member, at the provider and in the shop as well."""
    attempt = donation_models.PaymentAttempt.objects.get(cycle__n=0)
    provider.charges[attempt.key] = months.answer(
        attempt,
        Outcome.SUCCEEDED,
        provider_ref=attempt.provider_ref,
        charge_ref=attempt.charge_ref,
        charged_at=world.NOW,
    )
    order_make(attempt)
    return attempt


def order_make(attempt: donation_models.PaymentAttempt) -> shop_models.ShopOrder:
    """The order of an attempt's month, which the shop counts as paid."""
    return shop_models.ShopOrder.objects.create(
        external_reference=attempt.key.rpartition("-a")[0],
        order_id=f"order-{attempt.pk}",
        number=str(attempt.pk),
        status="UNFULFILLED",
        is_paid=True,
        charged_yen=attempt.amount_yen,
        updated_at=world.NOW,
    )

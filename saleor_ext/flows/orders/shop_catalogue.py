"""Which variant or warehouse of the shop stands for which tier, gift or producer of ours."""

from django.conf import settings

from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.membership import models as membership_models
from saleor_ext.saleor_connector import catalogue
from saleor_ext.saleor_connector.errors import ShopAnswerInvalid


def catalogue_sync() -> dict[str, int]:
    """This will look up all our tiers, gifts and producers in the shop and keep their ids there.

    Tiers and gifts are known by SKU, producers by their warehouse's slug.

    Returns:
        how many of each were found.
    """
    tiers = list(membership_models.Tier.objects.all())
    gifts = list(fulfilment_models.Gift.objects.all())
    producers = list(fulfilment_models.Producer.objects.all())
    skus = [tier.sku for tier in tiers] + [gift.sku for gift in gifts]
    variants = catalogue.variants_by_reference(skus)
    warehouses = catalogue.warehouses_by_reference([item.slug for item in producers])
    for tier in tiers:
        tier.saleor_variant_id = variants[tier.sku].id if tier.sku in variants else ""
    for gift in gifts:
        gift.saleor_variant_id = variants[gift.sku].id if gift.sku in variants else ""
    for producer in producers:
        warehouse = warehouses.get(producer.slug)
        producer.saleor_warehouse_id = warehouse.id if warehouse else ""
    membership_models.Tier.objects.bulk_update(tiers, ["saleor_variant_id"])
    fulfilment_models.Gift.objects.bulk_update(gifts, ["saleor_variant_id"])
    fulfilment_models.Producer.objects.bulk_update(producers, ["saleor_warehouse_id"])
    return {
        "tiers": sum(bool(item.saleor_variant_id) for item in tiers),
        "gifts": sum(bool(item.saleor_variant_id) for item in gifts),
        "producers": sum(bool(item.saleor_warehouse_id) for item in producers),
    }


def tier_variant_id(tier: membership_models.Tier) -> str:
    """This will return the shop's variant of a tier.

    Raises:
        ShopAnswerInvalid: the shop has no such product.
    """
    if not tier.saleor_variant_id:
        catalogue_sync()
        tier.refresh_from_db(fields=["saleor_variant_id"])
    return _found(tier.saleor_variant_id, tier.sku)


def gift_variant_id(gift: fulfilment_models.Gift) -> str:
    """This will return the shop's variant of a gift.

    Raises:
        ShopAnswerInvalid: the shop has no such product.
    """
    if not gift.saleor_variant_id:
        catalogue_sync()
        gift.refresh_from_db(fields=["saleor_variant_id"])
    return _found(gift.saleor_variant_id, gift.sku)


def producer_warehouse_id(producer: fulfilment_models.Producer) -> str:
    """This will return the shop's warehouse of a producer.

    Raises:
        ShopAnswerInvalid: the shop has no such warehouse.
    """
    if not producer.saleor_warehouse_id:
        catalogue_sync()
        producer.refresh_from_db(fields=["saleor_warehouse_id"])
    return _found(producer.saleor_warehouse_id, producer.slug)


def office_warehouse_id() -> str:
    """This will return the shop's warehouse of the town office.

    Raises:
        ShopAnswerInvalid: the shop has no such warehouse.
    """
    slug = settings.SALEOR_OFFICE_WAREHOUSE
    found = catalogue.warehouses_by_reference([slug]).get(slug)
    return _found(found.id if found else "", slug)


def _found(value: str, reference: str) -> str:
    if not value:
        raise ShopAnswerInvalid(f"the shop does not know {reference}")
    return value

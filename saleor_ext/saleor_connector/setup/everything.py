"""All parts in the order in which they are made: each stands on those before it."""

from saleor_ext.saleor_connector.setup import (
    attributes,
    categories,
    channel,
    discounts,
    parts,
    product_types,
    products,
    shipping,
    shop,
    stock,
    tax,
    variants,
    warehouses,
)
from saleor_ext.saleor_connector.setup.wanted import ShopWanted

KINDS: tuple[type[parts.Part], ...] = (
    shop.ShopPart,
    channel.ChannelPart,
    warehouses.WarehousesPart,
    shipping.ZonePart,
    shipping.MethodPart,
    tax.TaxPart,
    categories.CategoriesPart,
    attributes.AttributesPart,
    product_types.ProductTypesPart,
    products.ProductsPart,
    variants.VariantsPart,
    stock.StockPart,
    discounts.VouchersPart,
    discounts.PromotionsPart,
    discounts.GiftCardsPart,
)


def parts_of(wanted: ShopWanted) -> list[parts.Part]:
    """This will return every part of the set-up."""
    return [kind(wanted) for kind in KINDS]

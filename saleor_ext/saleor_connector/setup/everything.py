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


def parts_of(wanted: ShopWanted) -> list[parts.Part]:
    """This will return every part of the set-up."""
    return [
        shop.ShopPart(),
        channel.ChannelPart(wanted),
        warehouses.WarehousesPart(wanted),
        shipping.ZonePart(wanted),
        shipping.MethodPart(wanted),
        tax.TaxPart(wanted),
        categories.CategoriesPart(wanted),
        attributes.AttributesPart(wanted),
        product_types.ProductTypesPart(wanted),
        products.ProductsPart(wanted),
        variants.VariantsPart(wanted),
        stock.StockPart(wanted),
        discounts.VouchersPart(wanted),
        discounts.PromotionsPart(wanted),
        discounts.GiftCardsPart(),
    ]

"""What the shop should have, in the connector's own words; a flow fills it from the town's data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from saleor_ext.contracts.types import Yen


@dataclass(frozen=True, kw_only=True)
class WarehouseWanted:
    """Where gifts lie: at a producer's, or donations' own at the town office."""

    slug: str
    name: str
    email: str
    postal_code: str
    prefecture: str
    city: str
    street: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class AttributeWanted:
    """A field that products of one type have. `kind` is NUMERIC, DROPDOWN or BOOLEAN."""

    slug: str
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProductTypeWanted:
    """A kind of product with its category, which the shop wants before it publishes anything."""

    slug: str
    name: str
    is_shipped: bool
    attributes: tuple[AttributeWanted, ...]


@dataclass(frozen=True, kw_only=True)
class ProductWanted:
    """A tier or a gift: a product with one variant, known by its SKU.

    Attributes:
        reference: our own name for it in the shop: `tier:…` or `gift:…`.
        description: paragraphs of plain text.
        attributes: values by the attribute's slug: a number, a choice's name, or yes and no.
        is_visible: storefronts list it; it can be ordered either way.
        warehouse: where it lies, a slug.
        initial_stock: how many lie there when the stock row is made; never touched afterwards.
    """

    sku: str
    reference: str
    slug: str
    name: str
    description: tuple[str, ...]
    product_type: str
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)
    is_visible: bool
    variant_name: str
    price_yen: Yen
    weight_g: int
    is_counted: bool
    warehouse: str
    initial_stock: int


@dataclass(frozen=True, kw_only=True)
class ShopWanted:
    """Everything the salon needs in the shop.

    Attributes:
        completion_delay_min: minutes after which the shop itself completes a checkout that is
            fully paid and that nobody has completed.
        release_after_h: hours after which the shop asks us to give back the money of a checkout
            that could not be completed.
    """

    channel_slug: str
    channel_name: str
    completion_delay_min: int
    release_after_h: int
    zone_name: str
    method_name: str
    warehouses: tuple[WarehouseWanted, ...]
    product_types: tuple[ProductTypeWanted, ...]
    products: tuple[ProductWanted, ...]
